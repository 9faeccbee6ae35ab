"""Files, sealed as a stream and kept in pieces.

Cobblestone-256 (C2SP chunked encryption: AES-256-GCM, SHA-512, from `cryptography`): each 16 KiB of the file
is authenticated at its place: a changed, cut, reordered or lengthened file does not open; the key is
committed to; the context says whose file it is and where. Each file has a key of its own, which the vault
seals like any other value, so whoever lacks the purpose lacks the file.

Sizes are filled up to five classes before sealing. It knows nothing of pictures or names.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from cryptography.cobblestone import Cobblestone256Decryptor, Cobblestone256Encryptor
from cryptography.exceptions import InvalidTag

from models.vault.errors import Tampered, Unsealable
from models.vault.format import lp

#: Bytes of ciphertext in one row of the database.
PIECE = 256 * 1024
#: To what a file is filled up, in bytes. The last is the largest that is taken.
CLASSES = (64 * 1024, 256 * 1024, 1024 * 1024, 4 * 1024 * 1024, 10 * 1024 * 1024)
#: What is handed to the cipher at once: no thread waits long for another (security.md 3.1).
_STEP = 1024 * 1024


def new_key() -> bytes:
    """A fresh 32-byte key for one file."""
    return bytes(Cobblestone256Encryptor.generate_key())


def context(*place: bytes) -> bytes:
    """Where a file belongs, as what its sealing is bound to."""
    return lp(b"serai file", *place)


def class_of(length: int) -> int:
    """The size that a file of `length` bytes is filled up to. Raises `Unsealable` beyond the largest."""
    for size in CLASSES:
        if length <= size:
            return size
    raise Unsealable("a file is larger than the largest that is kept")


def seal_pieces(key: bytes, bound: bytes, content: bytes) -> Iterator[bytes]:
    """The sealed file in pieces of `PIECE` bytes (the last is shorter)."""
    filled = content.ljust(class_of(len(content)), b"\x00")
    sealing = Cobblestone256Encryptor(key, context=bound)
    held = bytearray()
    for start in range(0, len(filled), _STEP):
        held += sealing.update(filled[start : start + _STEP])
        while len(held) >= PIECE:
            yield bytes(held[:PIECE])
            del held[:PIECE]
    held += sealing.finalize()
    for start in range(0, len(held), PIECE):
        yield bytes(held[start : start + PIECE])


def open_pieces(key: bytes, bound: bytes, pieces: Iterable[bytes], length: int) -> bytes:
    """The first `length` bytes of a file, after all of it was found to be genuine.

    Raises:
        Tampered: another key, another place, or pieces that were changed, left out, added or moved.
    """
    try:
        opening = Cobblestone256Decryptor(key, context=bound)
        found = bytearray()
        for piece in pieces:
            found += opening.update(piece)
        found += opening.finalize()
    except (InvalidTag, ValueError):
        raise Tampered("a file was changed, or belongs to another place") from None
    if not 0 <= length <= len(found):
        raise Tampered("a file is not as long as it was")
    return bytes(found[:length])
