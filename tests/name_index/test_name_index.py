"""The index in memory: what is added is found, in every process, and what is removed is not."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, func, select, text
from sqlalchemy.orm import Session

from models.vault.errors import Locked, Tampered
from models.vault.index import Entry, NameIndex, NameSegment
from models.vault.postings import Content, Postings, from_bytes, to_bytes
from models.vault.providers import EnvProvider
from workflows.names.keys import keys_of, query_keys

DAY = date(2026, 1, 1)


def add(index: NameIndex, engine: Engine, *keys: str, person: UUID | None = None) -> UUID:
    person = person or uuid4()
    with Session(engine) as session:
        index.add(session, [Entry(person, frozenset(keys))], on=DAY)
        session.commit()
    return person


def find(index: NameIndex, engine: Engine, *keys: str, limit: int = 50) -> list[UUID]:
    with Session(engine) as session:
        return index.lookup(session, keys, limit=limit)


def compact(index: NameIndex, engine: Engine) -> int:
    with Session(engine) as session:
        merged = index.compact(session, on=DAY)
        session.commit()
        return merged


def segments(engine: Engine) -> int:
    with Session(engine) as session:
        return session.scalar(select(func.count()).select_from(NameSegment)) or 0


def test_a_person_is_found_in_another_script_by_another_process(
    engine: Engine, provider: EnvProvider
) -> None:
    here, there = NameIndex(provider), NameIndex(provider)
    keys = keys_of(["Каримов Шавкат"], [1990])
    person = add(here, engine, *keys)
    add(here, engine, *keys_of(["Сидоров Иван"], [1990]))

    assert find(there, engine, *query_keys("Karimov Shavkat").pairs) == [person]
    assert find(there, engine, *query_keys("Shavkat", [1991]).singles) == [person]


def test_a_process_that_looked_before_follows_later_additions(
    engine: Engine, provider: EnvProvider
) -> None:
    here, there = NameIndex(provider), NameIndex(provider)
    assert find(there, engine, "a") == []
    first = add(here, engine, "a")
    assert find(there, engine, "a") == [first]
    second = add(here, engine, "a")

    assert set(find(there, engine, "a")) == {first, second}


def test_who_shares_more_keys_comes_first_and_strong_keys_outweigh_weak(
    engine: Engine, provider: EnvProvider
) -> None:
    index = NameIndex(provider)
    weak = add(index, engine, "w1", "w2", "w3")
    one = add(index, engine, "a")
    two = add(index, engine, "a", "b")

    with Session(engine) as session:
        found = index.lookup(session, ["a", "b"], weak=["w1", "w2", "w3"])

    assert found == [two, one, weak]
    assert find(index, engine, "a", "b", limit=1) == [two]


def test_what_is_rolled_back_is_never_found_and_hides_nothing_later(
    engine: Engine, provider: EnvProvider
) -> None:
    index = NameIndex(provider)
    earlier = add(index, engine, "a")
    with Session(engine) as session:
        index.add(session, [Entry(uuid4(), frozenset({"a"}))], on=DAY)
        assert index.lookup(session, ["a"]) == [earlier]  # not one's own before the commit
        session.rollback()
    later = add(NameIndex(provider), engine, "a")

    assert set(find(index, engine, "a")) == {earlier, later}


def test_a_session_finds_its_own_addition_after_its_commit(
    engine: Engine, provider: EnvProvider
) -> None:
    index = NameIndex(provider)
    person = uuid4()
    with Session(engine) as session:
        index.add(session, [Entry(person, frozenset({"a"}))], on=DAY)
        index.lookup(session, ["a"])
        session.commit()

        assert index.lookup(session, ["a"]) == [person]


def test_a_removed_person_is_found_nowhere_and_compaction_drops_the_tokens(
    engine: Engine, provider: EnvProvider
) -> None:
    here, there = NameIndex(provider), NameIndex(provider)
    gone, kept = add(here, engine, "a", "b"), add(here, engine, "a")
    assert set(find(there, engine, "a")) == {gone, kept}
    with Session(engine) as session:
        here.remove(session, gone, on=DAY)
        session.commit()
    assert find(there, engine, "a") == [kept]
    compact(here, engine)

    fresh = NameIndex(provider)
    assert [find(index, engine, "a") for index in (here, there, fresh)] == [[kept]] * 3
    assert find(fresh, engine, "b") == []
    assert fresh.sizes()["tokens"] == 1


def test_a_person_removed_from_a_large_segment_leaves_it_too(
    engine: Engine, provider: EnvProvider
) -> None:
    index = NameIndex(provider, large=3, small=2)
    people = [uuid4() for _ in range(6)]
    with Session(engine) as session:
        index.add(session, [Entry(person, frozenset({"a"})) for person in people], on=DAY)
        index.remove(session, people[0], on=DAY)
        session.commit()
    compact(index, engine)

    fresh = NameIndex(provider)
    assert set(find(fresh, engine, "a")) == set(people[1:])
    assert fresh.sizes()["tokens"] == 5


def test_compaction_keeps_everybody_and_leaves_one_segment(
    engine: Engine, provider: EnvProvider
) -> None:
    index, other, behind = NameIndex(provider), NameIndex(provider), NameIndex(provider)
    people = [add(index, engine, "a", f"k{number}") for number in range(12)]
    find(behind, engine, "a")
    people += [add(other, engine, "a") for _ in range(3)]
    find(other, engine, "a")

    assert compact(index, engine) == 15
    assert compact(index, engine) == 0
    assert segments(engine) == 1
    people.append(add(other, engine, "a"))
    for reader in (index, other, behind, NameIndex(provider)):
        assert set(find(reader, engine, "a")) == set(people)
        assert find(reader, engine, "k7") == [people[7]]
        assert reader.sizes()["tokens"] == 28


def test_many_small_segments_are_folded_into_arrays_and_survive_compaction(
    engine: Engine, provider: EnvProvider
) -> None:
    reader = NameIndex(provider, small=8, recent_tokens=10)
    writer = NameIndex(provider)
    people = []
    for number in range(25):
        people.append(add(writer, engine, "a", f"k{number}"))
        find(reader, engine, "a")
    compact(writer, engine)
    people.append(add(writer, engine, "a"))

    assert set(find(reader, engine, "a")) == set(people)
    assert find(reader, engine, "k3") == [people[3]]
    assert reader.sizes()["tokens"] == 51


def test_a_compaction_that_is_rolled_back_changes_nothing(
    engine: Engine, provider: EnvProvider
) -> None:
    index = NameIndex(provider)
    people = {add(index, engine, "a") for _ in range(3)}
    with Session(engine) as session:
        index.compact(session, on=DAY)
        index.lookup(session, ["a"])
        session.rollback()
    people.add(add(index, engine, "a"))

    assert set(find(index, engine, "a")) == people
    assert segments(engine) == 4


def test_adding_a_person_again_adds_keys(engine: Engine, provider: EnvProvider) -> None:
    index = NameIndex(provider)
    person = add(index, engine, "a")
    add(index, engine, "a", "b", person=person)

    assert find(index, engine, "a") == find(index, engine, "b") == [person]


def test_nothing_searchable_is_in_the_database(
    engine: Engine, provider: EnvProvider, tmp_path: Path
) -> None:
    name = "Qamarzadeh Canaryjon"
    keys = keys_of([name], [1987])
    person = add(NameIndex(provider), engine, *keys)
    tokens = [provider.mac("index", key.encode())[:8] for key in keys]
    needles = [*(key.encode() for key in keys), *tokens, *(token[::-1] for token in tokens)]
    needles += [b"Qamarzadeh", b"CANARY", b"KMRZD", person.bytes, str(person).encode()]

    if engine.dialect.name == "sqlite":
        stored = b"".join(path.read_bytes() for path in tmp_path.iterdir() if path.is_file())
    else:
        with Session(engine) as session:
            stored = b"".join(bytes(each) for each in session.scalars(select(NameSegment.payload)))
    assert b"name_segment" in stored or engine.dialect.name != "sqlite"
    assert [needle for needle in needles if needle in stored] == []


def test_two_segments_of_one_person_each_have_the_same_size(
    engine: Engine, provider: EnvProvider
) -> None:
    index = NameIndex(provider)
    add(index, engine, "a")
    add(index, engine, *keys_of(["Ҳусейнзода Парвиз", "Huseynzoda Parviz"], [1990]))
    with Session(engine) as session:
        index.remove(session, uuid4(), on=DAY)
        session.commit()
        sizes = {len(payload) for payload in session.scalars(select(NameSegment.payload))}

    assert len(sizes) == 1


def test_a_payload_moved_to_another_row_or_cut_is_refused(
    engine: Engine, provider: EnvProvider
) -> None:
    index = NameIndex(provider)
    add(index, engine, "a")
    with engine.begin() as connection:
        connection.execute(text("UPDATE name_segment SET id = :new"), {"new": _as_id(engine)})

    with pytest.raises(Tampered):
        find(NameIndex(provider), engine, "a")


def _as_id(engine: Engine) -> object:
    return uuid4().hex if engine.dialect.name == "sqlite" else uuid4()


def test_a_locked_keyring_stops_the_search(engine: Engine, provider: EnvProvider) -> None:
    add(NameIndex(provider), engine, "a")
    index = NameIndex(provider)
    provider.lock()

    with pytest.raises(Locked):
        find(index, engine, "a")


ENTRIES = st.lists(
    st.tuples(st.binary(min_size=16, max_size=16), st.sets(st.integers(0, 2**64 - 1), max_size=4)),
    max_size=8,
)


@given(ENTRIES, st.lists(st.binary(min_size=16, max_size=16), max_size=3), st.booleans())
def test_a_segment_reads_back_as_it_was_written(
    entries: list[tuple[bytes, set[int]]], removed: list[bytes], merged: bool
) -> None:
    content = Content(Postings.of(entries), tuple(removed), merged)
    back = from_bytes(to_bytes(content))

    assert back == content
    for person, tokens in entries:
        assert all(person in back.postings.sharing([token], [], 99) for token in tokens)


@given(ENTRIES, st.data())
def test_a_segment_cut_anywhere_is_refused(
    entries: list[tuple[bytes, set[int]]], data: st.DataObject
) -> None:
    whole = to_bytes(Content(Postings.of(entries)))
    cut = data.draw(st.integers(0, len(whole) - 1))

    with pytest.raises(Tampered):
        from_bytes(whole[:cut])
