"""PURE. Numbers that stand for a person: random, readable aloud, with a check character.

Twenty characters that are not mistaken for one another in speech or handwriting, and that spell no
words. Eight are random (20**8 = 25.6 thousand million), the ninth is the check character of ISO/IEC 7064,
hybrid system MOD 21,20, which finds every single wrong character.
"""

from __future__ import annotations

from collections.abc import Callable
from secrets import randbelow

from workflows.errors import BadCaseNumber

ALPHABET = "23456789CFGHJKMPQRVWX"[:20]
_SIZE = len(ALPHABET)
_VALUE = {character: value for value, character in enumerate(ALPHABET)}
_RANDOM_LENGTH = 8
#: Of the secret code of a receipt: 51.8 bits, which nobody guesses at a few tries in a quarter of an hour.
_CODE_LENGTH = 12
#: What people write in place of a character of the alphabet, or for looks.
_IGNORED = str.maketrans("", "", " -.\u2010\u2011\u2013\u2066\u2067\u2068\u2069\u200e\u200f")


def new_number(below: Callable[[int], int] = randbelow) -> str:
    """A new number of nine characters. `below(n)` gives a random whole number in 0..n-1."""
    body = "".join(ALPHABET[below(_SIZE)] for _ in range(_RANDOM_LENGTH))
    return body + _check_character(body)


def parse(text: str) -> str:
    """The number as stored, from what somebody typed or read out.

    Raises:
        BadCaseNumber: wrong length, a character outside the alphabet, or a check character that does not fit.
    """
    typed = plain(text)
    if len(typed) != _RANDOM_LENGTH + 1 or any(c not in _VALUE for c in typed):
        raise BadCaseNumber
    if _check_character(typed[:-1]) != typed[-1]:
        raise BadCaseNumber
    return typed


def plain(text: str) -> str:
    """What somebody typed, without spaces, dashes and marks of direction, in capitals."""
    return text.translate(_IGNORED).upper()


def show(number: str) -> str:
    """The number in groups of three, as it is printed and read aloud."""
    return f"{number[:3]}-{number[3:6]}-{number[6:]}"


def new_code() -> str:
    """Twelve random characters that are not mistaken for one another."""
    return "".join(ALPHABET[randbelow(_SIZE)] for _ in range(_CODE_LENGTH))


def show_code(code: str) -> str:
    """The code in groups of four, as it is printed."""
    return "-".join(code[at : at + 4] for at in range(0, len(code), 4))


def _check_character(body: str) -> str:
    product = _SIZE
    for character in body:
        total = (product + _VALUE[character]) % _SIZE or _SIZE
        product = (total * 2) % (_SIZE + 1)
    return ALPHABET[(1 - product) % _SIZE]
