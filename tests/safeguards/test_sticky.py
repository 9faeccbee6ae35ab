"""Holds as they lie in the database, whatever is said, corrected and withdrawn, in whatever order."""

from __future__ import annotations

import dataclasses
from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from models.cases import Answer, Assessment, Hold, Need, Task
from models.vocabulary import Action, HoldState, Purpose, TaskKind
from tests.safeguards.safe import Safe, on_both_databases
from workflows import holds, readings, referrals, screening
from workflows.rules.answers import Source
from workflows.rules.assessment import Assessment as Reading
from workflows.rules.pack import Pack

FACTS = (
    "fear_of_return",
    "may_be_child",
    "needs_doctor_now",
    "locked_up",
    "refused_as_citizen",
    "wants_to_return",
    "family_violence",
)
WORDS = ("yes", "no", "declined", "withdrawn", "does_not_know")
#: What is said one after the other: fact, word, who says so.
STEPS = st.lists(
    st.tuples(
        st.sampled_from(FACTS),
        st.sampled_from(WORDS),
        st.sampled_from([Source.SELF, Source.OBSERVED]),
    ),
    min_size=1,
    max_size=6,
)
LAW = settings(
    max_examples=6,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


def newcomer(safe: Safe) -> str:
    number = safe.world.register("Shirin")
    safe.world.inform(number)
    return number


def say(safe: Safe, number: str, fact: str, word: str, source: Source = Source.SELF) -> Reading:
    return safe.world.answer(number, source=source, **{fact: word}).reading


@pytest.mark.safeguard("INV-13")
@given(STEPS)
@LAW
def test_a_hold_that_evidence_once_carried_stays_until_somebody_decides(
    lasting: Safe, steps: list[tuple[str, str, Source]]
) -> None:
    number = newcomer(lasting)
    evidenced: set[str] = set()
    for fact, word, source in steps:
        reading = say(lasting, number, fact, word, source)
        held = lasting.holding(number)
        evidenced |= {code for code, (_, cause) in held.items() if cause == "evidence"}
        # All that the answers carry is on; all that evidence carried is on, active or liftable.
        assert set(reading.holds) <= set(held)
        assert evidenced <= set(held)
        for code, (state, cause) in held.items():
            assert state == ("active" if code in reading.holds else "liftable"), code
            assert code in reading.holds or cause == "evidence", code
        assert set(reading.shut) <= lasting.shut(number)


@pytest.mark.safeguard("INV-13", "INV-39")
@given(st.permutations([(fact, word) for fact in FACTS[:4] for word in ("yes",)]), st.booleans())
@LAW
def test_the_order_of_the_answers_is_nothing(
    lasting: Safe, told: list[tuple[str, str]], at_once: bool
) -> None:
    """Each fact told once, in any order or all together: the same reading, the same holds."""
    one, other = newcomer(lasting), newcomer(lasting)
    for fact, word in sorted(told):
        last = say(lasting, one, fact, word)
    if at_once:
        reading = lasting.world.answer(other, **dict(told)).reading
    else:
        for fact, word in told:
            reading = say(lasting, other, fact, word)
    assert comparable(reading) == comparable(last)
    assert lasting.holding(one) == lasting.holding(other)
    assert lasting.shut(one) == lasting.shut(other)


def comparable(reading: Reading) -> dict[str, Any]:
    """A reading without the ids of statements, which are random."""
    return {
        "profiles": {code: profile.grade for code, profile in reading.profiles.items()},
        "holds": {code: hold.by for code, hold in reading.holds.items()},
        "needs": sorted(reading.needs),
        "urgency": reading.urgency,
        "shut": sorted(reading.shut),
    }


@pytest.mark.safeguard("INV-34")
@given(STEPS)
@LAW
def test_nothing_that_was_said_or_read_is_ever_changed_or_deleted(
    lasting: Safe, steps: list[tuple[str, str, Source]]
) -> None:
    number = newcomer(lasting)
    kept: dict[Any, Any] = {}
    for fact, word, source in steps:
        say(lasting, number, fact, word, source)
        now = as_kept(lasting, number)
        assert {key: now.get(key) for key in kept} == kept
        kept = now
    answers = lasting.world.of(Answer, number)
    assert sorted(row.sequence for row in answers) == list(range(1, len(answers) + 1))
    assert all(row.recorded_by for row in answers)


def as_kept(safe: Safe, number: str) -> dict[Any, Any]:
    """The rows of answers and assessments as bytes in the database, by their ids."""
    with safe.world.work() as work:
        case = safe.world.case(work, number)
        rows = [
            row
            for model in (Answer, Assessment)
            for row in work.session.execute(
                select(model.__table__).where(model.__table__.c.case_id == case.id)
            )
        ]
    return {row.id: tuple(row) for row in rows}


@pytest.mark.safeguard("INV-34")
@on_both_databases
def test_a_correction_names_what_it_supersedes_and_by_whom(safe: Safe) -> None:
    number = newcomer(safe)
    say(safe, number, "fear_of_return", "yes")
    safe.world.answer(number, "colleague", fear_of_return="no")
    with safe.world.work() as work:
        case = safe.world.case(work, number)
        work.vault.grant(case.person_id, *Purpose)
        told = [s for s in readings.statements(work, case) if s.fact == "fear_of_return"]
        work.start_again()
    assert [s.value for s in told] == [True, False]
    assert told[1].supersedes == told[0].id
    assert told[1].by == str(safe.world.actor("colleague").user_id)


def weaker(pack: Pack) -> Pack:
    """Rules that would give next to nothing: no hold, no need, no rule but one."""
    return dataclasses.replace(
        pack,
        version="9999.1",
        holds=MappingProxyType({}),
        needs=MappingProxyType({}),
        packets=MappingProxyType({}),
        routes=(),
        deadlines=(),
        rules=MappingProxyType(dict(list(pack.rules.items())[:1])),
    )


@pytest.mark.safeguard("INV-13")
@on_both_databases
def test_a_new_version_of_the_rules_takes_nothing_by_itself(
    safe: Safe, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = safe.world
    number = world.child()
    before, needs = safe.holding(number), len(world.of(Need, number))
    shut = safe.shut(number)
    carried = {code for code, (_, cause) in before.items() if cause == "evidence"}
    assert carried
    pack = weaker(world.pack())
    monkeypatch.setattr(readings, "pack_of", lambda _work, _case: pack)

    with world.work("officer") as work:
        case = world.case(work, number)
        work.vault.grant(case.person_id, *Purpose)
        screening.take_stock(work, case)

        assert {hold.code for hold in holds.holds_of(work, number)} >= carried
        assert len(referrals.propose(work, number)) == needs
    monkeypatch.undo()
    after = safe.holding(number)
    assert carried <= set(after)
    assert {Action.RETURN, Action.DETAIN, Action.CLOSE} & shut <= safe.shut(number)
    assert len(world.of(Need, number)) == needs
    assert TaskKind.STILL_NEEDED in {task.kind for task in world.of(Task, number)}


@pytest.mark.safeguard("INV-34")
@on_both_databases
def test_a_hold_that_ended_stays_on_record(safe: Safe) -> None:
    number = newcomer(safe)
    before = {row.id for row in safe.world.of(Hold, number)}
    say(safe, number, "return_to_third_state", "no")
    rows = safe.world.of(Hold, number)
    assert before <= {row.id for row in rows}
    released = [row for row in rows if row.state is HoldState.RELEASED]
    assert [row.ended_on for row in released] == [safe.world.now.date()]
