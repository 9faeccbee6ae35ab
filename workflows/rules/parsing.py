"""From what somebody typed, ticked or wrote in a vignette to a value of a fact.

It judges form only (kind, options, bounds), and says in words what is allowed. It never guesses: what
does not fit is refused, and the field keeps what was typed.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from workflows.rules.faults import AnswerError
from workflows.rules.pack_model import Fact
from workflows.rules.values import Choice, Days, Interval, Several, Value, WhyUnknown

_COUNTRY = re.compile(r"[A-Z]{3}\Z")
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*\Z")
_RANGE = re.compile(r"(\d{1,9})?\.\.(\d{1,9})?\Z")
_DAY = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?\Z")
#: No number of a person is larger; programs read larger ones as endless.
MOST = 999_999_999
_UNKNOWN = {why.value: why for why in WhyUnknown}


def parse_value(fact: Fact, raw: object) -> tuple[Value | None, WhyUnknown | None]:
    """The value and why it is unknown (one of them is None). Raises `AnswerError`.

    `raw` is text, a whole number, a list or a map as in a vignette (docs: pack format, "Answers").
    """
    if isinstance(raw, str) and raw.strip() in _UNKNOWN:
        return None, _UNKNOWN[raw.strip()]
    if raw is None or raw == "":
        return None, WhyUnknown.NOT_ASKED
    value = _PARSERS[fact.kind](fact, raw.strip() if isinstance(raw, str) else raw)
    return value, None


def _yes_no(fact: Fact, raw: object) -> Value:
    if raw == "yes" or raw is True:
        return True
    if raw == "no" or raw is False:
        return False
    raise AnswerError(fact.id, f"yes, no, or why it is not known: {', '.join(_UNKNOWN)}")


def _number(fact: Fact, raw: object) -> Value:
    lo, hi = _bounds(fact, raw)
    least, most = fact.least or 0, min(MOST if fact.most is None else fact.most, MOST)
    outside = any(n is not None and not least <= n <= most for n in (lo, hi))
    if outside or (lo is None and hi is None) or (lo is not None and hi is not None and lo > hi):
        raise AnswerError(fact.id, _allowed_number(fact))
    return Interval(lo, hi)


def _allowed_number(fact: Fact) -> str:
    most = "" if fact.most is None else f" to {fact.most}"
    return f"a whole number from {fact.least or 0}{most}, or a span as 14..16"


def _bounds(fact: Fact, raw: object) -> tuple[int | None, int | None]:
    if isinstance(raw, bool):
        raise AnswerError(fact.id, _allowed_number(fact))
    if isinstance(raw, int):
        return raw, raw
    if isinstance(raw, str) and raw.isascii() and raw.isdigit() and len(raw) <= 9:
        return int(raw), int(raw)
    span = _RANGE.match(raw) if isinstance(raw, str) else None
    if span:
        return tuple(int(n) if n else None for n in span.groups())  # type: ignore[return-value]  # the pattern has two groups
    if isinstance(raw, Mapping) and raw and set(raw) <= {"least", "most"}:
        least, most = raw.get("least"), raw.get("most")
        if all(n is None or type(n) is int for n in (least, most)):
            return least, most
    if isinstance(raw, list) and len(raw) == 2 and all(n is None or type(n) is int for n in raw):
        return raw[0], raw[1]
    raise AnswerError(fact.id, _allowed_number(fact))


_ALLOWED_DATE = "a day as 2011-03-04, a year as 2011, a month as 2011-03, or a span as 2010..2012"


def _date(fact: Fact, raw: object) -> Value:
    if isinstance(raw, date):
        return Days(raw, raw)
    if isinstance(raw, Mapping) and set(raw) == {"age", "on"}:
        return _born(fact, raw)
    if isinstance(raw, int) and not isinstance(raw, bool):
        raw = str(raw)
    if isinstance(raw, list) and len(raw) == 2 and {str, type(None)} >= set(map(type, raw)):
        raw = f"{raw[0] or ''}..{raw[1] or ''}"
    if not isinstance(raw, str):
        raise AnswerError(fact.id, _ALLOWED_DATE)
    first, dots, last = raw.partition("..")
    lo = _day(fact, first, end=False) if first else None
    hi = _day(fact, last if dots else first, end=True) if (last if dots else first) else None
    if (lo is None and hi is None) or (lo is not None and hi is not None and lo > hi):
        raise AnswerError(fact.id, _ALLOWED_DATE)
    return Days(lo, hi)


def _day(fact: Fact, text: str, *, end: bool) -> date:
    match = _DAY.match(text)
    if not match:
        raise AnswerError(fact.id, _ALLOWED_DATE)
    year, month, day = (int(part) if part else None for part in match.groups())
    try:
        assert year is not None
        month = month or (12 if end else 1)
        day = day or (calendar.monthrange(year, month)[1] if end else 1)
        return date(year, month, day)
    except (ValueError, calendar.IllegalMonthError) as error:
        raise AnswerError(fact.id, _ALLOWED_DATE) from error


def _born(fact: Fact, raw: Mapping[Any, Any]) -> Days:
    """Birth from an age on a day: 15 on 2026-03-01 means born 2010-03-02 to 2011-03-01."""
    youngest, oldest = _bounds(fact, raw["age"])
    on = _day(fact, str(raw["on"]), end=False)
    fits = youngest is not None and oldest is not None and 0 <= youngest <= oldest <= 130
    if not fits or on.year < 1000:
        raise AnswerError(
            fact.id, "an age from 0 to 130, or a span as 14..16, and the day it was so"
        )
    assert youngest is not None
    assert oldest is not None
    return Days(_day_after(years_before(on, oldest + 1)), years_before(on, youngest))


def years_before(day: date, years: int) -> date:
    """The same day `years` years earlier; 29 February becomes 28 February in a common year."""
    if day.month == 2 and day.day == 29 and not calendar.isleap(day.year - years):
        return date(day.year - years, 2, 28)
    return day.replace(year=day.year - years)


def _day_after(day: date) -> date:
    return date.fromordinal(day.toordinal() + 1)


def _choice(fact: Fact, raw: object) -> Value:
    if isinstance(raw, Mapping) and set(raw) == {"one of"}:
        raw = raw["one of"]
    given = list(raw) if isinstance(raw, list | tuple | set | frozenset) else [raw]
    words = frozenset(word for word in given if isinstance(word, str) and is_option(fact, word))
    if not given or len(words) != len(given):
        raise AnswerError(fact.id, allowed_options(fact))
    return Choice(words)


def _several(fact: Fact, raw: object) -> Value:
    if raw == "none":
        return Several(frozenset(), frozenset(fact.options))
    if isinstance(raw, str):
        raw = [raw]
    pairs = list(raw.items()) if isinstance(raw, Mapping) else None
    if pairs is None and isinstance(raw, list | tuple | set | frozenset):
        pairs = [(item, "yes") for item in raw]
    known = [
        (item, _SO.get(so) if isinstance(so, str | bool) else None) for item, so in pairs or ()
    ]
    fits = pairs is not None and all(i in fact.options and so is not None for i, so in known)
    if not fits or len({item for item, _ in known}) != len(known):
        raise AnswerError(fact.id, f"{allowed_options(fact)}; or none")
    yes = frozenset(item for item, so in known if so == "yes")
    return Several(yes, frozenset(item for item, so in known if so == "no"))


#: What may be said of one item; whatever says that it is not known leaves the item open.
_SO: dict[str | bool, str] = {
    "yes": "yes",
    "no": "no",
    True: "yes",
    False: "no",
    **{why.value: "unknown" for why in WhyUnknown},
}


def is_option(fact: Fact, word: str) -> bool:
    """Whether a choice fact may hold `word`."""
    if fact.open_list == "countries":
        return bool(_COUNTRY.match(word))
    if fact.open_list == "languages":
        return bool(_LANGUAGE.match(word))
    return word in fact.options


def allowed(fact: Fact) -> str:
    """What may be answered to a fact, as one line; why it is not known may always be answered."""
    match fact.kind:
        case "yes-no":
            return "yes, no"
        case "years" | "quantity":
            return _allowed_number(fact)
        case "date":
            return _ALLOWED_DATE
        case "several":
            return f"{allowed_options(fact)}; or none"
        case _:
            return allowed_options(fact)


def allowed_options(fact: Fact) -> str:
    """What a choice or several fact may hold, as one line."""
    if fact.open_list == "countries":
        return "three capital letters of ISO 3166 (KAZ)"
    if fact.open_list == "languages":
        return "a language code (ru)"
    return ", ".join(fact.options)


_PARSERS: dict[str, Callable[[Fact, object], Value]] = {
    "yes-no": _yes_no,
    "years": _number,
    "quantity": _number,
    "date": _date,
    "choice": _choice,
    "several": _several,
}
