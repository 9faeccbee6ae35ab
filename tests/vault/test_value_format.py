"""The sealed value by itself: layout, binding, padding, nonces, threads."""

from __future__ import annotations

import copy
import pickle
import secrets
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID, uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.vault.errors import Tampered, Unsealable
from models.vault.format import (
    HEADER_BYTES,
    OVERHEAD,
    DataKey,
    Padding,
    SealedBytes,
    lp,
    pad,
    padded_size,
    place,
    seal,
    unpad,
    unseal,
)

KEY = bytes(range(32))
AT = {
    "owner": UUID(int=1),
    "purpose": "identity",
    "version": 1,
    "table": "person",
    "column": "given_name",
    "row": UUID(int=2),
}


@given(plaintext=st.binary(max_size=5000), padding=st.sampled_from(Padding))
def test_what_is_sealed_opens_again(plaintext, padding):
    blob = seal(KEY, **AT, plaintext=plaintext, padding=padding)
    assert unseal(KEY, **AT, blob=blob) == plaintext
    assert isinstance(blob, SealedBytes)
    assert plaintext[:32] not in blob or len(plaintext) < 4


@pytest.mark.asvs("11.3.3")
@given(plaintext=st.binary(max_size=200), bit=st.integers(min_value=0))
def test_no_changed_bit_opens(plaintext, bit):
    blob = bytearray(seal(KEY, **AT, plaintext=plaintext))
    blob[bit // 8 % len(blob)] ^= 1 << bit % 8
    with pytest.raises(Tampered):
        unseal(KEY, **AT, blob=bytes(blob))


@given(blob=st.binary(max_size=200))
def test_no_invented_bytes_open(blob):
    with pytest.raises(Tampered):
        unseal(KEY, **AT, blob=blob)


@pytest.mark.parametrize(
    ("part", "other"),
    [
        ("owner", UUID(int=3)),
        ("purpose", "medical"),
        ("version", 2),
        ("table", "persons"),
        ("column", "family_name"),
        ("row", UUID(int=3)),
    ],
)
def test_a_value_opens_at_its_own_place_only(part, other):
    blob = seal(KEY, **AT, plaintext=b"Gulnora")
    with pytest.raises(Tampered):
        unseal(KEY, **(AT | {part: other}), blob=blob)


def test_another_key_is_refused_by_the_commitment_before_anything_is_decrypted():
    blob = seal(KEY, **AT, plaintext=b"Gulnora")
    with pytest.raises(Tampered, match="not made with this data key"):
        unseal(secrets.token_bytes(32), **AT, blob=blob)


@pytest.mark.asvs("11.2.2")
def test_the_layout_is_suite_version_commitment_nonce_ciphertext_tag():
    blob = seal(KEY, **(AT | {"version": 258}), plaintext=b"")
    assert blob[:3] == b"\x01\x01\x02"
    assert len(blob) == OVERHEAD + 32 == 79
    again = seal(KEY, **(AT | {"version": 258}), plaintext=b"other")
    assert blob[:HEADER_BYTES] == again[:HEADER_BYTES]


def test_a_value_written_by_the_first_release_still_opens():
    written = bytes.fromhex(WRITTEN)
    assert unseal(KEY, **AT, blob=written) == "Гулнора".encode()


@given(plaintext=st.binary(max_size=70_000).filter(bool), padding=st.sampled_from(Padding))
@settings(max_examples=50)
def test_padding_comes_off_again_whatever_the_value_ends_with(plaintext, padding):
    for value in (plaintext, plaintext + b"\x80", plaintext + b"\x00\x00", b""):
        assert unpad(pad(value, padding)) == value


def test_padding_leaves_only_classes_of_length():
    sizes = {padded_size(length, Padding.FIELD) for length in range(200_001)}
    assert sizes == {32, 64, 128, 256, 512, 1024, 4096, 16384, 65536, 131072, 196608, 262144}
    assert {padded_size(length, Padding.BLOB) for length in range(1000)} == {1024}
    assert [padded_size(length, Padding.FIELD) for length in (0, 31, 32, 63, 64)] == [
        32,
        32,
        64,
        64,
        128,
    ]


def test_padding_without_an_end_mark_is_refused():
    for padded in (b"", bytes(32), b"abc" + bytes(29)):
        with pytest.raises(Tampered):
            unpad(padded)


def test_two_people_whose_notes_differ_in_length_have_values_of_one_size():
    def size(text):
        return len(seal(KEY, **AT, plaintext=text.encode(), padding=Padding.BLOB))

    assert size("{}") == size("She was held for four months. " * 20)


@pytest.mark.asvs("11.3.4")
def test_equal_values_never_look_equal_and_no_nonce_repeats():
    key = DataKey(KEY, owner=AT["owner"], purpose="identity", version=1)
    at, row = place("person", "given_name"), AT["row"]
    blobs = [key.seal(at, row, b"Gulnora", Padding.FIELD) for _ in range(20_000)]
    assert len({blob[HEADER_BYTES : HEADER_BYTES + 12] for blob in blobs}) == len(blobs)
    assert len({blob[-16:] for blob in blobs}) == len(blobs)


def test_one_data_key_serves_many_threads():
    key = DataKey(KEY, owner=AT["owner"], purpose="identity", version=1)
    at = place("person", "given_name")

    def work(seed):
        rows = [uuid4() for _ in range(300)]
        blobs = [key.seal(at, row, f"{seed} {row}".encode(), Padding.FIELD) for row in rows]
        return all(
            key.unseal(at, row, blob) == f"{seed} {row}".encode()
            for row, blob in zip(rows, blobs, strict=True)
        )

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(work, range(16)))


def test_a_data_key_shows_nothing_of_itself_and_does_not_travel():
    key = DataKey(KEY, owner=AT["owner"], purpose="identity", version=1)
    assert KEY.hex() not in repr(key)
    assert repr(KEY)[2:20] not in repr(key)
    for attempt in (pickle.dumps, copy.copy, copy.deepcopy):
        with pytest.raises(Unsealable):
            attempt(key)


def test_a_key_of_the_wrong_length_is_refused():
    for length in (0, 16, 31, 33):
        with pytest.raises(Tampered):
            DataKey(bytes(length), owner=AT["owner"], purpose="identity", version=1)


@given(
    one=st.lists(st.binary(max_size=6), max_size=4),
    other=st.lists(st.binary(max_size=6), max_size=4),
)
def test_length_prefixes_keep_different_parts_different(one, other):
    assert (lp(*one) == lp(*other)) == (one == other)


#: "Гулнора" sealed with KEY at AT. It pins the format: changing it would make stored data unreadable.
WRITTEN = (
    "010001a5c7804db63408a391fe34e18768e41f6811a125049eb5bdd1618a6208e2ea2b334ccf2af"
    "d4cc1237466aa631f78ba482047c12db7dc1daf4b25aa0656ff59e82e42ff4e1e173d2673cb7ab7"
)
