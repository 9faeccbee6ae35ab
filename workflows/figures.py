"""StatFact, kept in step with the case in the same transaction: coarse words, no names, no exact days.

Statistics read this table and nothing else (decision 0007). The link to the case is keyed, so that the table
alone cannot be joined to it. The board and the exports are in `workflows.boards`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID, uuid4

from sqlalchemy import exists, select

from config.codes import region_of
from models.cases import Case, Hold, Need
from models.figures import StatFact
from models.network import Agency, Desk, Post
from models.people import Person
from models.referrals import Referral
from models.vault.sealed import load_sealed
from models.vocabulary import (
    HOLDING,
    AcknowledgedWithin,
    AgeBand,
    Grade,
    OutcomeCode,
    Purpose,
    ReferralState,
    Sex,
)
from workflows import readings
from workflows.age_bands import age_band
from workflows.disclosure.dimensions import month_of, week_of
from workflows.rules.assessment import Assessment as Reading
from workflows.rules.values import Facts
from workflows.work import Work


def link_of(work: Work, case_id: UUID) -> str:
    """The keyed link between a case and its row of figures."""
    return work.provider.mac("figures", b"case|" + case_id.bytes).hex()


def record_key(link: str) -> int:
    """40 bits of the keyed link: a sum of millions of them fits every database's whole numbers."""
    return int(link[:10], 16)


def record(
    work: Work,
    case: Case,
    *,
    reading: Reading | None = None,
    facts: Facts | None = None,
    language: str | None = None,
    first: bool = False,
) -> None:
    """Bring the case's row of figures into step. Opens what it counts, shows nothing.

    `reading` and `facts` spare opening again what the caller has just put together. `first`: the case was
    made in this unit of work from that reading, so it has no row yet, and its needs and holds are those read.
    """
    row = None if first else _find(work, case)
    work.session.flush()
    read = reading if first else None
    with work.computing(case.person_id, Purpose.IDENTITY, Purpose.PROTECTION, Purpose.LEGAL):
        current = reading or readings.latest_reading(work, case)
        person = work.session.get_one(Person, case.person_id, options=load_sealed(Person.traits))
        traits = person.traits or {}
        age = readings.age_of(work, case, facts)
        needs = _needs(work, case, None if read is None else _given(work, case, read))
    hold = _held(work, case) if read is None else any(one.shuts for one in read.holds.values())
    # Everything is looked up by now: a row that is being written would be written at each look.
    row = row or _new(work, case)
    row.sex = Sex(traits.get("sex", Sex.UNKNOWN))
    row.region = region_of(traits.get("nationalities", []))
    row.age_band = age_band(age)
    row.profiles = profile_words(current)
    row.needs = needs
    row.hold = hold
    if language is not None:
        row.language = language
    work.session.flush()


def record_needs(work: Work, case: Case) -> None:
    """Bring the needs of the case's row into step, where nothing else has changed."""
    work.session.flush()
    row = _find(work, case)
    if row is not None:
        row.needs = _needs(work, case)


def record_hold(work: Work, case: Case) -> None:
    """Bring into step whether anything is shut, where nothing else has changed. Opens nothing."""
    work.session.flush()
    row = _find(work, case)
    if row is not None:
        row.hold = _held(work, case)


def count_once(work: Work, together: Sequence[UUID], joined: UUID) -> UUID | None:
    """Leave out one row of a person who has several: the case that is not counted from here on, if any.

    `together`: the cases that stand as one already; of them one is counted. Who is in the books of a month
    stays in them, since nothing that was published changes.
    """
    rows = {case: _row_of(work, case) for case in (*together, joined)}
    before = next((case for case in together if (row := rows[case]) and row.counted), None)
    new = rows[joined]
    if before is None or new is None:
        return None
    kept = rows[before]
    out = before if kept is not None and kept.booked is None and new.booked else joined
    row = rows[out]
    if row is not None:
        row.counted = False
    return out


