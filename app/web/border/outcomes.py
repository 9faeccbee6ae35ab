"""Outcome: what holds, what is indicated and why, what runs, whom to ask; and the end of the screening."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import redirect, render_template, request, url_for
from flask_babel import gettext, ngettext
from werkzeug.wrappers import Response

from app.locale import listed
from app.web.border.routes import blueprint
from app.web.border.words import (
    body_word,
    clock_word,
    names_in,
    referral_word,
    said,
)
from app.web.reasons import profile_words
from app.web.service_words import ground_words
from app.web.why_not import shut
from app.work import opens
from models.vocabulary import Action, Grade, HoldCause, HoldState, ReferralState
from workflows import casenumbers, offers, post_outcomes, screening
from workflows.holds import HoldShown
from workflows.policy import Act
from workflows.post_outcomes import ReferralShown
from workflows.referrals import Proposal
from workflows.rules.pack import Pack
from workflows.states import ENDED, ON_THE_CLOCK
from workflows.work import Work


@dataclass(frozen=True)
class HoldWords:
    """All holds that shut one action: why, since when, who may lift it; `all` names each with its body."""

    action: str
    why: tuple[str, ...]
    since: datetime
    lifted_by: str
    cause: str
    all: tuple[tuple[str, str], ...]


@blueprint.get("/cases/<number>/outcome")
@opens(Act.VIEW_ASSESSMENT)
def outcome(work: Work, number: str) -> Any:
    """What the answers come to."""
    page = post_outcomes.outcome_page(work, number)
    pack, reading = page.pack, page.reading
    profiles = reading.profiles if reading else {}
    return render_template(
        "border/outcome.html",
        page=page,
        number=casenumbers.show(page.number),
        holds=hold_words(pack, page.holds),
        profiles=[
            profile_words(pack, code, profile)
            for code, profile in profiles.items()
            if profile.grade in (Grade.PRESUMED, Grade.POSSIBLE)
        ],
        waiting=[
            said(pack, f"profile.{code}") or code
            for code, profile in profiles.items()
            if profile.grade is Grade.OPEN
        ],
        deadlines=[
            (said(pack, f"deadline.{row.code}") or row.code, row.due_at, clock_word(row.clock))
            for row in page.deadlines
        ],
        proposals=proposal_words(pack, page.proposals),
        offers=[(need, said(pack, f"need.{need}") or need) for need in page.offers],
        sent=sent_words(pack, page.referrals),
        now=work.now,
        show=casenumbers.show,
    )


@blueprint.post("/cases/<number>/offers")
@opens(Act.SEND_REFERRAL)
def take_up(work: Work, number: str) -> Response:
    """Make an offer a need of the case, so that a desk can be chosen for it."""
    offers.take_up(work, number, request.form.get("need", "")[:100])
    return redirect(url_for("border.outcome", number=number), 303)


def hold_words(pack: Pack, holds: tuple[HoldShown, ...]) -> list[HoldWords]:
    """One banner for each action that is shut: what evidence carries in full, precaution in one line."""
    found = []
    for action in Action:
        rows = [hold for hold in holds if hold.action is action]
        if rows:
            found.append(_banner(pack, action, rows))
    return found


def _banner(pack: Pack, action: Action, rows: list[HoldShown]) -> HoldWords:
    carried = [row for row in rows if row.cause == HoldCause.EVIDENCE.value]
    waiting = [row for row in rows if row not in carried]
    told = carried or waiting[:1]
    why = list(dict.fromkeys(_hold_says(pack, row) for row in told))
    more = len(rows) - len(told)
    if more:
        why.append(
            ngettext(
                "%(num)s more safeguard, since questions are still open",
                "%(num)s more safeguards, since questions are still open",
                more,
            )
        )
    bodies = dict.fromkeys(body_word(row.body) for row in told if row.body)
    return HoldWords(
        action=action.value,
        why=tuple(why),
        since=min(row.since for row in rows),
        lifted_by=listed(bodies) or body_word(""),
        cause=(HoldCause.EVIDENCE if carried else HoldCause.PRECAUTION).value,
        all=tuple((_hold_says(pack, row), body_word(row.body) if row.body else "") for row in rows),
    )


def _hold_says(pack: Pack, row: HoldShown) -> str:
    says = said(pack, f"hold.{row.code}") or row.code
    if row.state is HoldState.LIFTABLE:
        return gettext("%(hold)s (waits for a decision)", hold=says)
    return says


def proposal_words(pack: Pack, proposals: tuple[Proposal, ...]) -> list[dict[str, Any]]:
    """Open needs, each with its desks in words; the first that can take the person is chosen beforehand."""
    found = []
    for proposal in proposals:
        if proposal.state.value != "open":
            continue
        desks = [
            {
                "id": str(desk.id),
                "name": names_in(desk.names),
                "agency": names_in(desk.agency_names),
                "can": desk.fits and not desk.full,
                "grounds": [ground_words(one) for one in desk.grounds],
            }
            for desk in proposal.desks
        ]
        found.append(
            {
                "id": str(proposal.need_id),
                "name": said(pack, f"need.{proposal.need}") or proposal.need,
                "urgency": proposal.urgency.value,
                "consent": proposal.consent_needed,
                "desks": desks,
                "first": next((desk["id"] for desk in desks if desk["can"]), None),
            }
        )
    return found


def sent_words(pack: Pack, sent: tuple[ReferralShown, ...]) -> list[dict[str, Any]]:
    """Referrals that were sent, in words."""
    return [
        {
            "number": casenumbers.show(row.number),
            "need": said(pack, f"need.{row.need}") or row.need,
            "desk": names_in(row.desk_names),
            "state": referral_word(row.state),
            "due_at": row.due_at,
            "waits": row.state in ON_THE_CLOCK,
            "asked": row.state is ReferralState.NEEDS_INFORMATION,
            "seen_at": row.seen_at,
            "expected_on": row.expected_on,
            "agreed_until": row.agreed_until,
            "ended": row.state in ENDED,
            "shut": shut(row.may),
        }
        for row in sent
    ]


@blueprint.post("/cases/<number>/finish")
@opens(Act.FINISH_SCREENING)
def finish(work: Work, number: str) -> Response:
    """End the screening: from now on the post sees number and state, and no more."""
    screening.finish(work, number)
    return redirect(url_for("border.case", number=number), 303)
