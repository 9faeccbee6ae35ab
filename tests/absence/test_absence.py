"""Absence does not show: in a dump, persons of different kinds look alike wherever something is sealed.

The attacker has the whole database, no key, and labelled copies of everybody else: each person is guessed
from those who look most like them. Guessing alone names the commonest kind for everybody.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import Table, select, update

from app.demonstration.cast import answers_of, arrival, told
from app.demonstration.people import people
from models.base import Base
from models.cases import Case, Task
from models.network import Post
from models.people import Person
from models.vault.keys import DataKeyRow
from models.vocabulary import PERSON_PURPOSES, Role, TaskKind, TaskState, Urgency
from tests.world import POST, World
from workflows import arrivals, deadlines, desks, screening

#: Whose rows they are, by column. Documents have none: see `models.documents`.
OWNER = "person_id"
Looks = dict[UUID, dict[str, Any]]
#: How many persons of each vignette: with one alone nobody would look like anybody.
EACH = 2


def of_persons() -> list[Table]:
    return [
        table
        for table in Base.metadata.sorted_tables
        if table.name == "person" or (OWNER in table.columns and table.name != "erasure")
    ]


def looks(world: World, persons: list[UUID], see: Callable[[Table, list[Any]], Any]) -> Looks:
    """What the attacker sees of each person in each table."""
    found: Looks = defaultdict(dict)
    with world.storage.engine.connect() as connection:
        for table in of_persons():
            key = "id" if table.name == "person" else OWNER
            rows: dict[UUID, list[Any]] = defaultdict(list)
            for row in connection.execute(select(table)).mappings():
                rows[row[key]].append(row)
            for person in persons:
                found[person][table.name] = see(table, rows[person])
    return found


def sealed_sizes(table: Table, rows: list[Any]) -> Any:
    """Which sealed columns are there, and how long they are; not how many rows there are."""
    names = [column.name for column in table.columns if column.name.endswith("_ct")]
    return frozenset(tuple(-1 if row[n] is None else len(row[n]) for n in names) for row in rows)


def whole_rows(table: Table, rows: list[Any]) -> Any:
    """Rows, sizes, states, clocks, urgencies: everything that is the same from one person to the next."""
    words = [c.name for c in table.columns if c.name in WORDS]
    sized = [c.name for c in table.columns if c.name.endswith("_ct")]
    return sorted(
        (*(str(row[n]) for n in words), *(len(row[n] or b"") for n in sized)) for row in rows
    )


WORDS = {"state", "action", "urgency", "clock", "kind", "role"}


def guessed(seen: Looks, kinds: Mapping[UUID, str]) -> float:
    """The share of persons whose kind is named rightly from those who look most like them."""
    right = 0.0
    for person, own in seen.items():
        alike = {
            other: sum(own[name] == there[name] for name in own)
            for other, there in seen.items()
            if other != person
        }
        nearest = max(alike.values())
        votes = Counter(kinds[other] for other, score in alike.items() if score == nearest)
        most = max(votes.values())
        best = [kind for kind, count in votes.items() if count == most]
        right += (kinds[person] in best) / len(best)
    return right / len(seen)


def commonest(kinds: Mapping[UUID, str]) -> float:
    return max(Counter(kinds.values()).values()) / len(kinds)


class Crowd:
    """The persons of the pack's vignettes, some of each, under invented names."""

    def __init__(self, world: World) -> None:
        self.world, self.pack = world, world.pack()
        self.kinds: dict[UUID, str] = {}
        self.told: list[tuple[Any, Any, str]] = []
        post = world.rows(Post, Post.code == POST)[0]
        persons = people(20_26, EACH * len(self.pack.vignettes))
        for vignette in self.pack.vignettes:
            for _ in range(EACH):
                person = next(persons)
                with world.work("officer") as work:
                    made = arrivals.register(work, arrival(post, vignette, person, world.now))
                case = world.rows(Case, Case.id == made.case_id)[0]
                self.kinds[case.person_id] = vignette.require[0] if vignette.require else "none"
                self.told.append((vignette, person, made.case_number))

    def ask(self) -> None:
        """Inform everybody and record all that they tell, on one card each."""
        for vignette, person, number in self.told:
            with self.world.work("officer") as work:
                screening.inform(work, told(number, person))
            for source, answers in answers_of(self.pack, vignette).items():
                command = screening.RecordAnswers(
                    case_number=number, answers=answers, source=source
                )
                with self.world.work("officer") as work:
                    screening.answer(work, command, decided=True)

    def attacked(self, see: Callable[[Table, list[Any]], Any]) -> float:
        return guessed(looks(self.world, list(self.kinds), see), self.kinds)


