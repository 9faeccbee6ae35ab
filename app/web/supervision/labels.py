"""The codes of figures in the reader's words, and the words of the charts themselves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from functools import lru_cache

from babel.dates import format_date
from babel.numbers import format_decimal
from flask_babel import gettext

from app.chart_series import Words
from app.charts import Telling
from app.locale import current_language
from app.web.office_words import AGENCY_KINDS, FUNCTIONS, OUTCOMES, SEXES, named, word
from models.vocabulary import AcknowledgedWithin, AgeBand, Sex
from workflows.disclosure.dimensions import sex_age
from workflows.disclosure.published import PublishedTable
from workflows.rules.pack import Pack

Labels = dict[tuple[str, str], str]


def number(value: int) -> str:
    """A figure in the reader's digits."""
    return _written(value, current_language().code)


@lru_cache(maxsize=4096)
def _written(value: int, language: str) -> str:
    return format_decimal(value, locale=language)


def month_label(month: str) -> str:
    """`2026-11` as November 2026."""
    day = date.fromisoformat(f"{month}-01")
    return format_date(day, "LLLL y", locale=current_language().code)


def period_label(period: str) -> str:
    """A month, a quarter (`2026-Q4`) or a year."""
    if "-" not in period:
        return gettext("Year %(year)s", year=period)
    if "Q" not in period:
        return month_label(period)
    year, quarter = period.split("-Q")
    return gettext("Quarter %(quarter)s of %(year)s", quarter=quarter, year=year)


def week_label(week: str) -> str:
    """`2026-W47` as a sentence's part."""
    year, number_of_week = week.split("-W")
    return gettext("week %(week)s of %(year)s", week=int(number_of_week), year=year)


def acknowledged_words() -> dict[str, str]:
    """Time to a desk's answer."""
    return {
        AcknowledgedWithin.HOURS_24: gettext("Within 24 hours"),
        AcknowledgedWithin.HOURS_72: gettext("Within 72 hours"),
        AcknowledgedWithin.WEEKS_2: gettext("Within two weeks"),
        AcknowledgedWithin.LATER: gettext("Later"),
        AcknowledgedWithin.NONE: gettext("No answer yet"),
        AcknowledgedWithin.NOT_SENT: gettext("Not sent"),
    }


def age_label(band: str) -> str:
    """An age bracket."""
    return gettext("Age not known") if band == AgeBand.UNKNOWN else band


def region_label(code: str) -> str:
    """A region of nationality (UN M49); its names are not translated."""
    return gettext("Not known") if code == "unknown" else code.replace("-", " ")


def labels_of(posts: Mapping[str, Mapping[str, str]], packs: Sequence[Pack]) -> Labels:
    """Labels of all codes but weeks and months."""
    language = current_language().code
    found: Labels = {("post", code): named(names) for code, names in posts.items()}
    for pack in packs:
        for code in pack.profiles:
            found["profile", code] = pack.text(f"profile.{code}", language)
    found |= {("sex", code): word(SEXES, code) for code in Sex}
    found |= {("age_band", code): age_label(code) for code in AgeBand}
    found |= {
        ("sex_age", sex_age(sex, band)): f"{word(SEXES, sex)}, {age_label(band)}"
        for sex in Sex
        for band in AgeBand
    }
    found |= {("need", code): str(text) for code, text in FUNCTIONS.items()}
    found |= {("referral", code): str(text) for code, text in AGENCY_KINDS.items()}
    found |= {("outcome", code): str(text) for code, text in OUTCOMES.items()}
    found |= {("acknowledged", code): text for code, text in acknowledged_words().items()}
    return found


def with_times(labels: Labels, table: PublishedTable) -> Labels:
    """`labels`, and those of the table's weeks, months and regions."""
    found = dict(labels)
    for side in (table.rows, table.columns):
        if side is None:
            continue
        for code in side.codes:
            if side.name == "week":
                found["week", code] = week_label(code)
            elif side.name == "month":
                found["month", code] = month_label(code)
            elif side.name == "region":
                found["region", code] = region_label(code)
    return found


def telling(key: str, heading: str, finding: str, labels: Labels, table: PublishedTable) -> Telling:
    """How a table is told to this reader."""
    return Telling(
        key=key,
        heading=heading,
        finding=finding,
        labels=with_times(labels, table),
        short={("week", code): _short_week(code) for code in _weeks(table)},
        words=chart_words(),
        number=number,
        rtl=current_language().direction == "rtl",
    )


def _weeks(table: PublishedTable) -> tuple[str, ...]:
    return table.rows.codes if table.rows.name == "week" else ()


def _short_week(week: str) -> str:
    return str(number(int(week.split("-W")[1])))


def chart_words() -> Words:
    """The words of a chart itself."""
    return Words(
        withheld=gettext("withheld"),
        withheld_note=gettext("withheld: small, or needed to protect a small one"),
        total=gettext("Total"),
        everybody=gettext("All persons"),
        show_table=gettext("Show the numbers as a table"),
        several_together=gettext("{count} lines together"),
        description=gettext(
            "{lines} lines; {withheld} figures withheld. The table below has all numbers."
        ),
    )
