"""Ask: one card of questions at a time, in any order, with its reasons and the words to say."""

from __future__ import annotations

from typing import Any

from flask import redirect, render_template, request, url_for
from flask_babel import gettext

from app.locale import current_language
from app.schemas.screening import AnswersSchema
from app.web import cards
from app.web.border.routes import blueprint
from app.web.border.words import person_language, said
from app.web.fields import add_errors
from app.web.forms.border_answers import AnswersForm, form_for, shown_data
from app.work import opens
from models.vocabulary import Grade
from workflows import casenumbers, post_screening, screening, tasks
from workflows.errors import ChangedMeanwhile, InvalidCommand
from workflows.policy import Act
from workflows.post_screening import AskShown
from workflows.rules.answers import Source
from workflows.tasks import AskInPrivate
from workflows.work import Work


@blueprint.route("/cases/<number>/ask", methods=["GET", "POST"])
@opens(Act.ANSWER, typed=True)
def ask(work: Work, number: str) -> Any:
    """The card to ask now, or the one the officer chose."""
    alone, large = (request.args.get(name) == "1" for name in ("alone", "large"))
    page = post_screening.ask_page(work, number, request.args.get("card"), private=alone)
    make = form_for(page.pack, page.questions, current_language().code)
    if request.method == "GET":
        form = make(data={**shown_data(page.questions), "seen": str(page.seen)})
        return _page(page, form, alone=alone)
    form = make()
    if not form.validate():
        cards.say_stale(form)
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
    setting: dict[str, Any] = {"alone": "1" if alone else None, "large": "1" if large else None}
    return redirect(url_for("border.ask", number=number, card=following, **setting), 303)


def _record(work: Work, number: str, page: AskShown, form: AnswersForm) -> bool:
    """Record what is new: what was told, what was seen, and what somebody else should ask."""
    found = cards.read(page.questions, form)
    seen: int | None = cards.seen_of(form)
    for answers, source in ((found.told, Source.SELF), (found.looked, Source.OBSERVED)):
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
    if found.private:
        private = AskInPrivate(case_number=number, facts=tuple(found.private))
        tasks.ask_in_private(work, private)
    return found.anything


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
    asked = [cards.asked_in_words(pack, form, one, other) for one in page.questions]
    return render_template(
        "border/ask.html",
        form=form,
        page=page,
        number=casenumbers.show(page.number),
        card=cards.card_in_words(pack, page.card, other),
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
        large="1" if request.args.get("large") == "1" else None,
    )