def test_nobody_is_told_by_what_is_sealed_or_missing(
    world: World, figure: Callable[[str], None]
) -> None:
    crowd = Crowd(world)
    guess = commonest(crowd.kinds)
    registered = crowd.attacked(whole_rows)
    crowd.ask()
    sealed = crowd.attacked(sealed_sizes)
    whole = crowd.attacked(whole_rows)
    figure(
        f"absence: {len(crowd.kinds)} persons of {len(set(crowd.kinds.values()))} kinds; guessing "
        f"{guess:.1%}; once registered, from everything {registered:.1%}; once asked, from what is "
        f"sealed or missing {sealed:.1%}, from rows, states and clocks too {whole:.1%}"
    )
    assert registered <= guess + 0.01
    assert sealed <= guess + 0.01
    # What queues and clocks need stays clear and does tell (decision 0021): said, not hidden.
    assert whole > guess
    # All of this would be worth nothing if the attack saw nothing: one column that is missing is seen.
    take_away(crowd)
    assert crowd.attacked(sealed_sizes) > guess + 0.01


def take_away(crowd: Crowd) -> None:
    """Empty the contact of everybody of one kind."""
    marked = next(kind for kind in crowd.kinds.values() if kind != "none")
    of_kind = [person for person, kind in crowd.kinds.items() if kind == marked]
    table = Person.__table__
    with crowd.world.storage.engine.begin() as connection:
        connection.execute(update(table).where(table.c.id.in_(of_kind)).values(contact_ct=None))


def test_every_person_has_a_key_for_every_purpose(any_world: World) -> None:
    for name in ("Zarifa", "Marzia"):
        any_world.register(name)
    with any_world.storage.keys.engine.connect() as connection:
        found = connection.execute(select(DataKeyRow.owner_id, DataKeyRow.purpose)).all()
    persons = {row.id for row in any_world.rows(Person)}
    purposes = {p: {row.purpose for row in found if row.owner_id == p} for p in persons}
    assert set(map(frozenset, purposes.values())) == {frozenset(map(str, PERSON_PURPOSES))}


def sealed_rows(world: World) -> dict[str, list[Any]]:
    with world.storage.engine.connect() as connection:
        return {
            table.name: list(connection.execute(select(table)).mappings()) for table in of_persons()
        }


def test_no_sealed_field_of_anybody_is_ever_missing(any_world: World) -> None:
    """Through a whole story: registered, asked, referred, taken, answered."""
    number, referral = any_world.sent()
    any_world.register("Marzia")
    look = screening.RecordUrgentNeeds(case_number=number, seen=("medical",))
    with any_world.work("officer") as work:
        screening.record_urgent_needs(work, look)
    any_world.deliver()
    any_world.accept(referral)
    with any_world.work("guardian") as work:
        desks.read_packet(work, referral)
    any_world.clock.forward(days=40)
    with any_world.work() as work:
        deadlines.tick(work)
    missing = {
        f"{table}.{name}"
        for table, rows in sealed_rows(any_world).items()
        for row in rows
        for name, value in row.items()
        if name.endswith("_ct") and value is None
    }
    assert missing == set()


def test_a_task_with_a_detail_looks_like_one_without_and_opens_as_nothing(world: World) -> None:
    number = world.register()
    case = world.rows(Case, Case.number == number)[0]
    for detail in (None, {"facts": ["sexual_violence_said"]}):
        with world.work() as work:
            task = Task(
                case_id=case.id,
                person_id=case.person_id,
                kind=TaskKind.PRIVATE_INTERVIEW,
                state=TaskState.OPEN,
                role=Role.BORDER_OFFICIAL,
                urgency=Urgency.SOON,
                post_id=case.post_id,
                opened_at=world.now,
            )
            work.session.add(task)
            if detail is not None:
                work.session.flush()
                task.detail = detail
    rows = sealed_rows(world)["task"]
    assert len({len(row["detail_ct"]) for row in rows}) == 1
    with world.work() as work:
        work.vault.grant(case.person_id, "protection")
        found = [task.detail for task in work.session.scalars(select(Task))]
    assert sorted(map(str, found)) == ["None", "{'facts': ['sexual_violence_said']}"]


def test_rows_that_are_inserted_past_the_objects_bring_all_their_values(world: World) -> None:
    """Presence is seen to for objects; safeguards of a new case are written in bulk."""
    world.register()
    rows = sealed_rows(world)["hold"]
    assert rows
    assert all(row["content_ct"] is not None for row in rows)
