"""Ask: one card of questions at a time, in any order, with its reasons and the words to say."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import redirect, render_template, request, url_for
from flask_babel import gettext

from app.locale import Language, current_language
from app.schemas.screening import AnswersSchema
from app.web.border.routes import blueprint
from app.web.border.words import (
    bearing_word,
    person_language,
    said,
    unknown_word,
    value_words,
)
from app.web.fields import PRIVATE, add_errors
from app.web.forms.border_answers import (
    AnswersForm,
    as_before,
    field_of,
    form_for,
    raw_answer,
    shown_data,
)
from app.work import opens
from models.vocabulary import Grade
from workflows import casenumbers, post_screening, screening, tasks
from workflows.cards import QuestionShown
from workflows.errors import ChangedMeanwhile, InvalidCommand
from workflows.policy import Act
from workflows.post_screening import AskShown
from workflows.rules.answers import Source
from workflows.rules.pack import Pack
from workflows.tasks import AskInPrivate
from workflows.work import Work


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


@blueprint.route("/cases/<number>/ask", methods=["GET", "POST"])
@opens(Act.ANSWER, typed=True)
def ask(work: Work, number: str) -> Any:
    """The card to ask now, or the one the officer chose."""
    alone = request.args.get("alone") == "1"
    page = post_screening.ask_page(work, number, request.args.get("card"), private=alone)
    make = form_for(page.pack, page.questions, current_language().code)
    if request.method == "GET":
        form = make(data={**shown_data(page.questions), "seen": str(page.seen)})
        return _page(page, form, alone=alone)
    form = make()
    if not form.validate():
        _say_stale(form)
        return _page(page, form, alone=alone), 422
    try:
        said_something = _record(work, number, page, form)
    except ChangedMeanwhile as error:
        work.session.rollback()
        form.form_errors = [gettext(error.message)]
        form.seen.data = str(page.seen)
        return _page(page, form, alone=alone), error.status
    except InvalidCommand as error:
        work.session.rollback()
        add_errors(form, {f"q_{error.params.get('field')}": [gettext("This cannot be used.")]})
        return _page(page, form, alone=alone), 422
    following = None if said_something else _next_card(page)
    return redirect(
        url_for("border.ask", number=number, card=following, alone="1" if alone else None), 303
    )


def _say_stale(form: AnswersForm) -> None:
    if form.errors.get("csrf_token"):
        form.csrf_token.errors = []
        form.form_errors = [
            gettext("This page was open for too long. Check what you typed and send it again.")
        ]


def _record(work: Work, number: str, page: AskShown, form: AnswersForm) -> bool:
    """Record what is new: what was told, what was seen, and what somebody else should ask."""
    told: dict[str, Any] = {}
    looked: dict[str, Any] = {}
    private = []
    no_too = _asked_openly(page) if request.form.get("rest") == "no" else frozenset()
    for question in page.questions:
        field = field_of(form, question.fact.id)
        raw = raw_answer(field, question.fact)
        answers = looked if question.fact.observed else told
        if raw == PRIVATE:
            private.append(question.fact.id)
        elif raw is None and question.fact.id in no_too:
            answers[question.fact.id] = "no"
        elif raw is not None and not as_before(question, field, raw):
            answers[question.fact.id] = raw
    seen: int | None = _number(form.seen.data)
    for answers, source in ((told, Source.SELF), (looked, Source.OBSERVED)):
        if answers:
            command = AnswersSchema().load(
                {
                    "case_number": number,
                    "answers": answers,
                    "source": source.value,
                    "seen": seen,
                }
            )
            screening.answer(work, command)
            seen = None
    if private:
        tasks.ask_in_private(work, AskInPrivate(case_number=number, facts=tuple(private)))
    return bool(told or looked)


def _asked_openly(page: AskShown) -> frozenset[str]:
    """What *no to the others* answers: shown openly on the card, yes or no, and not answered before.

    Where some questions of the card matter now, the others are folded away, and stay unanswered.
    """
    some_matter = any(question.wanted for question in page.questions)
    return frozenset(
        question.fact.id
        for question in page.questions
        if question.fact.kind == "yes-no"
        and not question.answered
        and (question.wanted or not some_matter)
    )


def _number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() else 0


def _next_card(page: AskShown) -> str | None:
    """The card after this one with something left to ask."""
    ids = [card.id for card in page.cards]
    at = ids.index(page.card) + 1 if page.card in ids else 0
    turned = page.cards[at:] + page.cards[:at]
    return next((c.id for c in turned if c.id != page.card and c.answered < c.questions), None)


def _page(page: AskShown, form: AnswersForm, *, alone: bool) -> str:
    pack = page.pack
    own = person_language(page.language, pack)
    officer = current_language()
    other = own if own is not None and own.code != officer.code else None
    asked = [_asked(pack, form, question, other) for question in page.questions]
    return render_template(
        "border/ask.html",
        form=form,
        page=page,
        number=casenumbers.show(page.number),
        card=_card_words(pack, page.card, other),
        own=other,
        untranslated=page.language if own is None else None,
        now_asked=[one for one in asked if one.wanted],
        rest=[one for one in asked if not one.wanted],
        cards=[(card, said(pack, f"card.{card.id}") or card.id) for card in page.cards],
        grades=[
            (said(pack, f"profile.{code}") or code, grade.value, ())
            for code, grade in page.reading.grades
            if grade is not Grade.NOT_INDICATED
        ],
        elsewhere=[said(pack, f"fact.{fact}") or fact for fact in page.reading.elsewhere],
        alone=alone,
    )


def _card_words(pack: Pack, card: str | None, own: Language | None) -> dict[str, Any]:
    if card is None:
        return {}
    return {
        "title": said(pack, f"card.{card}"),
        "why": said(pack, f"text.why.{card}"),
        "open": said(pack, f"card.{card}.open"),
        "open_own": said(pack, f"card.{card}.open", own.code) if own else None,
        "private": pack.cards[card].private,
    }


def _asked(pack: Pack, form: AnswersForm, question: QuestionShown, own: Language | None) -> Asked:
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
    )
