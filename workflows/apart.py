"""Who must not learn of whom: recorded for one person, heeded wherever the other would be told.

The edge is sealed for the person whom it protects. Of the other the database keeps a keyed token: their pages
are made without the protected person, and nobody who reads them can see that something is left out.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID, uuid4

from sqlalchemy import select

from models.cases import Case
from models.kin import NoContact
from models.people import Person
from models.referrals import Referral
from models.vault.sealed import load_sealed
from models.vocabulary import Purpose, SaidBy
from workflows import casenumbers, lineage, states
from workflows.casework import find_case, open_case
from workflows.errors import ChangedMeanwhile, InvalidCommand, NotAllowedNow, NotFound, WouldTell
from workflows.policy import Act
from workflows.work import Work

LONGEST = 500
#: Needs for which persons are brought under one roof.
UNDER_ONE_ROOF = frozenset({"safe_accommodation", "shelter"})
#: Shorter parts of a name are too common to be looked for in a text.
_SHORTEST_NAME = 3


@dataclass(frozen=True, kw_only=True)
class KeepApart:
    """That the person of a case must be kept from the person of another, who must not know it."""

    case_number: str
    other: str
    said_by: SaidBy
    why: str = ""


@dataclass(frozen=True, kw_only=True)
class EndApart:
    """That two persons need not be kept apart any more. `version` is that of the page."""

    case_number: str
    edge_id: UUID
    version: int


@dataclass(frozen=True)
class ApartShown:
    """From whom the person of a case is kept; shown on the pages of that person only."""

    id: UUID
    number: str
    said_by: SaidBy
    why: str
    recorded_on: date
    version: int


def token_of(work: Work, person: UUID) -> str:
    """How edges name the person who must not know. Keyed, so that the database alone tells nobody."""
    return work.provider.mac("web", b"apart|" + person.bytes).hex()[:64]


def keep_apart(work: Work, command: KeepApart) -> UUID:
    """Record that somebody must be kept from somebody; the edge's id. Twice is once.

    Raises:
        InvalidCommand: no such case that the actor may see, or the person's own.
    """
    case = open_case(work, command.case_number, Act.KEEP_APART)
    other = _other(work, command.other)
    if other.person_id == case.person_id:
        raise InvalidCommand(field="other")
    token = token_of(work, other.person_id)
    row = work.session.scalar(
        select(NoContact).where(NoContact.person_id == case.person_id, NoContact.away_from == token)
    )
    if row is None:
        row = NoContact(id=uuid4(), person_id=case.person_id, away_from=token)
        work.session.add(row)
    row.recorded_by, row.recorded_on = work.actor.user_id, work.now.date()
    row.ended_on = row.ended_by = None
    row.content = {
        "other": other.number,
        "said_by": command.said_by.value,
        "why": command.why.strip()[:LONGEST],
        "at": work.now.isoformat(),
    }
    case.changed_on = work.now.date()
    work.session.flush()
    return row.id


def _other(work: Work, number: str) -> Case:
    """A case that the actor may see; to name another tells nothing of it."""
    found = find_case(work, casenumbers.parse(number))
    if found is None:
        raise InvalidCommand(field="other")
    try:
        return open_case(work, found.number, Act.VIEW_CASE)
    except NotFound:
        raise InvalidCommand(field="other") from None


def of_case(work: Work, case_number: str, act: Act) -> tuple[ApartShown, ...]:
    """The same for the top of a case's pages: `act` is that of the page, and opens protection."""
    case = open_case(work, case_number, act)
    if not work.vault.is_granted(case.person_id, Purpose.PROTECTION):
        return ()
    return of_person(work, case.person_id)


def end_apart(work: Work, command: EndApart) -> None:
    """Say that two persons need not be kept apart any more.

    Raises:
        NotFound: no such edge of this case.
        ChangedMeanwhile: somebody else changed it since the page was shown.
        NotAllowedNow: it has ended already.
    """
    case = open_case(work, command.case_number, Act.KEEP_APART)
    row = work.session.get(NoContact, command.edge_id)
    if row is None or row.person_id != case.person_id:
        raise NotFound
    if row.version != command.version:
        raise ChangedMeanwhile
    if row.ended_on is not None:
        raise NotAllowedNow
    row.ended_on, row.ended_by = work.now.date(), work.actor.user_id
    case.changed_on = work.now.date()


def of_person(work: Work, person: UUID) -> tuple[ApartShown, ...]:
    """From whom a person is kept now. The caller's act has granted the purpose; opens and logs."""
    rows = work.session.scalars(
        select(NoContact)
        .where(NoContact.person_id == person, NoContact.ended_on.is_(None))
        .order_by(NoContact.recorded_on, NoContact.id)
        .options(*load_sealed(NoContact.content))
    )
    return tuple(_shown(row) for row in rows)


