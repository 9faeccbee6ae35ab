"""An invented person tried on a pack: what it says and why. Nothing of it is stored.

A pack has some two hundred questions. The page shows one card of them, or what a search finds; all that was
answered stands above as a list and travels along in the form.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import g, render_template, request
from werkzeug.datastructures import MultiDict

from app.locale import current_language, listed
from app.web.border.words import said, unknown_word, value_words
from app.web.forms.border_answers import AnswersForm, field_of, form_for, raw_answer
from app.web.reasons import fact_words
from app.web.supervision.routes import blueprint
from app.web.supervision.tried_words import tried_words
from app.work import opens
from workflows import trying, version_lists
from workflows.cards import QuestionShown
from workflows.errors import NotFound
from workflows.policy import Act
from workflows.rules.pack import Pack
from workflows.rules.pack_model import Fact
from workflows.rules.values import Answer, value_to_json
from workflows.trying import Tried
from workflows.work import Work

#: Computed from the day of birth, and may be stated as it is.
_AGE = "age"
#: Choices of the list of cards that are no card of the pack.
_NEXT, _DECISIONS = "", "decisions and records"
_MOST_FOUND = 15
_LONGEST_SEARCH = 60


@dataclass(frozen=True)
class AnswerShown:
    """An answer that is not on the open card: its words, and the fields that carry it along."""

    fact: str
    says: str
    value: str
    carried: tuple[tuple[str, str], ...]


@blueprint.route("/rules/<code>/try", methods=["GET", "POST"])
@opens(Act.TRY_RULES, typed=True)
def try_person(work: Work, code: str) -> Any:
    """One card of questions, what was answered so far, and what the pack says."""
    g.place = "supervision.rules"
    version_id = _version()
    pack = version_lists.pack_to_try(work, code, version_id)
    data = _posted()
    answered = tuple(fact for fact in _stated(pack) if _carried(data, fact.id))
    found, wrong, stale = None, frozenset[str](), False
    if request.method == "POST":
        form = _form(pack, answered, data)
        if form.is_sound():
            raw = {fact.id: raw_answer(field_of(form, fact.id), fact) for fact in answered}
            given = {fact: value for fact, value in raw.items() if value not in (None, "")}
            found = trying.tried(work, pack, given)
        else:
            wrong = frozenset(f.id for f in answered if field_of(form, f.id).errors)
            stale = not wrong
    else:
        start = trying.tried(work, pack, {})
    shown = _shown(pack, data, found or (start if request.method == "GET" else None), wrong)
    form = _form(pack, shown, data)
    if wrong or stale:
        form.is_sound()
    ids = {fact.id for fact in shown}
    page = render_template(
        "supervision/try.html",
        pack=pack,
        form=form,
        fields=[field_of(form, fact.id) for fact in shown],
        answered=[_answer(pack, data, f, found) for f in answered if f.id not in ids],
        cards=_cards(pack),
        show=data.get("show", _NEXT),
        find=data.get("find", "")[:_LONGEST_SEARCH],
        version_id=version_id,
        result=None if found is None else tried_words(pack, found.reading),
    )
    return page, 422 if wrong or stale else 200


def _version() -> UUID | None:
    text = request.args.get("version", "")
    try:
        return UUID(text) if text else None
    except ValueError:
        raise NotFound from None


def _posted() -> MultiDict[str, str]:
    """What was sent, but for the answer that is to be forgotten."""
    data = MultiDict(request.form)
    forgotten = data.get("forget", "")
    for name in [name for name in data if forgotten and _is_part(name, forgotten)]:
        data.poplist(name)
    return data


def _is_part(name: str, fact: str) -> bool:
    """Whether a field belongs to a fact: a day has several."""
    field = f"q_{fact}"
    return name == field or name.startswith(f"{field}-")


def _carried(data: MultiDict[str, str], fact: str) -> tuple[tuple[str, str], ...]:
    return tuple(
        (name, value)
        for name in data
        if _is_part(name, fact)
        for value in data.getlist(name)
        if value.strip()
    )


def _stated(pack: Pack) -> list[Fact]:
    """Every fact that somebody states: those of the cards, then the decisions and what is only recorded."""
    return [
        fact
        for fact in pack.facts.values()
        if fact.id == _AGE or not (fact.computed or fact.derived or fact.indicators)
    ]


def _form(pack: Pack, facts: Iterable[Fact], data: MultiDict[str, str]) -> AnswersForm:
    questions = [
        QuestionShown(fact=fact, bears_on=(), wanted=False, value=None, why_unknown=None)
        for fact in facts
    ]
    made: AnswersForm = form_for(pack, questions, current_language().code)(formdata=data or None)
    return made


def _shown(
    pack: Pack, data: MultiDict[str, str], tried: Tried | None, wrong: frozenset[str]
) -> list[Fact]:
    """What is wrong, what a search finds, a card of the pack, else what would be asked next."""
    words = data.get("find", "")[:_LONGEST_SEARCH].casefold().split()
    card = data.get("show", _NEXT)
    stated = _stated(pack)
    if words:
        ids = {f.id for f in [f for f in stated if _found(pack, f, words)][:_MOST_FOUND]}
    elif card in pack.cards or card == _DECISIONS:
        ids = {f.id for f in stated if _card_of(pack, f) == card}
    elif tried is not None:
        ids = set(tried.next) | ({_AGE} if not data else set())
    else:
        ids = set()
    return [fact for fact in stated if fact.id in ids | wrong]


def _found(pack: Pack, fact: Fact, words: list[str]) -> bool:
    text = f"{fact.id} {fact_words(pack, fact.id)}".casefold()
    return all(word in text for word in words)


def _card_of(pack: Pack, fact: Fact) -> str:
    if fact.id == _AGE:
        return next(iter(pack.cards), _DECISIONS)
    return fact.card or _DECISIONS


def _cards(pack: Pack) -> list[tuple[str, str]]:
    return [(card, said(pack, f"card.{card}") or card) for card in pack.cards]


def _answer(pack: Pack, data: MultiDict[str, str], fact: Fact, tried: Tried | None) -> AnswerShown:
    known = tried.facts.get(fact.id) if tried else None
    carried = _carried(data, fact.id)
    value = _words(pack, fact, known) if known else listed(value for _, value in carried)
    return AnswerShown(fact.id, fact_words(pack, fact.id), value, carried)


def _words(pack: Pack, fact: Fact, known: Answer) -> str:
    if known.value is None:
        return unknown_word(known.why.value if known.why else "not_asked")
    return value_words(pack, fact, value_to_json(known.value))
