"""Digits of every script as ASCII, for numbers and years typed on any keyboard.

Not a number parser: what is no decimal digit stays as it is.
"""

from __future__ import annotations

import unicodedata


def ascii_digits(text: str) -> str:
    """The text with every decimal digit (Unicode category Nd) replaced by 0-9.

    `۱۳۷۰` and `١٩٩١` and `１９９１` become `1370`, `1991`, `1991`. Length is kept.
    """
    if text.isascii():
        return text
    return "".join(
        char if char.isascii() else str(unicodedata.decimal(char, char)) for char in text
    )
