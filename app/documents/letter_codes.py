"""A sealed letter on paper: QR codes to print, and the letter again from what a reader of codes gives.

Each code is one line, `SRLT1-<letter>-<part>-<parts>-<text>`: base 32 of a slice, all in the alphanumeric set
of QR codes. The lines may come in any order and more than once; `letter` is cut from the SHA-256 of the
whole, which is checked again at the end.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from io import BytesIO

import segno

#: Bytes in one code: version 25 at level M, which a telephone reads from an office printer's paper.
_SLICE = 750
_LINE = re.compile(r"SRLT1-([0-9A-F]{16})-(\d{1,3})-(\d{1,3})-([A-Z2-7]+)")


def lines(letter: bytes) -> list[str]:
    """The texts of the codes, in order."""
    name = hashlib.sha256(letter).hexdigest()[:16].upper()
    parts = [letter[at : at + _SLICE] for at in range(0, len(letter), _SLICE)]
    return [
        f"SRLT1-{name}-{number}-{len(parts)}-{base64.b32encode(part).decode().rstrip('=')}"
        for number, part in enumerate(parts, 1)
    ]


def gather(raw: bytes) -> bytes:
    """A letter from the lines of its codes; a letter as it is comes back as it is.

    Raises:
        ValueError: codes are missing (it says which), or are of several letters, or one was misread.
    """
    if raw[:4] == b"SRLT" and raw[4:6] != b"1-":
        return raw
    found = _LINE.findall(raw.decode("ascii", errors="replace"))
    names = {(name, total) for name, _, total, _ in found}
    if not found:
        return raw
    if len(names) != 1:
        raise ValueError("codes of more than one letter")
    name, total = names.pop()
    parts = {int(number): text for _, number, _, text in found}
    missing = [str(n) for n in range(1, int(total) + 1) if n not in parts]
    if missing:
        raise ValueError(f"codes are missing: {', '.join(missing)} of {total}")
    try:
        whole = b"".join(_bytes(parts[n]) for n in range(1, int(total) + 1))
    except binascii.Error:
        raise ValueError("a code was misread") from None
    if hashlib.sha256(whole).hexdigest()[:16].upper() != name:
        raise ValueError("a code was misread")
    return whole


def paper(letter: bytes) -> bytes:
    """A page to print: the codes, each with its place. It holds nothing that is not sealed."""
    texts = lines(letter)
    cells = "".join(
        f"<figure>{_drawn(text)}<figcaption>{n} / {len(texts)}</figcaption></figure>"
        for n, text in enumerate(texts, 1)
    )
    style = "figure{display:inline-block;width:85mm;margin:4mm;break-inside:avoid}svg{width:100%}"
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8"><title>Serai</title>'
        f"<style>{style}</style>{cells}</html>\n"
    ).encode()


def _drawn(text: str) -> str:
    out = BytesIO()
    segno.make(text, error="m", micro=False, boost_error=False).save(
        out, kind="svg", border=4, xmldecl=False, svgns=False, omitsize=True, dark="#000",
        light="#fff",
    )  # fmt: skip
    return out.getvalue().decode()


def _bytes(text: str) -> bytes:
    return base64.b32decode(text + "=" * (-len(text) % 8))
