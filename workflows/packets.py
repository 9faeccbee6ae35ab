"""What leaves with a referral: exactly the fields that the pack permits for the need, in two stages.

Stage 1 tells what is needed and what must be respected; stage 2, identity and contact, opens to the desk only
once it has accepted. What is shown before sending is made by the same function as what is sent.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from models.cases import Case
from models.network import Desk, Post
from models.people import Arrival, Membership, Person
from models.vault.sealed import load_sealed
from models.vocabulary import Grade, LinkState, Purpose
from workflows import apart, kinship, readings, sides
from workflows.rules.pack import Pack
from workflows.rules.values import value_to_json
from workflows.work import Work

#: Fields of stage 2: who the person is and how to reach them. All others are stage 1.
IDENTITY_FIELDS = (
    "name",
    "own_script_name",
    "other_names",
    "birth",
    "documents",
    "contact",
    "photo",
    "nationality",
    "ethnicity",
    "religion",
)
#: What a packet may be made from: all that the screening seals.
_MADE_FROM = (
    Purpose.IDENTITY,
    Purpose.CONTACT,
    Purpose.PROTECTION,
    Purpose.MEDICAL,
    Purpose.LEGAL,
)


@dataclass(frozen=True)
class PacketPreview:
    """Field names and values in the pack's order. `facts` and `profiles` belong to stage 1."""

    need: str
    desk: str
    fields: dict[str, Any]
    facts: dict[str, Any]
    profiles: dict[str, str]
    holds: tuple[str, ...]
    #: Whether the sender may read it. If not, fields stand without values, also those that would be empty.
    read: bool = True

    def needs_stage(self) -> dict[str, Any]:
        """What the desk reads on arrival."""
        return {
            "need": self.need,
            "fields": {k: v for k, v in self.fields.items() if k not in IDENTITY_FIELDS},
            "facts": self.facts,
            "profiles": self.profiles,
            "holds": list(self.holds),
        }

    def identity_stage(self) -> dict[str, Any]:
        """What the desk reads once it has accepted."""
        return {k: v for k, v in self.fields.items() if k in IDENTITY_FIELDS}


@contextmanager
def at_hand(work: Work, case: Case) -> Iterator[bool]:
    """What a packet is made from. Yields whether the actor may read it, too.

    Whoever may send a case on, but no longer reads in it, has the packet made by the machine: values pass
    from the file to the desk, and nothing stays open (protection firewall).
    """
    read = all(work.vault.is_granted(case.person_id, purpose) for purpose in _MADE_FROM)
    if read:
        yield True
        return
    with work.computing(case.person_id, *_MADE_FROM):
        yield False


def unread(pack: Pack, need: str, desk: Desk) -> PacketPreview:
    """Which fields a packet for a need may have, for whoever sends it unread: the same for everybody."""
    permitted = pack.packets.get(need)
    fields = dict.fromkeys(permitted.fields) if permitted else {}
    return PacketPreview(need, desk.code, fields, {}, {}, (), read=False)


def build(work: Work, case: Case, pack: Pack, need: str, desk: Desk) -> PacketPreview:
    """The packet for a need, from what is recorded now. A need without a packet in the pack tells nothing."""
    permitted = pack.packets.get(need)
    if permitted is None:
        return PacketPreview(need, desk.code, {}, {}, {}, ())
    person = work.session.get_one(Person, case.person_id)
    makers = _makers(work, case, person)
    # What a person answered on a turned screen travels in no packet: whoever sends it may read it.
    known = sides.known_to_all(work, case)
    latest = readings.latest_reading(work, case)
    reading = None if latest is None else sides.reading_for_all(work, case, latest)
    facts = {
        fact: value_to_json(known[fact].value)
        for fact in permitted.facts
        if fact in known and known[fact].value is not None
    }
    grades = {} if reading is None else reading.profiles
    profiles = {
        code: grades[code].grade.value
        for code in permitted.profiles
        if code in grades and grades[code].grade in (Grade.PRESUMED, Grade.POSSIBLE)
    }
    shut = sorted(action.value for action in reading.shut) if reading else []
    fields = {name: makers[name]() for name in permitted.fields if name in makers}
    kept = {name: value for name, value in fields.items() if value not in (None, [], {}, "")}
    return PacketPreview(need, desk.code, kept, facts, profiles, tuple(shut))


def _makers(work: Work, case: Case, person: Person) -> dict[str, Any]:
    traits = person.traits or {}

    def names(kind: str) -> list[str]:
        return [form["text"] for form in person.names or () if form["kind"] == kind]

    return {
        "name": lambda: ", ".join(names("as_given")),
        "own_script_name": lambda: ", ".join(names("own_script")),
        "other_names": lambda: names("document"),
        "sex": lambda: traits.get("sex"),
        "birth": lambda: person.birth,
        "age": lambda: _age(work, case),
        "nationality": lambda: (
            traits.get("nationalities") or ("none" if traits.get("no_nationality") else None)
        ),
        "languages": lambda: traits.get("languages"),
        "interpreter": lambda: traits.get("interpreter"),
        "documents": lambda: person.documents,
        "contact": lambda: {k: v for k, v in (person.contact or {}).items() if v},
        "location": lambda: work.session.scalar(select(Post.names).where(Post.id == case.post_id)),
        "arrival": case.registered_on.isoformat,
        "route": lambda: route_of(work, case),
        "group": lambda: _group(work, case, person),
        "urgent_needs": lambda: case.urgent_needs,
    }


def _age(work: Work, case: Case) -> Any:
    """Years from .. to, as far as known today: [15, 16]."""
    return value_to_json(readings.age_of(work, case))


def route_of(work: Work, case: Case) -> dict[str, str]:
    """From where and by what the person came to the post, as far as it was said."""
    row = work.session.get_one(Arrival, case.arrival_id, options=load_sealed(Arrival.circumstances))
    way = row.circumstances or {}
    return {part: way[part] for part in ("came_from", "came_by") if way.get(part)}


def _group(work: Work, case: Case, person: Person) -> list[dict[str, Any]]:
    """The claimed links, each with how far it is known; never a guardian by claim (INV-28).

    Somebody who is kept from the person is left out, as on every page of theirs; who must not learn of the
    person is marked, so that the desk does not tell them.
    """
    with work.beyond():
        numbers = {one.number for one in apart.of_person(work, person.id)}
    found: list[dict[str, Any]] = [
        {
            "relationship": one.relationship,
            "to": one.other,
            "link": one.state.value,
            **({} if one.forward else {"of": "other"}),
            **({"must_not_know": True} if one.other in numbers else {}),
        }
        for one in kinship.links_of(work, case)
    ]
    named = {str(one["to"]) for one in found}
    found += [{"to": one, "must_not_know": True} for one in sorted(numbers - named)]
    return found + _of_before(work, person, named)


def _of_before(work: Work, person: Person, named: set[str]) -> list[dict[str, Any]]:
    """Claims that were kept with the membership, before links had rows of their own."""
    rows = work.session.scalars(select(Membership).where(Membership.person_id == person.id))
    return [
        {"relationship": claim["relationship"], "to": claim["to"], "link": LinkState.PENDING.value}
        for row in rows
        for claim in (row.claim or {}).get("claims", [])
        if claim["to"] not in named
    ]


def origin_of(person: Person) -> frozenset[str]:
    """The states that may be the person's origin: every nationality named."""
    return frozenset((person.traits or {}).get("nationalities", ()))
