"""Clocks that ran out, referrals nobody answered, and another desk for a need that lost its own."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import g, redirect, render_template, request, url_for
from flask_babel import gettext

from app.schemas.referrals import SendReferralSchema
from app.web.border.questions import answer_page
from app.web.consent_words import countersign_words, last_day_words
from app.web.dates import iso_day, stated_day
from app.web.forms.supervision import NewDeskForm
from app.web.office_words import CLOCK_STATES, CLOCKS, TASKS, named, word
from app.web.packet_words import facts_in_words, need_in_words, packet_rows, profiles_in_words
from app.web.page_versions import version_sent
from app.web.service_words import ground_words
from app.web.supervision.routes import blueprint
from app.work import opens
from models.vocabulary import NeedState, TaskKind
from workflows import consents, oversight, referrals
from workflows.casenumbers import show
from workflows.errors import (
    ApprovalMissing,
    ConsentMissing,
    InvalidCommand,
    NoPlaceFree,
    NotAllowedNow,
    NotFound,
)
from workflows.policy import Act
from workflows.referrals import Proposal
from workflows.work import Work

_DONE = {"sent", "done", "answered", "reopened"}


@blueprint.get("/clocks")
@opens(Act.VIEW_TASKS)
def clocks(work: Work) -> str:
    """What asks for a supervisor, by case number."""
    g.place = "supervision.clocks"
    done = request.args.get("done", "")
    return render_template(
        "supervision/clocks.html",
        found=oversight.clocks(work),
        find_desk=TaskKind.CHOOSE_ANOTHER_DESK,
        desk_asks=TaskKind.ANSWER_QUESTION,
        now=work.now,
        done=done if done in _DONE else None,
        **_words(),
    )


@blueprint.post("/clocks/tasks/<uuid:task_id>/done")
@opens(Act.DO_TASK)
def task_done(work: Work, task_id: UUID) -> Any:
    """Say that a task is done. A page that is out of date is refused."""
    oversight.finish_task(work, task_id, version_sent())
    return redirect(url_for("supervision.clocks", done="done"), 303)


@blueprint.route("/clocks/<number>/question", methods=["GET", "POST"])
@opens(Act.ANSWER_QUESTION, typed=True)
def question(work: Work, number: str) -> Any:
    """What a desk has asked, where the post has not answered."""
    g.place = "supervision.clocks"
    return answer_page(work, number, "supervision.clocks")


@blueprint.get("/clocks/<number>/desk")
@opens(Act.PROPOSE_REFERRAL)
def desks(work: Work, number: str) -> str:
    """The needs of a case that have no desk, each with the desks that may meet it."""
    g.place = "supervision.clocks"
    pack = oversight.pack_of_case(work, number)
    proposals = [p for p in referrals.propose(work, number) if p.state is NeedState.OPEN]
    return render_template(
        "supervision/desks.html",
        number=number,
        done=request.args.get("done") == "reopened",
        proposals=[(p, need_in_words(pack, p.need)) for p in proposals],
        suggested=oversight.suggested_desks(work, number),
        ground_words=ground_words,
        **_words(),
    )


@blueprint.route("/clocks/<number>/desk/<uuid:need_id>/<desk>", methods=["GET", "POST"])
@opens(Act.SEND_REFERRAL, typed=True)
def new_desk(work: Work, number: str, need_id: UUID, desk: str) -> Any:
    """The packet exactly as the desk will see it, then send."""
    g.place = "supervision.clocks"
    proposal = _proposal(work, number, need_id, desk)
    g.consent_needed, g.today = proposal.consent_needed, work.now.date()
    pack = oversight.pack_of_case(work, number)
    last = consents.last_day(pack, proposal.need, g.today)
    form = NewDeskForm(data={"consent_until": stated_day(last)})
    if request.method == "POST" and _send(work, form, number, need_id, desk):
        return redirect(url_for("supervision.clocks", done="sent"), 303)
    packet = referrals.preview(work, number, need_id, desk)
    chosen = next(choice for choice in proposal.desks if choice.desk == desk)
    page = render_template(
        "supervision/new_desk.html",
        form=form,
        number=number,
        need=need_in_words(pack, packet.need),
        desk=chosen,
        rows=packet_rows(packet.needs_stage()["fields"]),
        facts=facts_in_words(pack, packet.facts),
        profiles=profiles_in_words(pack, packet.profiles),
        shut=packet.holds,
        later=packet_rows(packet.identity_stage()),
        read=packet.read,
        about_person=True,
        **_words(),
    )
    return page, 422 if form.errors or form.form_errors else 200


def _proposal(work: Work, number: str, need_id: UUID, desk: str) -> Proposal:
    for proposal in referrals.propose(work, number):
        if proposal.need_id == need_id and any(d.desk == desk for d in proposal.desks):
            if proposal.state is not NeedState.OPEN:
                raise NotAllowedNow
            return proposal
    raise NotFound


def _send(work: Work, form: NewDeskForm, number: str, need_id: UUID, desk: str) -> bool:
    def data() -> dict[str, Any]:
        return {
            "case_number": number,
            "need_id": str(need_id),
            "desk": desk,
            "legal_basis": form.legal_basis.data or "",
            "consented": bool(form.consented.data),
            "consent_until": iso_day(form.consent_until.data) or None,
            "note": form.note.data or "",
        }

    command = form.checked(SendReferralSchema(), data)
    if command is None:
        return False
    try:
        referrals.send(work, command)
    except ApprovalMissing:
        work.start_again()
        asked = referrals.countersign(work, command)
        form.legal_basis.errors = [countersign_words(asked.state)]
        return False
    except InvalidCommand as error:
        work.session.rollback()
        form.refused(error, {"consent_until": last_day_words()})
        return False
    except ConsentMissing:
        form.consented.errors = [gettext("Tick this once the person has agreed to this desk.")]
        return False
    except NoPlaceFree as error:
        work.session.rollback()
        form.form_errors = [gettext(error.message)]
        return False
    return True


def _words() -> dict[str, Any]:
    return {
        "named": named,
        "show": show,
        "task_word": lambda code: word(TASKS, code),
        "clock_word": lambda code: word(CLOCKS, code),
        "clock_state_word": lambda code: word(CLOCK_STATES, code),
    }
