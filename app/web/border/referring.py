"""Refer: choose a desk, check the packet exactly as the desk will see it, send it; take it back."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import g, redirect, render_template, request, url_for
from flask_babel import gettext, lazy_gettext
from werkzeug.wrappers import Response

from app.schemas.referrals import SendReferralSchema
from app.web.border.outcomes import proposal_words, sent_words
from app.web.border.packets import stages
from app.web.border.routes import blueprint
from app.web.border.words import basis_word, names_in, said
from app.web.consent_words import countersign_words, last_day_words
from app.web.dates import iso_day, stated_day
from app.web.family_words import APART
from app.web.fields import HiddenField, Option, RadiosField, SubmitField, TextAreaField, add_errors
from app.web.forms.base import PageForm, coming_day
from app.work import opens
from models.vocabulary import LegalBasis
from workflows import casenumbers, desks, post_outcomes, referrals
from workflows.errors import (
    ApprovalMissing,
    ConsentMissing,
    InvalidCommand,
    NoPlaceFree,
    NotFound,
    Restricted,
    SplitsFamily,
)
from workflows.policy import Act
from workflows.post_outcomes import PreviewShown
from workflows.referrals import SendReferral
from workflows.work import Work


class SendForm(PageForm):
    """On what ground the packet leaves."""

    need_id = HiddenField(max_length=40)
    desk_id = HiddenField(max_length=40)
    basis = RadiosField(
        lazy_gettext("Why may it be sent?"),
        options=lambda: tuple(Option(value=b.value, label=basis_word(b)) for b in LegalBasis),
        required=lazy_gettext("Choose why it may be sent."),
    )
    consent_until = coming_day(
        lazy_gettext("Until when the person agrees"),
        hint=lazy_gettext("The last day, agreed with the person. It counts where they agree."),
        optional=True,
    )
    apart = RadiosField(
        lazy_gettext("Why do they go apart from the others of their group?"),
        hint=lazy_gettext("The others were sent to another desk that can take this person too."),
        options=lambda: tuple(Option(value=code, label=label) for code, label in APART.items()),
    )
    note = TextAreaField(
        lazy_gettext("Note to the desk"),
        hint=lazy_gettext("Without names and without what the packet does not show."),
        optional=True,
        rows=2,
        max_length=1000,
    )
    submit = SubmitField(lazy_gettext("Send"))


@blueprint.get("/cases/<number>/referrals")
@opens(Act.PROPOSE_REFERRAL)
def proposals(work: Work, number: str) -> Any:
    """The needs of a case that have no desk, when only that may be seen of it."""
    page = post_outcomes.proposals_page(work, number)
    return render_template(
        "border/referrals.html",
        number=casenumbers.show(page.number),
        proposals=proposal_words(page.pack, page.proposals),
        sent=sent_words(page.pack, page.referrals),
        now=work.now,
    )


@blueprint.get("/cases/<number>/referrals/preview")
@opens(Act.PROPOSE_REFERRAL)
def preview(work: Work, number: str) -> Any:
    """The packet for a need and a desk. Sends nothing."""
    g.today = work.now.date()
    page = _preview(work, number, request.args.get("need"), request.args.get("desk"))
    free = not page.proposal.consent_needed
    form = SendForm(
        data={
            "need_id": str(page.proposal.need_id),
            "desk_id": str(page.desk.id),
            # Where the pack asks for no consent, the person is still asked first.
            "basis": None if free else LegalBasis.CONSENT.value,
            "consent_until": stated_day(page.consent_until),
        }
    )
    return _page(page, form)


def _preview(work: Work, number: str, need: str | None, desk: str | None) -> PreviewShown:
    try:
        need_id, desk_id = UUID(need or ""), UUID(desk or "")
    except ValueError:
        raise NotFound from None
    return post_outcomes.preview_page(work, number, need_id, desk_id)


def _page(page: PreviewShown, form: SendForm) -> str:
    first, second = stages(page.pack, page.packet)
    return render_template(
        "border/preview.html",
        form=form,
        page=page,
        number=casenumbers.show(page.number),
        need=said(page.pack, f"need.{page.proposal.need}") or page.proposal.need,
        desk=names_in(page.desk.names),
        agency=names_in(page.desk.agency_names),
        first=first,
        second=second,
    )


@blueprint.post("/cases/<number>/referrals")
@opens(Act.SEND_REFERRAL, typed=True)
def send(work: Work, number: str) -> Any:
    """Send the packet that was looked at."""
    g.today = work.now.date()
    form = SendForm()
    page = _preview(work, number, form.need_id.data, form.desk_id.data)
    command = form.checked(
        SendReferralSchema(),
        lambda: {
            "case_number": number,
            "need_id": form.need_id.data or "",
            "desk": page.desk.desk,
            "legal_basis": form.basis.data or "",
            "consented": form.basis.data == LegalBasis.CONSENT.value,
            "consent_until": iso_day(form.consent_until.data) or None,
            "note": form.note.data or "",
            "apart": (form.apart.data or None) if page.parts else None,
        },
    )
    if command is None or not _sent(work, form, command):
        return _page(page, form), 422
    return redirect(_back(work, number), 303)


def _sent(work: Work, form: SendForm, command: SendReferral) -> bool:
    try:
        referrals.send(work, command)
    except ApprovalMissing:
        work.start_again()
        asked = referrals.countersign(work, command)
        add_errors(form, {"basis": [countersign_words(asked.state)]})
        return False
    except SplitsFamily:
        work.session.rollback()
        add_errors(
            form, {"apart": [gettext("Choose why they go apart, or choose the other desk.")]}
        )
        return False
    except (ConsentMissing, InvalidCommand, NoPlaceFree, Restricted) as error:
        work.session.rollback()
        if isinstance(error, InvalidCommand) and error.params.get("field") == "consent_until":
            form.refused(error, {"consent_until": last_day_words()})
            return False
        add_errors(form, {"basis": [gettext(error.message)]})
        return False
    return True


@blueprint.post("/cases/<number>/referrals/no-place")
@opens(Act.SEND_REFERRAL)
def no_place(work: Work, number: str) -> Response:
    """Nobody has a place for a need: the supervisor is asked to find one."""
    try:
        need_id = UUID(request.form.get("need", ""))
    except ValueError:
        raise NotFound from None
    referrals.ask_supervisor(work, number, need_id)
    return redirect(_back(work, number), 303)


def _back(work: Work, number: str) -> str:
    """The outcome while the screening is open; after it the tasks of the post."""
    if post_outcomes.is_open(work, number):
        return url_for("border.outcome", number=number)
    return url_for("border.tasks")


@blueprint.post("/cases/<number>/referrals/<referral>/withdraw")
@opens(Act.WITHDRAW_REFERRAL)
def withdraw(work: Work, number: str, referral: str) -> Response:
    """Take back a referral that no desk has taken."""
    referrals.withdraw(work, referral)
    return redirect(_back(work, number), 303)


@blueprint.post("/cases/<number>/referrals/<referral>/close")
@opens(Act.CLOSE_REFERRAL)
def close_referral(work: Work, number: str, referral: str) -> Response:
    """Close a referral whose outcome is reported, or whose person did not come."""
    desks.close(work, referral)
    return redirect(_back(work, number), 303)
