"""A card of questions in words, and what somebody put into its form: for a post and for a desk alike."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import request
from flask_babel import gettext

from app.locale import Language
from app.web.border.words import bearing_word, said, unknown_word, value_words
from app.web.fields import PRIVATE
from app.web.forms.border_answers import (
    AnswersForm,
    as_before,
    field_of,
    raw_answer,
    settling_field,
)
from app.work import engines
from workflows.cards import QuestionShown
from workflows.rules.pack import Pack
from workflows.rules.pack_model import Fact


@dataclass(frozen=True)
class Asked:
    """A question with its words: to tick, to say in both languages, why, and what is recorded."""

    field: Any
    say: str | None
    own: str | None
    observed: bool
    reasons: tuple[str, ...]
    recorded: str
    wanted: bool
    elsewhere: bool
    differs: bool
    settling: Any
    #: What not to ask here; on the training ground only.
    avoid: tuple[str, ...] = ()
    alone: str = ""


@dataclass
class Said:
    """What is new in a form: told, seen, left to somebody else, and why an answer settles a difference."""

    told: dict[str, Any]
    looked: dict[str, Any]
    private: list[str]
    settled: dict[str, str]

    @property
    def anything(self) -> bool:
        """Whether an answer was given."""
        return bool(self.told or self.looked)


def asked_in_words(
    pack: Pack, form: AnswersForm, question: QuestionShown, own: Language | None
) -> Asked:
    """One question for the page; `own`: the person's language where that is not the officer's."""
    fact = question.fact
    say = f"text.say.{fact.id}"
    recorded = ""
    if question.answered:
        recorded = value_words(pack, fact, question.value)
        if question.why_unknown:
            recorded = unknown_word(question.why_unknown)
    return Asked(
        field=field_of(form, fact.id),
        say=said(pack, say),
        own=said(pack, say, own.code) if own and not fact.observed else None,
        observed=fact.observed,
        reasons=tuple(dict.fromkeys(bearing_word(pack, name) for name in question.bears_on)),
        recorded=recorded,
        wanted=question.wanted,
        elsewhere=question.elsewhere and question.alone is None,
        differs=question.differs,
        settling=settling_field(form, fact.id),
        avoid=avoided(pack, fact) if engines().settings.training else (),
        alone=_alone_in_words(pack, question),
    )


def avoided(pack: Pack, fact: Fact) -> tuple[str, ...]:
    """What an official should leave unasked beside this question, and when to stop."""
    beside = {
        "medical": gettext("Not the illness by name, not since when, not how it came about."),
        "protection": gettext(
            "Not what exactly was done, not by whom. The account is for those who help."
        ),
        "legal": gettext("Not for a confession, not for proof. Nothing is judged here."),
    }
    found = [beside.get(fact.purpose), gettext("Not twice, not in other words to test the answer.")]
    found += [said(pack, "text.card.private")] if fact.private else []
    found.append(said(pack, "text.card.stop"))
    return tuple(one for one in found if one)


def _alone_in_words(pack: Pack, question: QuestionShown) -> str:
    """What is told of an answer that was given on a turned screen: at the post, that it was given."""
    if question.alone is None:
        return ""
    value, why = question.alone
    if why == "restricted":
        return gettext("Answered privately. Nobody at this post sees what.")
    word = unknown_word(why) if why else value_words(pack, question.fact, value)
    return gettext("Answered alone, on a turned screen: %(answer)s.", answer=word)


def card_in_words(pack: Pack, card: str | None, own: Language | None) -> dict[str, Any]:
    """The title of a card, why it is asked, and how to begin in both languages."""
    if card is None:
        return {}
    return {
        "title": said(pack, f"card.{card}"),
        "why": said(pack, f"text.why.{card}"),
        "open": said(pack, f"card.{card}.open"),
        "open_own": said(pack, f"card.{card}.open", own.code) if own else None,
        "private": pack.cards[card].private,
    }


def read(
    questions: tuple[QuestionShown, ...],
    form: AnswersForm,
    unasked: tuple[QuestionShown, ...] = (),
) -> Said:
    """What the form says that is not recorded yet. `unasked`: what is only recorded when told."""
    found = Said({}, {}, [], {})
    no_too = _asked_openly(questions) if request.form.get("rest") == "no" else frozenset()
    for question in (*questions, *unasked):
        fact = question.fact
        field = field_of(form, fact.id)
        raw = raw_answer(field, fact)
        settling = settling_field(form, fact.id)
        reason = (settling.data or "").strip() if settling is not None else ""
        answers = found.looked if fact.observed else found.told
        if raw == PRIVATE:
            found.private.append(fact.id)
        elif raw is None and fact.id in no_too:
            answers[fact.id] = "no"
        elif raw is not None and (reason or not as_before(question, field, raw)):
            answers[fact.id] = raw
            if reason:
                found.settled[fact.id] = reason
    return found


def _asked_openly(questions: tuple[QuestionShown, ...]) -> frozenset[str]:
    """What *no to the others* answers: shown openly on the card, yes or no, and not answered before.

    Where some questions of the card matter now, the others are folded away, and stay unanswered.
    """
    some_matter = any(question.wanted for question in questions)
    return frozenset(
        question.fact.id
        for question in questions
        if question.fact.kind == "yes-no"
        and not question.answered
        and not question.elsewhere
        and (question.wanted or not some_matter)
    )


def say_stale(form: AnswersForm) -> None:
    """A token that is too old is said on top of the form."""
    if form.errors.get("csrf_token"):
        form.csrf_token.errors = []
        form.form_errors = [
            gettext("This page was open for too long. Check what you typed and send it again.")
        ]


def seen_of(form: AnswersForm) -> int:
    """The version of the page; what is no number is older than any."""
    text = form.seen.data
    return int(text) if text and text.isascii() and text.isdigit() else 0
