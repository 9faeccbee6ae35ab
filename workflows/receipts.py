"""The code of a receipt and the visit that it opens; what is shown there is `workflows.own_state`."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from uuid import UUID, uuid4

from sqlalchemy import delete, func, select

from models.accounts import Attempt
from models.cases import Case
from models.receipts import PersonVisit, ReceiptCode
from models.vocabulary import Purpose
from workflows import casenumbers, readings
from workflows.attempts import WINDOW
from workflows.casework import open_case
from workflows.errors import TooManyAttempts, WrongReceiptCode
from workflows.policy import Act
from workflows.work import Work

#: How long a visit lasts, used or not: the browser may be anybody's.
VISIT = timedelta(minutes=15)
#: Wrong codes that one number, and one address, may have in `WINDOW`. Many share an address at a post.
NUMBER_LIMIT, ADDRESS_LIMIT = 5, 30


@dataclass(frozen=True)
class Issued:
    """A new code, shown once and never again. `language`: ISO 639-3, in which the person was told."""

    number: str
    code: str
    language: str | None
    pack: str


@dataclass(frozen=True)
class Visit:
    """Somebody who came with number and code."""

    id: UUID
    case_id: UUID


def issue(work: Work, number: str) -> Issued:
    """Make a new code for a case; the one before opens nothing from now on, and visits with it end.

    Raises:
        ChangedMeanwhile: somebody else made one at the same moment.
    """
    case = open_case(work, number, Act.ISSUE_RECEIPT_CODE)
    today = work.now.date()
    live = work.session.scalars(
        select(ReceiptCode).where(ReceiptCode.case_id == case.id, ReceiptCode.voided_on.is_(None))
    )
    for row in live:
        row.voided_on = max(today, row.issued_on)
    work.session.execute(delete(PersonVisit).where(PersonVisit.case_id == case.id))
    work.session.flush()
    code = casenumbers.new_code()
    work.session.add(
        ReceiptCode(
            id=uuid4(),
            case_id=case.id,
            person_id=case.person_id,
            code_mac=_mac(work, case.number, code),
            issued_on=today,
            issued_by=work.actor.user_id,
        )
    )
    work.session.flush()
    return Issued(case.number, casenumbers.show_code(code), language_told(work, case), case.pack)


def enter(work: Work, number: str, code: str, address: str) -> str:
    """Open a visit; returns its token. A wrong code and a number that nobody has are one look-up.

    Raises:
        TooManyAttempts: for this number or this address.
        WrongReceiptCode: number and code do not belong together, or the code was voided.
    """
    _check_budget(work, number, address)
    found = work.session.scalar(
        select(ReceiptCode).where(
            ReceiptCode.code_mac == _mac(work, number, code), ReceiptCode.voided_on.is_(None)
        )
    )
    if found is None:
        raise WrongReceiptCode
    token = secrets.token_urlsafe(32)
    work.session.execute(delete(PersonVisit).where(PersonVisit.expires_at < work.now))
    work.session.add(
        PersonVisit(
            id=uuid4(),
            token_sha256=_hash(token),
            code_id=found.id,
            case_id=found.case_id,
            person_id=found.person_id,
            expires_at=work.now + VISIT,
        )
    )
    work.note(Act.SEE_OWN_STATE, "receipt", person=found.person_id)
    return token


def count_failure(work: Work, number: str, address: str) -> None:
    """Keep that a code did not fit; forget old tries."""
    for subject, _ in _subjects(work, number, address):
        work.session.add(Attempt(id=uuid4(), subject=subject, at=work.now))
    work.session.execute(delete(Attempt).where(Attempt.at < work.now - WINDOW))
    work.note(Act.SEE_OWN_STATE, "refused")


def resume(work: Work, token: str) -> Visit | None:
    """The visit of a token, if it is not over. From here on the work is the visit's, whoever is signed in."""
    row = work.session.scalar(
        select(PersonVisit).where(
            PersonVisit.token_sha256 == _hash(token), PersonVisit.expires_at > work.now
        )
    )
    return None if row is None else Visit(row.id, row.case_id)


def leave(work: Work, token: str) -> None:
    """End a visit at once."""
    work.session.execute(delete(PersonVisit).where(PersonVisit.token_sha256 == _hash(token)))


def language_told(work: Work, case: Case) -> str | None:
    """Opened to choose the language of a page or a slip; shown to nobody. ISO 639-3."""
    with work.computing(case.person_id, Purpose.IDENTITY):
        return readings.language_told(work, case)


def _check_budget(work: Work, number: str, address: str) -> None:
    for subject, limit in _subjects(work, number, address):
        tries = work.session.scalar(
            select(func.count())
            .select_from(Attempt)
            .where(Attempt.subject == subject, Attempt.at >= work.now - WINDOW)
        )
        if (tries or 0) >= limit:
            raise TooManyAttempts(minutes=int(WINDOW.total_seconds() // 60))


def _subjects(work: Work, number: str, address: str) -> tuple[tuple[str, int], ...]:
    """Keyed tokens of a number as typed, whether it exists or not, and of an address; not those of sign-in,
    or people at one post's screen would shut its officers out.
    """
    of_number = work.provider.mac(
        "web", b"receipt|number|" + casenumbers.plain(number).encode()
    ).hex()
    of_address = work.provider.mac("web", b"receipt|address|" + address.encode()).hex()
    return ((of_number, NUMBER_LIMIT), (of_address, ADDRESS_LIMIT))


def _mac(work: Work, number: str, code: str) -> str:
    """The keyed token of number and code together."""
    both = f"receipt|code|{casenumbers.plain(number)}|{casenumbers.plain(code)}"
    return work.provider.mac("web", both.encode()).hex()


def _hash(token: str) -> str:
    return sha256(token.encode()).hexdigest()
