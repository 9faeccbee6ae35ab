"""The words of the directory: hours, for whom, how far verified; and the grounds of a choice."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from flask_babel import gettext, lazy_gettext, ngettext

from app.locale import country_name, language_name, listed, long_date, short_moment
from app.web.office_words import word
from models.vocabulary import GroundKind, Standing, Verdict
from workflows.directory import Entry, Terms
from workflows.opening import ALWAYS, DAYS, write_day
from workflows.ranking import Ground

DAY_WORDS = {
    "mon": lazy_gettext("Monday"),
    "tue": lazy_gettext("Tuesday"),
    "wed": lazy_gettext("Wednesday"),
    "thu": lazy_gettext("Thursday"),
    "fri": lazy_gettext("Friday"),
    "sat": lazy_gettext("Saturday"),
    "sun": lazy_gettext("Sunday"),
}
AGES = {
    "0-4": lazy_gettext("0 to 4"),
    "5-11": lazy_gettext("5 to 11"),
    "12-17": lazy_gettext("12 to 17"),
    "18-59": lazy_gettext("18 to 59"),
    "60+": lazy_gettext("60 and over"),
}
COMPANIES = {
    "alone": lazy_gettext("Adults who travel alone"),
    "family": lazy_gettext("Families"),
    "child_alone": lazy_gettext("Children who travel alone"),
}
SEXES = {"F": lazy_gettext("Women and girls"), "M": lazy_gettext("Men and boys")}
STANDINGS = {
    Standing.VERIFIED: lazy_gettext("Verified"),
    Standing.SOON: lazy_gettext("Verify soon"),
    Standing.EXPIRED: lazy_gettext("Not verified"),
    Standing.NEVER: lazy_gettext("Never verified"),
}
#: The colour that repeats the word of a standing.
COLOURS = {
    Standing.VERIFIED: "good",
    Standing.SOON: "soon",
    Standing.EXPIRED: "stop",
    Standing.NEVER: "neutral",
}


def area_word(code: str) -> str:
    """A country, or a region of one by the name in its code."""
    country, _, region = code.partition("-")
    if not region:
        return country_name(country) if country != "INT" else gettext("International")
    return f"{country_name(country)}: {region.replace('_', ' ').title()}"


def hours_lines(terms: Terms, hours: str | None) -> list[str]:
    """The week in lines, days with the same hours together; what the pack says where nobody has said."""
    if terms.weekly is None:
        return [hours or gettext("Hours not said")]
    written = {day: write_day(terms.weekly.get(day, ())) for day in DAYS}
    if written == {day: write_day(ALWAYS[day]) for day in DAYS}:
        return [gettext("Day and night, every day")]
    runs: list[list[str]] = []
    for day in DAYS:
        if runs and written[runs[-1][0]] == written[day]:
            runs[-1].append(day)
        else:
            runs.append([day])
    return [f"{_run(run)}: {written[run[0]] or gettext('closed')}" for run in runs]


def _run(days: list[str]) -> str:
    first, last = str(DAY_WORDS[days[0]]), str(DAY_WORDS[days[-1]])
    return first if len(days) == 1 else f"{first}\u2013{last}"


def whom_words(terms: Terms) -> str:
    """For whom a service is."""
    said = [
        *(word(SEXES, code) for code in terms.sexes),
        *(word(COMPANIES, code) for code in terms.companies),
        *(gettext("age %(band)s", band=word(AGES, code)) for code in terms.ages),
    ]
    return listed(said) or gettext("Everybody")


def free_words(entry: Entry) -> str:
    """How many places are free."""
    if entry.free is None:
        return gettext("No limit known")
    return gettext("%(free)s of %(all)s free", free=entry.free, all=entry.terms.capacity)


@dataclass(frozen=True)
class GroundWords:
    """A ground in words. `verdict`: for, against, unknown."""

    verdict: str
    text: str


def ground_words(ground: Ground) -> GroundWords:
    """One ground of a choice, as it stands beside it."""
    return GroundWords(ground.verdict.value, _WORDS[ground.kind](ground))


def _order(ground: Ground) -> str:
    if ground.detail == "1":
        return gettext("Asked first by the rules")
    return gettext("No. %(order)s in the order of the rules", order=ground.detail)


def _area(ground: Ground) -> str:
    return gettext("Works here") if ground.detail == "here" else gettext("Serves the whole country")


def _eligibility(ground: Ground) -> str:
    if ground.detail == "everybody":
        return gettext("For everybody")
    words = {
        ("sex", Verdict.FOR): gettext("For persons of this sex"),
        ("sex", Verdict.AGAINST): gettext("Not for persons of this sex"),
        ("sex", Verdict.UNKNOWN): gettext("Only for one sex: ask"),
        ("age", Verdict.FOR): gettext("For this age"),
        ("age", Verdict.AGAINST): gettext("Not for this age"),
        ("age", Verdict.UNKNOWN): gettext("Only for some ages: ask"),
        ("company", Verdict.FOR): gettext("For those who travel like this person"),
        ("company", Verdict.AGAINST): gettext("Not for those who travel like this person"),
        ("company", Verdict.UNKNOWN): gettext("Only for families or for those alone: ask"),
    }
    return words[ground.detail, ground.verdict]


def _together(_ground: Ground) -> str:
    return gettext("Has others of this group for the same need")


def _apart(ground: Ground) -> str:
    if ground.detail == "own":
        return gettext("Somebody from whom this person is kept is there")
    # On the pages of whoever must not know, nothing is said but that it cannot be.
    return gettext("Cannot take this person at present")


def _places(ground: Ground) -> str:
    if ground.verdict is Verdict.UNKNOWN:
        return gettext("Places not said")
    if ground.verdict is Verdict.AGAINST:
        return gettext("No place free")
    return ngettext("%(num)s place free", "%(num)s places free", int(ground.detail))


def _hours(ground: Ground) -> str:
    if ground.verdict is Verdict.FOR:
        return gettext("Open now")
    if ground.verdict is Verdict.UNKNOWN:
        return gettext("Hours not said")
    if not ground.detail:
        return gettext("Does not open in the next weeks")
    return gettext("Opens %(when)s", when=short_moment(datetime.fromisoformat(ground.detail)))


def _language(ground: Ground) -> str:
    if ground.verdict is Verdict.FOR:
        return gettext("Speaks %(language)s", language=language_name(ground.detail))
    if ground.verdict is Verdict.AGAINST:
        return gettext("No language in common")
    return gettext("Languages not said")


def _verified(ground: Ground) -> str:
    if not ground.detail:
        return gettext("Never verified")
    day = long_date(date.fromisoformat(ground.detail))
    if ground.verdict is Verdict.FOR:
        return gettext("Verified on %(day)s", day=day)
    return gettext("Not verified since %(day)s", day=day)


_WORDS = {
    GroundKind.ORDER: _order,
    GroundKind.AREA: _area,
    GroundKind.ELIGIBILITY: _eligibility,
    GroundKind.TOGETHER: _together,
    GroundKind.APART: _apart,
    GroundKind.PLACES: _places,
    GroundKind.HOURS: _hours,
    GroundKind.LANGUAGE: _language,
    GroundKind.VERIFIED: _verified,
}