def _shown(row: NoContact) -> ApartShown:
    content = row.content or {}
    return ApartShown(
        id=row.id,
        number=str(content.get("other", "")),
        said_by=SaidBy(content.get("said_by", SaidBy.SELF)),
        why=str(content.get("why", "")),
        recorded_on=row.recorded_on,
        version=row.version,
    )


def hidden_from(work: Work, person: UUID) -> frozenset[UUID]:
    """Those of whom a person must not learn: left out of everything that is made for that person.

    Records that stand as one person are protected, and kept in the dark, all of them.
    """
    tokens = [token_of(work, one) for one in (person, *lineage.persons(work, person))]
    with work.beyond():
        found = work.session.scalars(
            select(NoContact.person_id).where(
                NoContact.away_from.in_(tokens), NoContact.ended_on.is_(None)
            )
        ).all()
    return frozenset(one for row in found for one in (row, *lineage.persons(work, row)))


def protected(work: Work, person: UUID) -> bool:
    """Whether somebody is kept from a person, who must not learn of them. Opens nothing."""
    with work.beyond():
        found = work.session.scalar(
            select(NoContact.id)
            .where(NoContact.person_id == person, NoContact.ended_on.is_(None))
            .limit(1)
        )
    return found is not None


def kept_from(work: Work, person: UUID, among: Iterable[UUID]) -> frozenset[UUID]:
    """Those among some persons who must not learn of a person. Opens nothing."""
    found = parted(work, [person, *among])
    return frozenset(other for one, other in found if one == person)


def between(work: Work, one: UUID, other: UUID) -> bool:
    """Whether either of two persons is kept from the other. Opens nothing, and must not be told to either."""
    return bool(parted(work, [one, other]))


def parted(work: Work, persons: Iterable[UUID]) -> frozenset[tuple[UUID, UUID]]:
    """Among some persons: (one, another who must not learn of the one). Opens nothing.

    Records that stand as one person count as one. As many statements for two as for a hundred.
    """
    asked = list(dict.fromkeys(persons))
    if len(asked) < 2:
        return frozenset()
    stars = lineage.stars(work, asked)
    own: dict[UUID, list[UUID]] = {}
    told: dict[str, list[UUID]] = {}
    for one in asked:
        for record in {one, *stars.get(one, ())}:
            own.setdefault(record, []).append(one)
            told.setdefault(token_of(work, record), []).append(one)
    with work.beyond():
        rows = work.session.execute(
            select(NoContact.person_id, NoContact.away_from).where(
                NoContact.person_id.in_(own),
                NoContact.away_from.in_(told),
                NoContact.ended_on.is_(None),
            )
        ).all()
    return frozenset(
        (one, other) for row in rows for one in own[row.person_id] for other in told[row.away_from]
    )


def desks_to_avoid(work: Work, person: UUID) -> frozenset[UUID]:
    """Desks that have somebody in hand from whom the person is kept, or who is kept from the person."""
    away = hidden_from(work, person) | _all_kept_from(work, person)
    if not away:
        return frozenset()
    with work.beyond():
        live = work.session.scalars(
            select(Referral.desk_id).where(
                Referral.state.not_in(list(states.ENDED)), Referral.person_id.in_(away)
            )
        )
        return frozenset(live)


def _all_kept_from(work: Work, person: UUID) -> frozenset[UUID]:
    """Those who must not learn of a person, wherever they are. Computed, not shown."""
    with work.beyond(), work.computing(person, Purpose.PROTECTION):
        edges = of_person(work, person)
        if not edges:
            return frozenset()
        numbers = [one.number for one in edges]
        found = work.session.scalars(select(Case.person_id).where(Case.number.in_(numbers)))
        return frozenset(found)


def require_untold(work: Work, person: UUID, *texts: str) -> None:
    """Refuse words that the person will hear or read if they name somebody who is kept from them.

    Raises:
        WouldTell: the case number of such a person, or a part of their name, stands in the text.
    """
    hidden = hidden_from(work, person)
    written = " ".join(texts)
    if not hidden or not written.strip():
        return
    words = _words(written) - _name_words(work, person)
    plain = casenumbers.plain(written)
    with work.beyond():
        numbers = work.session.scalars(select(Case.number).where(Case.person_id.in_(hidden))).all()
        named = any(_name_words(work, one) & words for one in hidden)
    if named or any(number in plain for number in numbers):
        raise WouldTell


def _name_words(work: Work, person: UUID) -> set[str]:
    with work.computing(person, Purpose.IDENTITY):
        row = work.session.get(Person, person, options=load_sealed(Person.names))
        forms = [] if row is None else list(row.names or ())
    return _words(" ".join(form["text"] for form in forms))


def _words(text: str) -> set[str]:
    folded = unicodedata.normalize("NFKC", text).casefold()
    parts = "".join(
        one if one.isalpha() or unicodedata.category(one) == "Mn" else " " for one in folded
    )
    return {part for part in parts.split() if len(part) >= _SHORTEST_NAME}
