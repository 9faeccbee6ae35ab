"""What a person agreed to, recipient by recipient: shown, renewed, taken back with their wish, confirmed.

Taking back ends what was sent on it, whether a desk has taken it or not; the need and the duty are the
sender's again, and nothing else of the case changes (INV-25). The desk is told by a letter, loses what it
was told, and confirms: inside the system by its page, outside by a sealed receipt.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy import select

from models.cases import Case
from models.network import Agency, Desk
from models.people import Consent
from models.referrals import Letter, Referral
from models.vault.sealed import load_sealed
from models.vocabulary import Purpose, ReferralState, WithdrawalWish
from workflows import consent_ends, effects, moving
from workflows.casework import open_case
from workflows.consents import in_time
from workflows.errors import ChangedMeanwhile, NotAllowedNow, NotFound
from workflows.moving import Moved
from workflows.policy import Act
from workflows.restrictions import is_over
from workflows.states import ENDED
from workflows.visibility import referrals_for
from workflows.work import Work

Names = Mapping[str, str]
_SHOWN = 25


@dataclass(frozen=True, kw_only=True)
class TakeBackConsent:
    """The person no longer agrees that this recipient is told, and wishes what it does with what it knows."""

    case_number: str
    consent_id: UUID
    wish: WithdrawalWish
    version: int


@dataclass(frozen=True, kw_only=True)
class RenewConsent:
    """The person was asked anew and agrees to the same recipient and fields, up to another last day."""

    case_number: str
    consent_id: UUID
    consent_until: date
    version: int


@dataclass(frozen=True)
class TakenBack:
    """A referral whose consent is gone, and that the desk has not confirmed yet."""

    number: str
    wish: WithdrawalWish
    desk: Names


@dataclass(frozen=True)
class ConsentShown:
    """A consent and what became of it: the recipient, days, and states. Nothing that is sealed.

    `told_at`: when the desk inside this system was told that it is gone; `confirmed_at`: when the desk, here
    or outside, confirmed it.
    """

    id: UUID
    desk: Names
    agency: Names
    recorded_on: date
    expires_on: date | None
    over: bool
    withdrawn_on: date | None
    wish: WithdrawalWish | None
    referral: str | None
    state: ReferralState | None
    told_at: datetime | None
    confirmed_at: datetime | None
    may_take_back: bool
    may_renew: bool
    version: int


def of_case(work: Work, case_number: str) -> tuple[ConsentShown, ...]:
    """The consents of a case, the newest first. Opens nothing of the person."""
    case = open_case(work, case_number, Act.RECORD_CONSENT)
    rows = work.session.execute(
        select(Consent, Referral, Desk.names, Agency.names, Letter.delivered_at)
        .outerjoin(Referral, Referral.consent_id == Consent.id)
        .join(Desk, Desk.code == Consent.desk)
        .join(Agency, Desk.agency_id == Agency.id)
        .outerjoin(
            Letter,
            (Letter.referral_id == Referral.id) & Letter.key.endswith(f"/{consent_ends.GONE}"),
        )
        .where(Consent.case_id == case.id)
        .order_by(Consent.recorded_on.desc(), Consent.id)
    )
    today = work.now.date()
    return tuple(_shown(*row, today) for row in rows)


def _shown(
    consent: Consent, referral: Referral | None, desk: Names, agency: Names,
    told_at: datetime | None, today: date,
) -> ConsentShown:  # fmt: skip
    live = referral is not None and referral.withdrawal_wish is None
    standing = live and consent.withdrawn_on is None
    return ConsentShown(
        id=consent.id,
        desk=desk,
        agency=agency,
        recorded_on=consent.recorded_on,
        expires_on=consent.expires_on,
        over=is_over(consent, today),
        withdrawn_on=consent.withdrawn_on,
        wish=None if referral is None else referral.withdrawal_wish,
        referral=None if referral is None else referral.number,
        state=None if referral is None else referral.state,
        told_at=told_at,
        confirmed_at=None if referral is None else referral.confirmed_at,
        may_take_back=live,
        may_renew=standing and referral is not None and referral.state not in ENDED,
        version=consent.version,
    )


def take_back(work: Work, command: TakeBackConsent) -> None:
    """Take a consent back: what was sent on it ends, its desk is told, and the need is open again.

    Raises:
        NotFound: no such consent of this case.
        NotAllowedNow: it was taken back, or nothing was sent on it.
        ChangedMeanwhile: somebody else changed it since the page was shown.
    """
    case, consent, referral = _opened(work, command.case_number, command.consent_id)
    if referral is None or referral.withdrawal_wish is not None:
        raise NotAllowedNow
    _same(consent, command.version)
    detail = {"taken_back": command.wish.value}
    work.note(Act.RECORD_CONSENT, "taken_back", person=case.person_id, detail=detail)
    consent.withdrawn_on = consent.withdrawn_on or work.now.date()
    consent_ends.end(work, referral, "take_back", "sender", command.wish)
    consent_ends.asked_anew(work, referral)
    case.changed_on = work.now.date()


def renew(work: Work, command: RenewConsent) -> None:
    """Keep that the person, asked anew, agrees to the same up to another last day. The old row stays.

    Raises:
        InvalidCommand: the last day is over, or more than a year ahead.
        NotFound: no such consent of this case.
        NotAllowedNow: it was taken back, or what was sent on it has ended.
        ChangedMeanwhile: somebody else changed it since the page was shown.
    """
    case, consent, referral = _opened(work, command.case_number, command.consent_id)
    until = in_time(work, command.consent_until)
    if referral is None or referral.state in ENDED or consent.withdrawn_on is not None:
        raise NotAllowedNow
    _same(consent, command.version)
    work.note(Act.RECORD_CONSENT, "renewed", person=case.person_id)
    new = Consent(
        id=uuid4(),
        person_id=case.person_id,
        case_id=case.id,
        recorded_by=work.actor.user_id,
        recorded_on=work.now.date(),
        expires_on=until,
        desk=consent.desk,
    )
    work.session.add(new)
    # The same words for another time: they pass from row to row, and nothing stays open.
    with work.computing(case.person_id, Purpose.LEGAL):
        new.terms = {**(consent.terms or {}), "until": until.isoformat()}
    work.session.flush()
    referral.consent_id = new.id
    consent_ends.asked_anew(work, referral)


def to_confirm(work: Work) -> tuple[TakenBack, ...]:
    """What persons took back of the actor's desks, until somebody there confirms it; oldest first."""
    rows = work.session.execute(
        select(Referral.number, Referral.withdrawal_wish, Desk.names)
        .join(Desk, Referral.desk_id == Desk.id)
        .where(
            referrals_for(work.actor, Act.CONFIRM_WITHDRAWAL),
            Referral.withdrawal_wish.is_not(None),
            Referral.confirmed_at.is_(None),
        )
        .order_by(Referral.sent_at)
        .limit(_SHOWN)
    )
    return tuple(TakenBack(number, wish, names) for number, wish, names in rows if wish is not None)


