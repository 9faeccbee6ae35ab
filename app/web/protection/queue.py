"""The queue of a desk: look, accept, pass on, refuse, without leaving the list."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import g, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from app.schemas.desks import AcceptReferralSchema, RedirectReferralSchema, RefuseReferralSchema
from app.web.forms.protection import RedirectForm, RefuseForm
from app.web.office_words import BASES, QUESTIONS, REASONS, REFERRAL_STATES, WISHES, named, word
from app.web.packet_words import (
    facts_in_words,
    need_in_words,
    packet_rows,
    profiles_in_words,
)
from app.web.protection.routes import blueprint
from app.web.why_not import shut
from app.work import opens
from models.vocabulary import ReferralState
from workflows import desk_lists, desks, other_desks, taking_back
from workflows.casenumbers import show
from workflows.desk_lists import ReferralShown
from workflows.errors import ChangedMeanwhile, InvalidCommand, NotAllowedNow
from workflows.policy import Act
from workflows.states import TAKEN, WAITING
from workflows.work import Work

#: What the queue says is now true, by the word in its address.
_DONE = {"accepted", "refused", "redirected", "asked", "listed", "confirmed"}


@blueprint.get("/referrals")
@opens(Act.VIEW_QUEUE)
def queue(work: Work) -> str:
    """Referrals to one's desks, most urgent first, then by time left."""
    g.place = "protection.queue"
    after = request.args.get("after")
    done = request.args.get("done", "")
    return render_template(
        "protection/queue.html",
        page=desk_lists.queue(work, after),
        gone=() if after else taking_back.to_confirm(work),
        after=after,
        now=work.now,
        done=done if done in _DONE else None,
        **words(),
    )


@blueprint.get("/referrals/<number>")
@opens(Act.READ_PACKET)
def referral(work: Work, number: str) -> Any:
    """One referral beside the list: what is needed and what must be respected, not who it is."""
    return _referral(work, number)


def _referral(work: Work, number: str, *, late: bool = False) -> Any:
    g.place = "protection.queue"
    shown = desk_lists.preview(work, number)
    if shown.state in TAKEN and not late and shown.wish is None:
        return redirect(url_for("protection.care_file", number=shown.number), 303)
    after = _after()
    page = render_template(
        "protection/referral.html",
        shown=shown,
        page=desk_lists.queue(work, after),
        after=after,
        now=work.now,
        late=late,
        waiting=shown.state in WAITING,
        shut=shut(shown.may),
        about_person=True,
        **packet_parts(shown),
        **words(),
    )
    return page, 409 if late else 200


def packet_parts(shown: ReferralShown) -> dict[str, Any]:
    """The open parts of a packet in words, for the templates that show one."""
    packet = shown.packet or {}
    return {
        "need": None if shown.need is None else need_in_words(shown.pack, shown.need),
        "rows": packet_rows(packet.get("fields", {})),
        "facts": facts_in_words(shown.pack, packet.get("facts", {})),
        "profiles": profiles_in_words(shown.pack, packet.get("profiles", {})),
        "held": packet.get("holds", []),
        "note": packet.get("note", ""),
        "agreed_until": _day_in(packet.get("consent_until")),
        "identity": None if shown.identity is None else packet_rows(shown.identity),
    }


def _day_in(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


@blueprint.post("/referrals/<number>/confirm")
@opens(Act.CONFIRM_WITHDRAWAL)
def confirm_withdrawal(work: Work, number: str) -> Response:
    """Say that the desk has read that a person's consent is gone, and has done what they wish."""
    taking_back.confirm(work, number)
    return back("confirmed", number)


@blueprint.post("/referrals/<number>/accept")
@opens(Act.ACCEPT_REFERRAL)
def accept(work: Work, number: str) -> Any:
    """Take a referral. Whoever comes second is told, and sees what has become of it."""
    try:
        answered = desks.accept(work, AcceptReferralSchema().load({"number": number}))
    except (ChangedMeanwhile, NotAllowedNow):
        return too_late(work, number)
    return back("accepted", answered.number)


def too_late(work: Work, number: str) -> Any:
    """Begin the work anew, so that nothing of the late act is kept, and show the referral as it is now."""
    work.start_again()
    return _referral(work, number, late=True)


def back(done: str, number: str) -> Response:
    """To the queue, which says what is now true."""
    after = request.form.get("after") or None
    return redirect(url_for("protection.queue", done=done, number=number, after=after), 303)


@blueprint.route("/referrals/<number>/refuse", methods=["GET", "POST"])
@opens(Act.REFUSE_REFERRAL, typed=True)
def refuse(work: Work, number: str) -> Any:
    """Not take it, for a coded reason."""
    g.place = "protection.queue"
    form = RefuseForm()
    if request.method == "POST":
        data = {"number": number, "reason": form.reason.data or ""}
        command = form.checked(RefuseReferralSchema(), data)
        if command is not None:
            try:
                answered = desks.refuse(work, command)
            except (ChangedMeanwhile, NotAllowedNow):
                return too_late(work, number)
            return back("refused", answered.number)
    return _answer_page(work, number, form, "protection/refuse.html")


@blueprint.route("/referrals/<number>/redirect", methods=["GET", "POST"])
@opens(Act.REDIRECT_REFERRAL, typed=True)
def pass_on(work: Work, number: str) -> Any:
    """Say which desk may meet the need. Where consent was given for this desk alone, the sender asks anew."""
    g.place = "protection.queue"
    others = other_desks.of(work, number)
    g.other_desks = [(desk.code, f"{named(desk.names)} - {named(desk.agency)}") for desk in others]
    form = RedirectForm()
    if request.method == "POST":
        data = {
            "number": number,
            "desk": form.desk.data or "",
            "reason": form.reason.data or "",
        }
        command = form.checked(RedirectReferralSchema(), data)
        if command is not None:
            try:
                desks.redirect(work, command)
            except InvalidCommand as error:
                _at_field(form, error)
            except (ChangedMeanwhile, NotAllowedNow):
                return too_late(work, number)
            else:
                return back("redirected", number)
    return _answer_page(work, number, form, "protection/redirect.html", others=others)


def _at_field(form: RedirectForm, error: InvalidCommand) -> None:
    """One sentence for every desk that cannot be chosen: a reason would tell where the person is from."""
    if error.params.get("field") != "desk":
        raise error
    form.desk.errors = [gettext("This desk cannot take this referral. Choose another.")]


def _after() -> str | None:
    """Where the list beside began: in the address of a page, or sent along with a form."""
    return request.form.get("after") or request.args.get("after") or None


def _answer_page(work: Work, number: str, form: Any, template: str, **more: Any) -> Any:
    shown = desk_lists.preview(work, number)
    if shown.state not in WAITING:
        return too_late(work, number)
    page = render_template(
        template,
        form=form,
        shown=shown,
        need=need_in_words(shown.pack, shown.need or ""),
        after=_after(),
        consented=shown.legal_basis == "consent",
        about_person=True,
        **words(),
        **more,
    )
    return page, 422 if form.errors else 200


def words() -> dict[str, Any]:
    """The words of the codes on the pages of a queue."""

    def state_word(state: ReferralState) -> str:
        return word(REFERRAL_STATES, state)

    return {
        "named": named,
        "show": show,
        "state_word": state_word,
        "reason_word": lambda code: word(REASONS, code),
        "basis_word": lambda code: word(BASES, code),
        "question_word": lambda code: word(QUESTIONS, code),
        "wish_word": lambda code: word(WISHES, code),
    }
