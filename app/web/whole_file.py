"""The whole file of a person as a page to read out or print, in their own language where there is one."""

from __future__ import annotations

from typing import Any

from flask import render_template
from flask_babel import force_locale, gettext

from app.locale import current_language, language_of, long_date
from app.web.border.words import person_language, task_words
from app.web.casework_words import APPOINTMENT_STATES, FLAGS
from app.web.child_words import TITLES, sections_of
from app.web.family_words import LINK_STATES, relationship_word
from app.web.office_words import (
    ACTS,
    PURPOSES,
    QUESTIONS,
    REFERRAL_STATES,
    ROLES,
    named,
    word,
)
from app.web.packet_words import facts_in_words, packet_rows
from app.web.requests import ABOUT_WORDS, KIND_WORDS, STATE_WORDS
from app.web.tracing_words import RELATIONS, TRACING_STATES
from app.web.way_words import way_row
from workflows.casenumbers import show
from workflows.rules.answers import Statement
from workflows.rules.values import value_to_json
from workflows.summaries import Summary

#: The newest entries of the log that are read out; the number of all of them is told.
_ACCESSES = 25


def page(found: Summary, template: str, **more: Any) -> str:
    """The page: its frame in the officer's language, the file in the person's."""
    own = person_language(found.language, found.pack)
    lang = own or language_of("en")
    with force_locale(lang.code):
        parts = _parts(found)
    return render_template(
        template,
        number=show(found.case_number),
        lang=lang,
        untranslated=own is None,
        reader=current_language(),
        parts=parts,
        about_person=True,
        **more,
    )


def _parts(found: Summary) -> dict[str, Any]:
    """Headings and lines in the language in force."""
    return {
        "title": gettext("Your file"),
        "said": gettext("This is what is kept of you. You may ask that mistakes are put right."),
        "sections": [
            *(section for section in _sections(found) if section[1]),
            *_of_other_records(found),
        ],
    }


def _of_other_records(found: Summary) -> list[tuple[str, list[tuple[str, list[str]]]]]:
    """What other records of the same person hold, each under its number; which another desk must read out."""
    sections = [
        (f"{heading} \u00b7 {show(other.case_number)}", rows)
        for other in found.others
        for heading, rows in _sections(other)
        if rows
    ]
    if found.elsewhere:
        says = gettext("Another desk has this record of yours and reads it out to you.")
        rows = [(show(number), [says]) for number in found.elsewhere]
        sections.append((gettext("Other records of yours"), rows))
    return sections


def _sections(found: Summary) -> list[tuple[str, list[tuple[str, list[str]]]]]:
    return [
        (gettext("Who you are, as you told it"), _who(found)),
        (gettext("Your family and group"), _family(found)),
        (gettext("What you put right"), _corrections(found)),
        (gettext("What you answered"), _answers(found)),
        (gettext("What may protect you"), _profiles(found)),
        (gettext("To whom something was sent"), _sent(found)),
        (gettext("Documents that are kept"), _documents(found)),
        (gettext("What you asked"), _requests(found)),
        (gettext("Your appointments"), _appointments(found)),
        (gettext("Where you slept"), _stays(found)),
        (gettext("How it may go on"), [way_row(one) for one in found.ways]),
        (gettext("What was noted about you"), _notes(found)),
        (gettext("What to heed"), _flags(found)),
        (gettext("Asked of the sender"), _questions(found)),
        (gettext("What rests for now"), _rests(found)),
        (gettext("Whom you look for"), _tracing(found)),
        (gettext("When your case was opened again"), _reopenings(found)),
        *_forms(found),
        (gettext("Who has opened your file"), _accesses(found)),
        (gettext("How long it is kept"), _kept(found)),
    ]


def _who(found: Summary) -> list[tuple[str, list[str]]]:
    traits = found.traits
    fields = {
        "name": list(found.names),
        "birth": found.birth,
        "sex": traits.get("sex", "U"),
        "nationality": "none" if traits.get("no_nationality") else traits.get("nationalities", []),
        "languages": traits.get("languages", []),
        "documents": list(found.papers),
        "contact": {key: value for key, value in found.contact.items() if value},
        "urgent_needs": list(found.urgent_needs),
        "route": dict(found.route),
        "location": found.post,
        "arrival": found.registered_on.isoformat(),
    }
    return packet_rows(fields)


def _family(found: Summary) -> list[tuple[str, list[str]]]:
    """What the person told of others, and from whom they are kept; never what others told of them."""
    rows = [
        (
            show(one.other),
            [
                gettext("You: %(kin)s", kin=relationship_word(one.relationship))
                if one.forward
                else relationship_word(one.relationship),
                word(LINK_STATES, one.state.value),
                *(said.says for said in one.said if said.says),
            ],
        )
        for one in found.links
    ]
    rows += [
        (gettext("Must not learn of you"), [show(one.number), one.why]) for one in found.kept_from
    ]
    return rows


def _answers(found: Summary) -> list[tuple[str, list[str]]]:
    newest: dict[str, Statement] = {one.fact: one for one in found.answers}
    told = {fact: value_to_json(one.value) for fact, one in newest.items() if one.value is not None}
    rows = facts_in_words(found.pack, told)
    silent = [fact for fact, one in newest.items() if one.value is None]
    language = current_language().code
    rows += [(found.pack.text(f"fact.{fact}", language), [gettext("No answer")]) for fact in silent]
    if found.left_out:
        others = gettext("What others said of you is not read out without them.")
        rows.append((gettext("Left out"), [others]))
    return rows