def confirm(work: Work, number: str) -> Moved:
    """The desk has read that the person's consent is gone, and has done what they wish.

    Raises:
        NotFound: no such referral, or not of one of the actor's desks.
        NotAllowedNow: nothing was taken back, or it is confirmed already.
    """
    referral = moving.find_referral(work, number)
    work.allow(
        Act.CONFIRM_WITHDRAWAL, moving.resource_of(work, referral), person=referral.person_id
    )
    if referral.withdrawal_wish is None or referral.confirmed_at is not None:
        raise NotAllowedNow
    referral.confirmed_at = work.now
    effects.close_escalations(work, referral)
    return Moved(referral.number, referral.state)


def _opened(
    work: Work, case_number: str, consent_id: UUID
) -> tuple[Case, Consent, Referral | None]:
    case = open_case(work, case_number, Act.RECORD_CONSENT)
    consent = work.session.get(Consent, consent_id, options=load_sealed(Consent.terms))
    if consent is None or consent.case_id != case.id:
        raise NotFound
    referral = work.session.scalar(
        select(Referral)
        .where(Referral.consent_id == consent.id)
        .order_by(Referral.sent_at.desc())
        .limit(1)
        .with_for_update()
    )
    return case, consent, referral


def _same(consent: Consent, version: int) -> None:
    if consent.version != version:
        raise ChangedMeanwhile
