"""PURE. A JPEG 2000 picture without what was written beside its pixels, these untouched.

Of the boxes of a file stay those that a reader needs to show it (ISO/IEC 15444-1, annex I; -2, annex M): the
signature, the type, the headers and the code stream. EXIF, XMP, places and texts are in others. Comments
within the code stream go too (annex A.9.2).
"""

from __future__ import annotations

import struct

_SIGNATURE = b"\x00\x00\x00\x0cjP  \r\n\x87\n"
_SHOWN = frozenset((b"jP  ", b"ftyp", b"rreq", b"jp2h", b"jp2c", b"jpch", b"jplh"))
#: Boxes of boxes, of which the same is true; of the headers, what says how the picture is shown.
_HEADERS = frozenset((b"jp2h", b"jpch", b"jplh"))
_IN_HEADERS = frozenset(
    (b"ihdr", b"bpcc", b"colr", b"pclr", b"cmap", b"cdef", b"res ", b"cgrp", b"opct", b"creg")
)
_START, _TILE, _DATA, _END = 0xFF4F, 0xFF90, 0xFF93, 0xFFD9
#: Comments; and the table of the lengths of tiles (annex A.7.1), which readers do without and which would be
#: wrong where the comment of a tile went.
_GONE = frozenset((0xFF64, 0xFF55))


def bare_jpeg2000(content: bytes) -> bytes:
    """The picture, bare. Raises ValueError for what is none, or is cut short."""
    if content.startswith(b"\xff\x4f\xff\x51"):
        return _code_stream(content)
    if not content.startswith(_SIGNATURE):
        raise ValueError("no JPEG 2000")
    return _boxes(content, _SHOWN)


def _boxes(content: bytes, kept: frozenset[bytes]) -> bytes:
    out, at = [], 0
    while at < len(content):
        if len(content) - at < 8:
            raise ValueError("a box is cut short")
        length, kind = struct.unpack_from(">I4s", content, at)
        head = 8
        if length == 1:
            if len(content) - at < 16:
                raise ValueError("a box is cut short")
            (length,) = struct.unpack_from(">Q", content, at + 8)
            head = 16
        end = len(content) if length == 0 else at + length
        if end < at + head or end > len(content):
            raise ValueError("a box is cut short")
        if kind in kept:
            out.append(_box(kind, content[at + head : end]))
        at = end
    return b"".join(out)


def _box(kind: bytes, inside: bytes) -> bytes:
    if kind in _HEADERS:
        inside = _boxes(inside, _IN_HEADERS)
    elif kind == b"jp2c":
        inside = _code_stream(inside)
    return struct.pack(">I4s", len(inside) + 8, kind) + inside


def _code_stream(content: bytes) -> bytes:
    """Main header, then tile parts, each with its length; the comments of all headers left out."""
    if _marker(content, 0) != _START:
        raise ValueError("no code stream")
    head, at = _header(content, 2, _TILE)
    out = [content[:2], head]
    while at < len(content) and _marker(content, at) == _TILE:
        if len(content) - at < 12:
            raise ValueError("a tile is cut short")
        (length,) = struct.unpack_from(">I", content, at + 6)
        end = len(content) if length == 0 else at + length
        start, data = _header(content, at + 12, _DATA)
        if not data <= end <= len(content):
            raise ValueError("a tile is cut short")
        rest = content[data:end]
        if length == 0 and not rest.endswith(b"\xff\xd9"):
            raise ValueError("a tile is cut short")
        told = 0 if length == 0 else 12 + len(start) + len(rest)
        out += [
            content[at : at + 6],
            struct.pack(">I", told),
            content[at + 10 : at + 12],
            start,
            rest,
        ]
        at = end
        if length == 0:
            return b"".join(out)
    if _marker(content, at) != _END:
        raise ValueError("a code stream does not end")
    # What stands behind the end belongs to no picture.
    return b"".join((*out, b"\xff\xd9"))


def _header(content: bytes, at: int, until: int) -> tuple[bytes, int]:
    """The segments before a marker, less what goes; and where that marker is."""
    kept = []
    while (marker := _marker(content, at)) != until:
        if len(content) - at < 4:
            raise ValueError("a header is cut short")
        (length,) = struct.unpack_from(">H", content, at + 2)
        end = at + 2 + length
        if length < 2 or end > len(content):
            raise ValueError("a header is cut short")
        if marker not in _GONE:
            kept.append(content[at:end])
        at = end
    return b"".join(kept), at


def _marker(content: bytes, at: int) -> int:
    if len(content) - at < 2 or content[at] != 0xFF:
        raise ValueError("a marker is missing")
    return int.from_bytes(content[at : at + 2], "big")