def _profiles(found: Summary) -> list[tuple[str, list[str]]]:
    if found.reading is None:
        return []
    language = current_language().code
    shown = [
        found.pack.text(f"profile.{code}", language)
        for code, profile in found.reading.profiles.items()
        if profile.grade in ("presumed", "possible")
    ]
    first = gettext("A first reading of your answers. It is not a decision about you.")
    return [(first, shown)] if shown else []


def _corrections(found: Summary) -> list[tuple[str, list[str]]]:
    return [
        (word(ABOUT_WORDS, one.about), [one.says, long_date(one.recorded_on)])
        for one in found.corrections
    ]


def _sent(found: Summary) -> list[tuple[str, list[str]]]:
    return [
        (
            named(one.agency),
            [named(one.desk), word(REFERRAL_STATES, one.state), long_date(one.sent_on)],
        )
        for one in found.sent
    ]


def _documents(found: Summary) -> list[tuple[str, list[str]]]:
    return [
        (one.name, [word(PURPOSES, one.purpose.value), long_date(one.recorded_on)])
        for one in found.documents
    ]


def _requests(found: Summary) -> list[tuple[str, list[str]]]:
    return [
        (
            word(KIND_WORDS, one.kind.value),
            [one.says, word(STATE_WORDS, one.state.value), *([one.answer] if one.answer else [])],
        )
        for one in found.requests
    ]


def _appointments(found: Summary) -> list[tuple[str, list[str]]]:
    return [
        (
            f"{long_date(one.local.date())} {one.local:%H:%M}",
            [one.place, word(APPOINTMENT_STATES, one.state)],
        )
        for one in found.appointments
    ]


def _notes(found: Summary) -> list[tuple[str, list[str]]]:
    rows = [
        (long_date(one.at.date()), [one.text, named(one.desk)])
        for one in reversed(found.notes.notes)
    ]
    if found.notes.elsewhere:
        said = gettext("Another desk keeps these, and reads them out to you if you ask there.")
        rows.append((gettext("Notes elsewhere: %(count)s", count=found.notes.elsewhere), [said]))
    if found.notes.withheld:
        said = gettext("The law allows it for a reason, which is recorded. You may complain.")
        rows.append((gettext("Notes left out: %(count)s", count=found.notes.withheld), [said]))
    return rows


def _flags(found: Summary) -> list[tuple[str, list[str]]]:
    return [
        (
            " · ".join(word(FLAGS, kind.value) for kind in one.kinds),
            [one.text, gettext("Until %(day)s", day=long_date(one.ended_on or one.expires_on))],
        )
        for one in found.flags
    ]


def _questions(found: Summary) -> list[tuple[str, list[str]]]:
    return [
        (
            word(QUESTIONS, one.reason.value),
            [one.asks, gettext("Not answered.") if one.answer is None else one.answer],
        )
        for one in found.questions
    ]


def _rests(found: Summary) -> list[tuple[str, list[str]]]:
    rows = [
        (
            task_words(one.kind)[0],
            [one.reason, gettext("Until %(day)s", day=long_date(one.until.date()))],
        )
        for one in found.rests.shown
    ]
    if found.rests.elsewhere:
        said = gettext("Another desk keeps these, and reads them out to you if you ask there.")
        rows.append(
            (gettext("Work that rests elsewhere: %(count)s", count=found.rests.elsewhere), [said])
        )
    return rows


def _stays(found: Summary) -> list[tuple[str, list[str]]]:
    return [
        (
            gettext("From %(day)s", day=long_date((one.came or one.kept).date())),
            [
                f"{one.site} · {one.room}",
                ""
                if one.left is None
                else gettext("Until %(day)s", day=long_date(one.left.date())),
                one.note,
            ],
        )
        for one in found.stays
    ]


def _reopenings(found: Summary) -> list[tuple[str, list[str]]]:
    return [(long_date(one.reopened_on), [one.reason]) for one in found.reopenings]


def _accesses(found: Summary) -> list[tuple[str, list[str]]]:
    counted = gettext("Entries of the log about you: %(count)s", count=found.looked)
    rows = [(counted, [gettext("The newest are read out here.")])]
    for one in found.accesses[:_ACCESSES]:
        who = word(ROLES, one.role) if one.role else gettext("The system")
        what = word(ACTS, one.act)
        rows.append(
            (long_date(one.at.date()), [who, named(one.agency) if one.agency else "", what])
        )
    return rows


def _forms(found: Summary) -> list[tuple[str, list[tuple[str, list[str]]]]]:
    """What desks filled in on a child, under the title of each form."""
    return [
        (
            word(TITLES, one.kind),
            [row for _, rows in sections_of(one.kind, one.values) for row in rows],
        )
        for one in found.forms
    ]


def _tracing(found: Summary) -> list[tuple[str, list[str]]]:
    """Whom the person looks for and how it stands; candidates are told by a human, never read out."""
    return [
        (
            word(RELATIONS, one.relation),
            [*one.names, f"{word(TRACING_STATES, one.state)}, {long_date(one.opened_on)}"],
        )
        for one in found.tracing
    ]


def _kept(found: Summary) -> list[tuple[str, list[str]]]:
    lines = []
    if found.kept_until is not None:
        lines.append(
            gettext(
                "Until %(day)s at least, if nothing new happens. Then two people look at it.",
                day=long_date(found.kept_until),
            )
        )
    else:
        lines.append(
            gettext("As long as somebody works on your case. Then its time begins to run.")
        )
    if found.restricted:
        lines.append(gettext("You have objected: nothing new is sent without you."))
    return [(gettext("Kept"), lines)]
