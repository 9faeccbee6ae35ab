"""A sealed file opens whole, at its place, with its key; and in no other way."""

from __future__ import annotations

import os
from collections.abc import Callable
from itertools import pairwise
from uuid import uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.vault import chunks
from models.vault.errors import Tampered, Unsealable

KEY = chunks.new_key()
PLACE = chunks.context(uuid4().bytes, uuid4().bytes, b"medical")


def sealed(content: bytes) -> list[bytes]:
    return list(chunks.seal_pieces(KEY, PLACE, content))


@given(st.binary(max_size=3000))
def test_what_was_sealed_opens(content: bytes) -> None:
    assert chunks.open_pieces(KEY, PLACE, sealed(content), len(content)) == content


@pytest.mark.parametrize("step", range(len(chunks.CLASSES)))
def test_files_of_one_class_have_one_size(step: int) -> None:
    smallest = 0 if step == 0 else chunks.CLASSES[step - 1] + 1
    sizes = {tuple(map(len, sealed(bytes(size)))) for size in (smallest, chunks.CLASSES[step])}
    assert len(sizes) == 1
    assert chunks.class_of(smallest) == chunks.CLASSES[step]


def test_a_file_beyond_the_largest_class_is_refused() -> None:
    with pytest.raises(Unsealable):
        sealed(bytes(chunks.CLASSES[-1] + 1))


CONTENT = os.urandom(700_000)
PIECES = sealed(CONTENT)
ATTACKS: dict[str, Callable[[], list[bytes]]] = {
    "a piece left out": lambda: PIECES[:1] + PIECES[2:],
    "the last piece left out": lambda: PIECES[:-1],
    "the first piece left out": lambda: PIECES[1:],
    "two pieces swapped": lambda: [PIECES[1], PIECES[0], *PIECES[2:]],
    "a piece twice": lambda: [PIECES[0], *PIECES],
    "a byte more": lambda: [*PIECES, b"\x00"],
    "a byte less": lambda: [*PIECES[:-1], PIECES[-1][:-1]],
    "another file's piece": lambda: [PIECES[0], sealed(CONTENT)[1], *PIECES[2:]],
    "nothing": list,
}


@pytest.mark.parametrize("attack", ATTACKS)
def test_pieces_that_are_not_those_that_were_sealed_do_not_open(attack: str) -> None:
    with pytest.raises(Tampered):
        chunks.open_pieces(KEY, PLACE, ATTACKS[attack](), len(CONTENT))


@given(st.integers(0, sum(map(len, PIECES)) - 1), st.integers(1, 255))
@settings(max_examples=60)
def test_no_changed_byte_is_accepted(at: int, change: int) -> None:
    whole = bytearray(b"".join(PIECES))
    whole[at] ^= change
    with pytest.raises(Tampered):
        chunks.open_pieces(KEY, PLACE, [bytes(whole)], len(CONTENT))


def test_neither_another_key_nor_another_place_opens_it() -> None:
    with pytest.raises(Tampered):
        chunks.open_pieces(chunks.new_key(), PLACE, PIECES, len(CONTENT))
    parts = [b"a" * 16, b"b" * 16, b"medical"]
    places = [chunks.context(*parts), chunks.context(*parts[::-1]), chunks.context(b"".join(parts))]
    assert all(one != other for one, other in pairwise(places))
    with pytest.raises(Tampered):
        chunks.open_pieces(KEY, places[0], PIECES, len(CONTENT))
    with pytest.raises(Tampered):
        chunks.open_pieces(KEY, PLACE, PIECES, len(CONTENT) * 20)