def count_again(work: Work, case_id: UUID) -> None:
    """Count a case by itself again."""
    row = _row_of(work, case_id)
    if row is not None:
        row.counted = True


def _held(work: Work, case: Case) -> bool:
    held = exists().where(Hold.case_id == case.id, Hold.state.in_(HOLDING))
    return bool(work.session.scalar(select(held)))


def _find(work: Work, case: Case) -> StatFact | None:
    return _row_of(work, case.id)


def _row_of(work: Work, case_id: UUID) -> StatFact | None:
    link = link_of(work, case_id)
    return work.session.scalar(select(StatFact).where(StatFact.link == link))


def _new(work: Work, case: Case) -> StatFact:
    post = work.session.get_one(Post, case.post_id)
    link = link_of(work, case.id)
    row = StatFact(
        id=uuid4(),
        link=link,
        record_key=record_key(link),
        month=month_of(case.registered_on),
        week=week_of(case.registered_on),
        post=post.code,
        province=post.province or post.country,
        country=post.country,
        region="unknown",
        sex=Sex.UNKNOWN,
        age_band=AgeBand.UNKNOWN,
        profiles="",
        needs="",
        hold=False,
        referral="none",
        outcome="none",
        acknowledged=AcknowledgedWithin.NOT_SENT,
        language="unknown",
    )
    work.session.add(row)
    return row


def _needs(work: Work, case: Case, codes: set[str] | None = None) -> str:
    """The functions of the case's needs, sorted: asylum, child ... Opens them unless given `codes`."""
    needs = readings.pack_of(work, case).needs
    if codes is None:
        rows = work.session.scalars(
            select(Need).where(Need.case_id == case.id).options(*load_sealed(Need.content))
        )
        codes = {(row.content or {})["code"] for row in rows}
    return " ".join(sorted({needs[code].function for code in codes if code in needs}))


def _given(work: Work, case: Case, reading: Reading) -> set[str]:
    """What a first reading made needs of (`workflows.effects`)."""
    pack = readings.pack_of(work, case)
    return {code for code in reading.needs if pack.needs[code].automatic}


def profile_words(reading: Reading | None) -> str:
    """The codes of presumed and possible profiles, sorted and joined by spaces."""
    if reading is None:
        return ""
    shown = (Grade.PRESUMED, Grade.POSSIBLE)
    return " ".join(sorted(code for code, p in reading.profiles.items() if p.grade in shown))


def record_sent(work: Work, case: Case, desk: Desk) -> None:
    """A referral has left: what sort of agency it went to."""
    row = _find(work, case) or _new(work, case)
    row.referral = work.session.get_one(Agency, desk.agency_id).kind.value
    row.acknowledged = AcknowledgedWithin.NONE


def record_answer(work: Work, case: Case, referral: Referral) -> None:
    """A desk has answered or reported: in what time, and what came of it."""
    row = _find(work, case) or _new(work, case)
    if referral.answered_at is not None:
        row.acknowledged = _within(referral.answered_at - referral.sent_at)
    if referral.state is ReferralState.OUTCOME_REPORTED and referral.outcome_code:
        row.outcome = referral.outcome_code.value
    elif referral.state is ReferralState.NO_SHOW:
        row.outcome = OutcomeCode.NOT_REACHED.value
    elif referral.state is ReferralState.SERVICE_STARTED:
        row.outcome = ReferralState.ACCEPTED.value
    elif referral.state in (ReferralState.ACCEPTED, ReferralState.REFUSED):
        row.outcome = referral.state.value
    row.hold = _held(work, case)


def _within(waited: timedelta) -> AcknowledgedWithin:
    if waited <= timedelta(hours=24):
        return AcknowledgedWithin.HOURS_24
    if waited <= timedelta(hours=72):
        return AcknowledgedWithin.HOURS_72
    return AcknowledgedWithin.WEEKS_2 if waited <= timedelta(days=14) else AcknowledgedWithin.LATER
