"""On what ground a packet may leave: the person's consent to this recipient, or one that does not need it."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID, uuid4

from sqlalchemy import select

from models.cases import Case
from models.network import Desk
from models.people import Consent
from models.vocabulary import LegalBasis
from workflows import approvals, readings
from workflows.errors import ConsentMissing, InvalidCommand
from workflows.policy import Act
from workflows.rules.pack import Pack
from workflows.rules.pack_model import CONSENT_DAYS
from workflows.rules.values import Interval
from workflows.work import Work

_ADULT = 18
#: Nobody agrees for longer without being asked anew.
AT_MOST = timedelta(days=366)


def basis(
    work: Work,
    case: Case,
    pack: Pack,
    need: str,
    desk: Desk,
    given: LegalBasis,
    *,
    consented: bool,
    until: date | None = None,
) -> Consent | None:
    """The consent on which a packet for a need leaves to a desk; None where another ground stands in for it.

    What leaves without the consent that the pack asks for is in the log with its ground (INV-23). `until` is
    the last day that was agreed with the person; None: as the pack says.

    Raises:
        InvalidCommand: the last day is over, or more than a year ahead.
        ApprovalMissing: best interests stand in for consent, and no second account has agreed to this.
        ConsentMissing: the person did not consent; a duty to report, where the pack asks for consent; the
            best interests of a child, of somebody who is certainly none.
    """
    if given is LegalBasis.CONSENT:
        if not consented:
            raise ConsentMissing
        last = last_day(pack, need, work.now.date()) if until is None else until
        return _record(work, case, pack, need, desk, in_time(work, last))
    asked = is_asked(pack, need)
    # The pack asks for consent here: a duty to report does not stand in for it.
    if asked and given is LegalBasis.LEGAL_DUTY:
        raise ConsentMissing
    if asked and given is LegalBasis.BEST_INTEREST and _certainly_adult(work, case):
        raise ConsentMissing
    if asked and given is LegalBasis.BEST_INTEREST:
        approvals.use(work, Act.SEND_REFERRAL, override(case, need, desk))
    if asked:
        detail = {"without_consent": given.value}
        work.note(Act.SEND_REFERRAL, "without_consent", person=case.person_id, detail=detail)
    return None


def is_asked(pack: Pack, need: str) -> bool:
    """Whether the pack asks for consent to a need.

    Of one that the rules in force no longer have, nobody says that consent is not asked for.
    """
    return need not in pack.needs or pack.needs[need].consent


def override(case: Case, need: str, desk: Desk) -> dict[str, object]:
    """What exactly a second account agrees to: that this need of this case goes to this desk unasked."""
    ground = LegalBasis.BEST_INTEREST.value
    return {"ground": ground, "case": str(case.id), "need": need, "desk": desk.code}


def _certainly_adult(work: Work, case: Case) -> bool:
    """Whether nothing leaves it possible that the person is a child (INV-08)."""
    facts = readings.known_facts(work, case)
    doubt = facts.get("may_be_child")
    age: Interval | None = readings.age_of(work, case, facts)
    return (
        age is not None
        and age.lo is not None
        and age.lo >= _ADULT
        and (doubt is None or doubt.value is not True)
    )


def last_day(pack: Pack, need: str, today: date) -> date:
    """Until when a consent counts that is given today, where nothing else is agreed."""
    permitted = pack.packets.get(need)
    return today + timedelta(days=permitted.consent_days if permitted else CONSENT_DAYS)


def in_time(work: Work, until: date) -> date:
    """The last day, if it may be one. Raises `InvalidCommand`."""
    today = work.now.date()
    if not today <= until <= today + AT_MOST:
        raise InvalidCommand(field="consent_until")
    return until


def _record(work: Work, case: Case, pack: Pack, need: str, desk: Desk, until: date) -> Consent:
    """Keep that the person agreed: to this recipient, for this need, to these fields, in this language."""
    consent = Consent(
        id=uuid4(),
        person_id=case.person_id,
        case_id=case.id,
        recorded_by=work.actor.user_id,
        recorded_on=work.now.date(),
        expires_on=until,
        desk=desk.code,
    )
    work.session.add(consent)
    told = case.information or {}
    consent.terms = {
        "purpose": need,
        "recipient": desk.code,
        "fields": list(pack.packets[need].fields) if need in pack.packets else [],
        "language": told.get("language"),
        "interpreter": told.get("interpreter"),
        "how": told.get("how"),
        "text_version": pack.version,
        "given": True,
        "until": until.isoformat(),
    }
    work.session.flush()
    return consent


def last_days(work: Work, case: Case) -> dict[UUID, date | None]:
    """The last day of each consent of a case, by its id. Opens nothing."""
    rows = work.session.execute(
        select(Consent.id, Consent.expires_on).where(Consent.case_id == case.id)
    )
    return {row.id: row.expires_on for row in rows}
