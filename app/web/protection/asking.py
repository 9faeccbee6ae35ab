"""The private interview at a desk: the setting first, then one card at a time, and what is still shut."""

from __future__ import annotations

from typing import Any

from flask import g, redirect, render_template, request, url_for
from flask_babel import gettext

from app.locale import current_language
from app.schemas.interviews import BeginInterviewSchema, InterviewAnswersSchema
from app.web import cards
from app.web.border.screening import sentences
from app.web.border.words import INFORM, person_language, said
from app.web.fields import add_errors
from app.web.forms.border_answers import AnswersForm, form_for, shown_data
from app.web.forms.interview import ALONE, BeginForm
from app.web.protection.keeping import shut_in_words
from app.web.protection.routes import blueprint
from app.work import opens
from workflows import interviews
from workflows.casenumbers import show
from workflows.errors import ChangedMeanwhile, InvalidCommand, NotInformedYet
from workflows.interviews import InterviewShown, SittingShown
from workflows.policy import Act
from workflows.rules.answers import Source
from workflows.work import Work

_TOLD_BY = frozenset({Source.SELF, Source.DOCUMENT, Source.THIRD_PARTY})


@blueprint.route("/care/<number>/interview/begin", methods=["GET", "POST"])
@opens(Act.INTERVIEW, typed=True)
def begin_interview(work: Work, number: str) -> Any:
    """Tell the person what this desk asks for, and say that you are alone; only then questions start."""
    g.place = "protection.taken"
    shown = interviews.sitting(work, interviews.case_of_referral(work, number))
    form = BeginForm() if request.method == "POST" else BeginForm(language=shown.language)
    if request.method == "POST":
        data = {
            "case_number": shown.number,
            "language": form.language.data or "",
            "how": form.how.data or "",
            "interpreter": form.interpreter.data or "",
            "understood": form.understood.data == "yes",
            "alone": ALONE in form.setting.data,
        }
        command = form.checked(BeginInterviewSchema(), data)
        if command is not None:
            interviews.begin(work, command)
            return redirect(url_for("protection.interview", number=number), 303)
    text = render_template(
        "protection/begin.html",
        form=form,
        number=number,
        case=show(shown.number),
        about_person=True,
        **_told(shown),
    )
    return text, 422 if form.errors or form.form_errors else 200


def _told(shown: SittingShown) -> dict[str, Any]:
    own = person_language(shown.language, shown.pack, INFORM)
    return {
        "sentences": sentences(shown.pack, own.code if own else None),
        "own": own or current_language(),
        "missing": own is None,
    }


@blueprint.post("/care/<number>/interview/pause")
@opens(Act.INTERVIEW)
def pause_interview(work: Work, number: str) -> Any:
    """No longer alone, or enough for now: private questions leave the screen."""
    interviews.pause(work, interviews.case_of_referral(work, number))
    return redirect(url_for("protection.care_file", number=number), 303)


@blueprint.route("/care/<number>/interview", methods=["GET", "POST"])
@opens(Act.INTERVIEW, typed=True)
def interview(work: Work, number: str) -> Any:
    """The card to ask now, or the one the officer chose."""
    g.place = "protection.taken"
    case = interviews.case_of_referral(work, number)
    chosen = request.args.get("card")
    try:
        page = interviews.page(work, case, chosen, lapsed=request.method == "POST")
    except NotInformedYet:
        return redirect(url_for("protection.begin_interview", number=number), 303)
    questions = (*page.questions, *page.told)
    make = form_for(page.pack, questions, current_language().code, at_desk=True)
    if request.method == "GET":
        data = {**shown_data(questions), "seen": str(page.seen), "source": Source.SELF.value}
        return _page(page, make(data=data), number)
    form = make()
    if not form.validate():
        cards.say_stale(form)
        return _page(page, form, number), 422
    return _save(work, page, form, number)


def _save(work: Work, page: InterviewShown, form: AnswersForm, number: str) -> Any:
    """The answer after saving; the same page with everything typed where it could not be."""
    try:
        said_something = _record(work, page, form)
    except NotInformedYet as error:
        work.session.rollback()
        form.form_errors = [
            gettext(
                "It is long ago that you confirmed to be alone with the person. Nothing was saved: confirm "
                "it again below, then come back with your browser and send this page once more."
            )
        ]
        return _page(page, form, number, lapsed=True), error.status
    except ChangedMeanwhile as error:
        work.session.rollback()
        form.form_errors = [gettext(error.message)]
        form.seen.data = str(interviews.page(work, page.number, page.card).seen)
        return _page(page, form, number), error.status
    except InvalidCommand as error:
        work.session.rollback()
        add_errors(form, {f"q_{error.params.get('field')}": [gettext("This cannot be used.")]})
        return _page(page, form, number), 422
    following = None if said_something else _next_card(page)
    return redirect(url_for("protection.interview", number=number, card=following), 303)


def _record(work: Work, page: InterviewShown, form: AnswersForm) -> bool:
    """Record what is new: what was told, and what was seen."""
    found = cards.read(page.questions, form, page.told)
    told_by = _told_by(form)
    seen: int | None = cards.seen_of(form)
    for answers, source in ((found.told, told_by), (found.looked, Source.OBSERVED)):
        if not answers:
            continue
        settled = {fact: why for fact, why in found.settled.items() if fact in answers}
        command = InterviewAnswersSchema().load(
            {
                "case_number": page.number,
                "answers": answers,
                "source": source.value,
                "settled": settled,
                "seen": seen,
            }
        )
        interviews.record(work, command)
        seen = None
    return found.anything


def _told_by(form: AnswersForm) -> Source:
    chosen = form["source"].data
    return next((source for source in _TOLD_BY if source.value == chosen), Source.SELF)


def _next_card(page: InterviewShown) -> str | None:
    """The card after this one with something left to ask."""
    ids = [card.id for card in page.cards]
    at = ids.index(page.card) + 1 if page.card in ids else 0
    turned = page.cards[at:] + page.cards[:at]
    return next((c.id for c in turned if c.id != page.card and c.answered < c.questions), None)


def _page(page: InterviewShown, form: AnswersForm, number: str, *, lapsed: bool = False) -> str:
    pack = page.pack
    own = person_language(page.language, pack)
    other = own if own is not None and own.code != current_language().code else None
    asked = [cards.asked_in_words(pack, form, one, other) for one in page.questions]
    return render_template(
        "protection/interview.html",
        form=form,
        page=page,
        number=number,
        case=show(page.number),
        card=cards.card_in_words(pack, page.card, other),
        own=other,
        untranslated=page.language if own is None else None,
        now_asked=[one for one in asked if one.wanted or one.differs],
        rest=[one for one in asked if not (one.wanted or one.differs)],
        unasked=[cards.asked_in_words(pack, form, one, None) for one in page.told],
        cards=[(card, said(pack, f"card.{card.id}") or card.id) for card in page.cards],
        shut=shut_in_words(pack, page.keeps),
        lapsed=lapsed,
        about_person=True,
    )
