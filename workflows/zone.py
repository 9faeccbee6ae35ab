"""PURE. The machine-readable zone of a travel document: ICAO Doc 9303, parts 4 to 7.

Passports (TD3), cards (TD1, TD2) and visas (MRV-A, MRV-B), typed, pasted, or sent by a reader. What is read
is what the paper says and no more: a check digit that does not fit is named, a code that is no state stays
a code, and a sign of protection (XXA, XXB, XXC) is evidence, never a nationality.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from workflows.names.digits import ascii_digits

#: Codes of Doc 9303-3 section 5 that are no state: what they say of the holder. Three times X is such a
#: code, of somebody whose nationality the paper leaves open, and no mark of unfinished work.
NO_STATES = {
    "XXA": "stateless",
    "XXB": "refugee",
    "XXC": "refugee_other",
    "XXX": "unspecified",
    "UNO": "un",
    "UNA": "un_agency",
    "UNK": "un_kosovo",
    "XBA": "organisation",
    "XIM": "organisation",
    "XCC": "organisation",
    "XCE": "organisation",
    "XCO": "organisation",
    "XEC": "organisation",
    "XPO": "organisation",
    "XOM": "organisation",
    "EUE": "organisation",
}
#: Codes of Doc 9303 that stand for a state of ISO 3166.
_STATES = {
    "D": "DEU",
    "GBD": "GBR",
    "GBN": "GBR",
    "GBO": "GBR",
    "GBP": "GBR",
    "GBS": "GBR",
    "RKS": "XKX",
}
_WEIGHTS = (7, 3, 1)
_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#: Longer than any zone; what is longer is not one.
_MOST = 400


class Part(StrEnum):
    """What a check digit guards."""

    NUMBER = "number"
    BIRTH = "birth"
    EXPIRY = "expiry"
    OPTIONAL = "optional"
    WHOLE = "whole"


class ZoneError(Exception):
    """The text is no zone. `code` is empty, lines, length or letter; never a part of the text."""

    def __init__(self, code: str, line: int = 0, length: int = 0) -> None:
        super().__init__(code)
        self.code, self.line, self.length = code, line, length


@dataclass(frozen=True)
class PartialDay:
    """A day of which parts may be unknown (`<<` in the zone)."""

    year: int | None
    month: int | None
    day: int | None


@dataclass(frozen=True)
class Zone:
    """What the zone says. `issuer` and `nationality` are codes as printed, `<` taken off; `sex` is F, M, X
    or U. `wrong`: the parts whose check digit does not fit, which must be read again from the paper.
    """

    format: str
    document: str
    issuer: str
    surname: str
    given: str
    number: str
    nationality: str
    birth: PartialDay
    sex: str
    expiry: PartialDay
    wrong: tuple[Part, ...]

    @property
    def name(self) -> str:
        """Given names and surname, in the order in which people are called."""
        return " ".join(part for part in (self.given, self.surname) if part)


@dataclass(frozen=True)
class _Layout:
    """Where parts stand: (line, first, last) with last not included, check digits (line, place)."""

    lines: int
    length: int
    issuer: tuple[int, int, int]
    name: tuple[int, int, int]
    number: tuple[int, int, int]
    number_check: tuple[int, int]
    nationality: tuple[int, int, int]
    birth: tuple[int, int, int]
    sex: tuple[int, int]
    expiry: tuple[int, int, int]
    #: The parts that the last check digit covers; empty for visas, which have none.
    whole: tuple[tuple[int, int, int], ...]
    whole_check: tuple[int, int]


_TD3 = _Layout(
    2, 44, (0, 2, 5), (0, 5, 44), (1, 0, 9), (1, 9), (1, 10, 13), (1, 13, 19), (1, 20), (1, 21, 27),
    ((1, 0, 10), (1, 13, 20), (1, 21, 43)), (1, 43),
)  # fmt: skip
_TD2 = _Layout(
    2, 36, (0, 2, 5), (0, 5, 36), (1, 0, 9), (1, 9), (1, 10, 13), (1, 13, 19), (1, 20), (1, 21, 27),
    ((1, 0, 10), (1, 13, 20), (1, 21, 35)), (1, 35),
)  # fmt: skip
_TD1 = _Layout(
    3, 30, (0, 2, 5), (2, 0, 30), (0, 5, 14), (0, 14), (1, 15, 18), (1, 0, 6), (1, 7), (1, 8, 14),
    ((0, 5, 30), (1, 0, 7), (1, 8, 15), (1, 18, 29)), (1, 29),
)  # fmt: skip
_FORMATS = {(2, 44): ("TD3", "MRV-A", _TD3), (2, 36): ("TD2", "MRV-B", _TD2)}


def read_zone(text: str, today: date) -> Zone:
    """Read a zone from text in any spacing and case, of lines or all in one.

    Raises ZoneError where it is none: too few lines, a line of a length that no document has, a character
    that no zone has. A wrong check digit is not an error: see `Zone.wrong`.
    """
    lines = _lines(text)
    name, layout = _layout_of(lines)
    surname, _, given = _at(lines, layout.name).partition("<<")
    birth, expiry = _at(lines, layout.birth), _at(lines, layout.expiry)
    number, wrong = _number(lines, layout)
    for part, digits, place in (
        (Part.BIRTH, birth, (layout.birth[0], layout.birth[2])),
        (Part.EXPIRY, expiry, (layout.expiry[0], layout.expiry[2])),
    ):
        if not _fits(digits, _char(lines, place)):
            wrong.append(part)
    if not name.startswith("MRV") and not _whole_fits(lines, layout):
        wrong.append(Part.WHOLE)
    sex = _char(lines, layout.sex)
    return Zone(
        format=name,
        document=lines[0][:2].rstrip("<"),
        issuer=_plain(_at(lines, layout.issuer)),
        surname=_words(surname),
        given=_words(given),
        number=number,
        nationality=_plain(_at(lines, layout.nationality)),
        birth=_day(birth, today, born=True),
        sex=sex if sex in "FM" else "X" if sex == "X" else "U",
        expiry=_day(expiry, today, born=False),
        wrong=tuple(wrong),
    )


def state_of(code: str) -> str | None:
    """The state (ISO 3166 alpha-3) of a code; None for codes that are no state."""
    return None if code in NO_STATES else _STATES.get(code, code or None)


def check_digit(text: str) -> int:
    """The check digit of a part (Doc 9303-3, 4.9): weights 7, 3, 1; letters from 10, `<` is 0."""
    values = (0 if char == "<" else _ALPHABET.index(char) for char in text)
    return sum(value * _WEIGHTS[at % 3] for at, value in enumerate(values)) % 10


def _lines(text: str) -> list[str]:
    if len(text) > _MOST:
        raise ZoneError("length")
    plain = unicodedata.normalize("NFKC", ascii_digits(text)).upper().replace("«", "<<")
    lines = ["".join(line.split()) for line in plain.splitlines()]
    lines = [line for line in lines if line]
    if not lines:
        raise ZoneError("empty")
    if len(lines) == 1:
        whole, length = lines[0], {90: 30, 72: 36, 88: 44}.get(len(lines[0]))
        if length is None:
            raise ZoneError("length", 1, len(whole))
        lines = [whole[at : at + length] for at in range(0, len(whole), length)]
    for number, line in enumerate(lines, start=1):
        if any(char != "<" and char not in _ALPHABET for char in line):
            raise ZoneError("letter", number)
    return lines


def _layout_of(lines: list[str]) -> tuple[str, _Layout]:
    lengths = {len(line) for line in lines}
    if len(lines) == 3 and lengths == {30}:
        return "TD1", _TD1
    if len(lines) != 2:
        raise ZoneError("lines", len(lines))
    found = _FORMATS.get((2, len(lines[0]))) if len(lengths) == 1 else None
    if found is None:
        odd = next((n for n, line in enumerate(lines, 1) if len(line) not in (36, 44)), 2)
        raise ZoneError("length", odd, len(lines[odd - 1]))
    document, visa, layout = found
    return visa if lines[0].startswith("V") else document, layout


def _at(lines: list[str], place: tuple[int, int, int]) -> str:
    line, first, last = place
    return lines[line][first:last]


def _char(lines: list[str], place: tuple[int, int]) -> str:
    return lines[place[0]][place[1]]


def _number(lines: list[str], layout: _Layout) -> tuple[str, list[Part]]:
    """The document number; one of more than nine characters goes on in the optional part (TD1, TD2)."""
    number, check = _at(lines, layout.number), _char(lines, layout.number_check)
    if check == "<" and layout is not _TD3:
        line, place = layout.number_check
        rest = lines[line][place + 1 if layout is _TD1 else 28 :].partition("<")[0]
        if rest:
            number, check = number + rest[:-1], rest[-1]
    return _plain(number), [] if _fits(number, check) else [Part.NUMBER]


def _fits(text: str, digit: str) -> bool:
    if digit == "<":
        return not text.strip("<")
    return digit.isdigit() and check_digit(text) == int(digit)


def _whole_fits(lines: list[str], layout: _Layout) -> bool:
    return _fits(
        "".join(_at(lines, place) for place in layout.whole), _char(lines, layout.whole_check)
    )


def _plain(text: str) -> str:
    return text.replace("<", "")


def _words(text: str) -> str:
    return " ".join(part.capitalize() for part in text.split("<") if part)


def _day(text: str, today: date, *, born: bool) -> PartialDay:
    """`YYMMDD`. A birth lies behind us, at most a hundred years; an expiry at most thirty before us."""
    year, month, day = (int(p) if p.isdigit() else None for p in (text[:2], text[2:4], text[4:]))
    if year is not None:
        full = 2000 + year
        latest = today.year if born else today.year + 30
        year = full if full <= latest else full - 100
    if month is not None and not 1 <= month <= 12:
        month = None
    if day is not None and not 1 <= day <= 31:
        day = None
    return PartialDay(year, month, day if month else None)
