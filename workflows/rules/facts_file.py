"""Facts of a person from a JSON object, for machines: strict, with the line of what does not fit.

An assessment of a wrong file would be worse than none: nothing is guessed, dropped, or read as no. What
is not in the file was not asked. Errors name the fact and its line, never what was answered.
"""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Collection, Iterator, Mapping
from datetime import date
from typing import Any

from workflows.rules.computed import with_computed
from workflows.rules.faults import AnswerError, FactsError
from workflows.rules.pack import Pack
from workflows.rules.pack_checks import READS
from workflows.rules.pack_model import Fact
from workflows.rules.parsing import parse_value
from workflows.rules.values import NOT_ASKED, Answer, Choice, Days, Facts, WhyUnknown

#: The largest file of facts.
MOST_BYTES = 1_000_000
_OBJECT = "a JSON object of fact to value"
_TOKEN = re.compile(r'(?P<key>"(?:[^"\\]|\\.)*"\s*:)|"(?:[^"\\]|\\.)*"|[{}\[\]]')
#: Computed facts that may be stated too: they are then put together with what they are computed from.
_STATED = frozenset(READS)


def read_facts(
    raw: bytes, name: str, pack: Pack, as_of: date, countries: Collection[str] = ()
) -> Facts:
    """What a JSON object says of a person, as facts of `pack`.

    Args:
        raw: UTF-8, at most 1 MB. Values as in a vignette (docs/packs.md), or as a trace writes them;
            `true` and `false` are yes and no, `null` is not asked.
        name: stands for the file in errors.
        pack: whose facts they are.
        as_of: the day of the assessment; a birth after it contradicts itself.
        countries: the known country codes; none: any three capital letters are taken.

    Raises:
        FactsError: with the line and the fact.
    """
    known: dict[str, Answer] = {}
    lines: dict[str, int] = {}
    for fact, value, line in _pairs(_text(raw, name), name):
        lines[fact] = line
        known[fact] = _answer(name, line, _fact(pack, name, line, fact), value, countries)
    _refuse_contradictions(pack, known, as_of, name, lines)
    return known


def _text(raw: bytes, name: str) -> str:
    if len(raw) > MOST_BYTES:
        raise FactsError(name, 0, f"{len(raw)} bytes", f"at most {MOST_BYTES} bytes")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise FactsError(name, line, "bytes that are no UTF-8 text", "UTF-8") from error


def _pairs(text: str, name: str) -> Iterator[tuple[str, Any, int]]:
    """Key, value and line of each pair of the object that `text` is."""
    try:
        data = json.loads(
            text, object_pairs_hook=_once, parse_float=_refused, parse_constant=_refused
        )
    except json.JSONDecodeError as error:
        found = f"no JSON (column {error.colno}: {error.msg})"
        raise FactsError(name, error.lineno, found, _OBJECT) from error
    except (ValueError, RecursionError) as error:
        # Our own refusals, numbers of thousands of digits, nesting without end.
        found = str(error) if isinstance(error, _Refused) else "a value that is none"
        raise FactsError(
            name, _first_line(text, error), found, "whole numbers, each key once"
        ) from error
    if not isinstance(data, dict):
        raise FactsError(name, 1, f"a {type(data).__name__}", _OBJECT)
    yield from zip(data, data.values(), _key_lines(text), strict=True)


def _key_lines(text: str) -> Iterator[int]:
    """The line of each key of the outermost object of valid JSON, in order."""
    depth = 0
    for token in _TOKEN.finditer(text):
        if token[0] in ("{", "["):
            depth += 1
        elif token[0] in ("}", "]"):
            depth -= 1
        elif token["key"] and depth == 1:
            yield text.count("\n", 0, token.start()) + 1


class _Refused(ValueError):
    """Something JSON allows and facts do not; `written` is how it stands in the text."""

    def __init__(self, says: str, written: str) -> None:
        self.written = written
        super().__init__(says)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for key, value in pairs:
        if key in made:
            raise _Refused(f"the key {json.dumps(key[:60])} a second time", f"{json.dumps(key)}")
        made[key] = value
    return made


def _refused(text: str) -> Any:
    raise _Refused(f"the number {text[:20]}", text)


def _first_line(text: str, error: Exception) -> int:
    """The line of what was refused; of a key the second time it stands there. 0 when not found."""
    if not isinstance(error, _Refused):
        return 0
    at = text.find(error.written)
    if error.written.startswith('"'):
        at = max(at, text.find(error.written, at + 1))
    return text.count("\n", 0, at) + 1 if at >= 0 else 0


def _fact(pack: Pack, name: str, line: int, id_: str) -> Fact:
    fact = pack.facts.get(id_)
    if fact is None:
        near = difflib.get_close_matches(id_, list(pack.facts), n=3)
        found = f"no fact of {pack.name}: {json.dumps(id_[:60])}"
        allowed = f"near: {', '.join(near)}" if near else "see `serai pack facts`"
        raise FactsError(name, line, found, allowed)
    if fact.derived or (fact.computed and fact.computed not in _STATED):
        raise FactsError(
            name, line, f"{id_}, which is worked out", "the facts it is worked out from"
        )
    return fact


def _answer(name: str, line: int, fact: Fact, value: Any, countries: Collection[str]) -> Answer:
    if isinstance(value, str) and not value.strip():
        raise _misfit(name, line, fact, "a value, or why it is not known")
    try:
        answer = Answer(*parse_value(fact, value))
    except AnswerError as error:
        raise _misfit(name, line, fact, error.allowed) from error
    words = answer.value.words if isinstance(answer.value, Choice) else frozenset[str]()
    if fact.open_list == "countries" and countries and not words <= set(countries):
        raise _misfit(name, line, fact, "a country by its three letters (KAZ)")
    return answer


def _misfit(name: str, line: int, fact: Fact, allowed: str) -> FactsError:
    return FactsError(name, line, f"a value of {fact.id} that does not fit", allowed)


def _refuse_contradictions(
    pack: Pack, known: Facts, as_of: date, name: str, lines: Mapping[str, int]
) -> None:
    """An age that its birth rules out, a birth or an arrival after the day: refused, not averaged."""
    day = as_of.isoformat()
    for read, _ in READS.values():
        value = known.get(read, NOT_ASKED).value
        if isinstance(value, Days) and value.lo is not None and value.lo > as_of:
            raise FactsError(name, lines[read], f"{read} after the day", f"days until {day}")
    for id_, answer in with_computed(pack, known, as_of).items():
        formula = pack.facts[id_].computed
        if formula not in READS or answer.why is not WhyUnknown.CONTRADICTORY:
            continue
        parts = [part for part in (READS[formula][0], id_) if part in lines]
        if any(known[part].why is WhyUnknown.CONTRADICTORY for part in parts):
            continue  # said to be contradictory, which is an answer
        found = f"{' and '.join(parts)} that contradict"
        raise FactsError(name, lines[parts[-1]], found, f"what can be true together on {day}")
