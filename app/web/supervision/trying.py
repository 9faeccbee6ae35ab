"""An invented person tried on a pack: what it says and why. Nothing of it is stored."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from flask import g, render_template, request
from flask_babel import gettext

from app.locale import current_language
from app.web.border.words import body_word, said
from app.web.forms.border_answers import field_of, form_for, raw_answer
from app.web.office_words import ACTIONS, FUNCTIONS, word
from app.web.reasons import fact_words, profile_words, source_words
from app.web.supervision.routes import blueprint
from app.work import opens
from models.vocabulary import Grade
from workflows import trying, version_lists
from workflows.cards import QuestionShown
from workflows.errors import NotFound
from workflows.policy import Act
from workflows.rules.assessment import Assessment as Reading
from workflows.rules.pack import Pack
from workflows.rules.pack_model import Fact
from workflows.work import Work

#: Computed from the day of birth, and may be stated as it is.
_AGE = "age"


@blueprint.route("/rules/<code>/try", methods=["GET", "POST"])
@opens(Act.TRY_RULES, typed=True)
def try_person(work: Work, code: str) -> Any:
    """A form from the pack's facts, and below it what the pack says."""
    g.place = "supervision.rules"
    version_id = _version()
    pack = version_lists.pack_to_try(work, code, version_id)
    questions = _questions(pack)
    form = form_for(pack, questions, current_language().code)()
    reading = None
    status = 200
    if request.method == "POST":
        if form.validate():
            answers = {q.fact.id: raw_answer(field_of(form, q.fact.id), q.fact) for q in questions}
            given = {fact: raw for fact, raw in answers.items() if raw not in (None, "")}
            reading = trying.tried(work, pack, given)
        else:
            status = 422
            if form.errors.get("csrf_token"):
                form.csrf_token.errors = []
                form.form_errors = [
                    gettext(
                        "This page was open for too long. Check what you typed and send it again."
                    )
                ]
    page = render_template(
        "supervision/try.html",
        pack=pack,
        form=form,
        version_id=version_id,
        cards=_cards(pack, questions, form),
        result=None if reading is None else _words(pack, reading),
    )
    return page, status


def _version() -> UUID | None:
    text = request.args.get("version", "")
    try:
        return UUID(text) if text else None
    except ValueError:
        raise NotFound from None


def _questions(pack: Pack) -> tuple[QuestionShown, ...]:
    """Every fact that somebody states: those of the cards, then the decisions."""
    return tuple(
        QuestionShown(fact=fact, bears_on=(), wanted=False, value=None, why_unknown=None)
        for fact in pack.facts.values()
        if _stated(fact)
    )


def _stated(fact: Fact) -> bool:
    return fact.id == _AGE or not (fact.computed or fact.derived or fact.indicators)


def _cards(
    pack: Pack, questions: Iterable[QuestionShown], form: Any
) -> list[tuple[str, list[Any], bool]]:
    """(name, fields, whether something is filled in or wrong) for each card, in the pack's order."""
    found: dict[str, list[Any]] = {}
    first = next(iter(pack.cards), "")
    for question in questions:
        card = question.fact.card or (first if question.fact.id == _AGE else "")
        found.setdefault(card, []).append(field_of(form, question.fact.id))
    cards = []
    for card in (*pack.cards, ""):
        fields = found.get(card, [])
        if fields:
            name = said(pack, f"card.{card}") if card else None
            is_used = any(field.data or field.errors for field in fields)
            cards.append((name or gettext("Decisions and what is only recorded"), fields, is_used))
    return cards


def _words(pack: Pack, reading: Reading) -> dict[str, Any]:
    indicated = (Grade.PRESUMED, Grade.POSSIBLE)
    return {
        "urgency": reading.urgency.value,
        "shut": [str(word(ACTIONS, action.value)) for action in sorted(reading.shut)],
        "profiles": [
            profile_words(pack, code, one)
            for code, one in reading.profiles.items()
            if one.grade in indicated
        ],
        "open": [
            (
                said(pack, f"profile.{code}") or code,
                [fact_words(pack, fact) for fact in one.would_need],
            )
            for code, one in reading.profiles.items()
            if one.grade is Grade.OPEN
        ],
        "holds": [_hold(pack, reading, code) for code in reading.holds],
        "needs": [
            (
                said(pack, f"need.{code}") or code,
                str(word(FUNCTIONS, need.function)),
                [fact_words(pack, name) for name in need.because if not _is_output(name)],
            )
            for code, need in reading.needs.items()
        ],
        "deadlines": [said(pack, f"deadline.{row.id}") or row.id for row in reading.deadlines],
    }


def _hold(pack: Pack, reading: Reading, code: str) -> dict[str, Any]:
    hold, row = reading.holds[code], pack.holds[code]
    return {
        "says": said(pack, f"hold.{code}") or code,
        "shuts": [str(word(ACTIONS, action.value)) for action in hold.shuts],
        "evidence": hold.by.value == "evidence",
        "because": [_reason(pack, name) for name in hold.because],
        "missing": [_reason(pack, name) for name in hold.missing],
        "lifted_by": body_word(row.lifted_by_body) if row.lifted_by_body else "",
        "sources": [source_words(pack, source) for source in row.source],
    }


def _is_output(name: str) -> bool:
    return name.startswith("profile ")


def _reason(pack: Pack, name: str) -> str:
    if _is_output(name):
        code = name.removeprefix("profile ")
        return said(pack, f"profile.{code}") or code
    return fact_words(pack, name)
