"""Sorted arrays of name tokens with the persons that bear them, and their form in a sealed segment.

No keys, no database: `models.vault.index` decides what goes in and when. A posting list of 100,000
persons with five tokens each takes 7.6 MB and is read from its bytes in a few milliseconds.
"""

from __future__ import annotations

import struct
import sys
from array import array
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from models.vault.errors import Tampered

ID_BYTES = 16
STRONG = 1_000
"""How many weak tokens in common weigh as much as a strong one."""
_MAGIC = b"SNI1"
# magic, flags, persons, tokens, removed persons; little-endian like all arrays that follow
_HEAD = struct.Struct("<4sIIII")
_MERGED = 1
_EPOCH_AT = 8
_TOKEN, _ORDINAL = "Q", "I"


@dataclass(frozen=True, slots=True, repr=False)
class Postings:
    """`tokens` ascending; `ordinals[i]` is the place in `ids` (16 bytes each) of who bears it."""

    tokens: array[int]
    ordinals: array[int]
    ids: bytes

    @classmethod
    def of(cls, entries: Iterable[tuple[bytes, Iterable[int]]]) -> Postings:
        """Sort (person id, tokens) pairs; a person or a token given twice counts once."""
        place: dict[bytes, int] = {}
        pairs: set[int] = set()
        for person, found in entries:
            ordinal = place.setdefault(person, len(place))
            pairs.update(token << 32 | ordinal for token in found)
        ordered = sorted(pairs)
        return cls(
            array(_TOKEN, [pair >> 32 for pair in ordered]),
            array(_ORDINAL, [pair & 0xFFFFFFFF for pair in ordered]),
            b"".join(place),
        )

    def sharing(self, strong: Sequence[int], weak: Sequence[int], limit: int) -> dict[bytes, int]:
        """The `limit` persons that share most tokens, with their worth: STRONG or 1 for each token."""
        counts: Counter[int] = Counter()
        for token in strong:
            counts.update(self._bearing(token))
        if weak:
            for ordinal in counts:
                counts[ordinal] *= STRONG
            for token in weak:
                counts.update(self._bearing(token))
        worth = 1 if weak else STRONG
        best = counts.most_common(limit)
        return {self._person(ordinal): shared * worth for ordinal, shared in best}

    def _bearing(self, token: int) -> array[int]:
        start = bisect_left(self.tokens, token)
        return self.ordinals[start : bisect_right(self.tokens, token, start)]

    def _person(self, ordinal: int) -> bytes:
        return self.ids[ordinal * ID_BYTES : (ordinal + 1) * ID_BYTES]

    def persons(self) -> Iterator[bytes]:
        """All person ids, in the order of their ordinals."""
        ids = self.ids
        return (ids[at : at + ID_BYTES] for at in range(0, len(ids), ID_BYTES))

    def entries(self) -> Iterator[tuple[bytes, tuple[int]]]:
        """(person id, one token) for every posting."""
        persons = list(self.persons())
        for token, ordinal in zip(self.tokens, self.ordinals, strict=True):
            yield persons[ordinal], (token,)

    def __len__(self) -> int:
        return len(self.tokens)


@dataclass(frozen=True, slots=True, repr=False)
class Content:
    """What one segment says: persons added, persons removed, and whether it replaces older ones."""

    postings: Postings
    removed: tuple[bytes, ...] = ()
    merged: bool = False
    #: Which epoch of the index key made the tokens; of a merged one, the oldest.
    epoch: int = 1
    #: Sealed with a key that is not on this machine: what it says is not known.
    unread: bool = False


def to_bytes(content: Content) -> bytes:
    """The segment's plain form, to be sealed at once."""
    postings = content.postings
    head = _HEAD.pack(
        _MAGIC,
        (_MERGED if content.merged else 0) | content.epoch << _EPOCH_AT,
        len(postings.ids) // ID_BYTES,
        len(postings),
        len(content.removed),
    )
    return b"".join(
        (
            head,
            _little(postings.tokens).tobytes(),
            _little(postings.ordinals).tobytes(),
            postings.ids,
            *content.removed,
        )
    )


def from_bytes(data: bytes) -> Content:
    """Read `to_bytes` back. Raises `Tampered` where the lengths do not agree."""
    if len(data) < _HEAD.size:
        raise Tampered("a segment of the name index is too short")
    magic, flags, persons, count, gone = _HEAD.unpack_from(data)
    if magic != _MAGIC or len(data) != _HEAD.size + 12 * count + ID_BYTES * (persons + gone):
        raise Tampered("a segment of the name index is not in its form")
    view = memoryview(data)
    tokens, ordinals = array(_TOKEN), array(_ORDINAL)
    at = _HEAD.size
    tokens.frombytes(view[at : at + 8 * count])
    at += 8 * count
    ordinals.frombytes(view[at : at + 4 * count])
    at += 4 * count
    ids = bytes(view[at : at + ID_BYTES * persons])
    at += ID_BYTES * persons
    removed = tuple(data[start : start + ID_BYTES] for start in range(at, len(data), ID_BYTES))
    if count and max(ordinals) >= persons:
        raise Tampered("a segment of the name index points at nobody")
    return Content(
        Postings(_little(tokens), _little(ordinals), ids),
        removed,
        bool(flags & _MERGED),
        flags >> _EPOCH_AT or 1,
    )


def merged(parts: Sequence[Postings], without: frozenset[bytes]) -> Postings:
    """One list of several, each posting once, without the persons to be forgotten."""
    return Postings.of(
        (person, tokens)
        for part in parts
        for person, tokens in part.entries()
        if person not in without
    )


def _little(values: array[int]) -> array[int]:
    """The same array in little-endian order (a copy only on big-endian machines)."""
    if sys.byteorder == "little":
        return values
    turned = array(values.typecode, values)
    turned.byteswap()
    return turned
