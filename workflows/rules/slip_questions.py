"""Slips in questions and profiles that no condition reads: who asks, where, how it is sealed."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from models.vocabulary import Role
from workflows.rules.pack import Pack
from workflows.rules.pack_model import Fact, Profile
from workflows.rules.words import ASKERS, FACT_PURPOSES, FUNCTIONS, RESTRICTED

#: What was done: the row, in words, and the fields of the pack that differ.
Change = tuple[str, str, Mapping[str, Any]]


def questions(pack: Pack) -> Iterator[Change]:
    """Every field of a question that this pack wrote, one at a time."""
    for id_, row in pack.facts.items():
        if row.origin.pack == pack.code and not row.derived and not row.computed:
            for says, field in _fields(row):
                facts = {**pack.facts, id_: dataclasses.replace(row, **field)}
                yield f"fact {id_}", says, {"facts": MappingProxyType(facts)}


def groups(pack: Pack) -> Iterator[Change]:
    """A profile of another group, or without one of its codes."""
    for code, row in pack.profiles.items():
        if row.origin.pack == pack.code:
            for says, field in _of_profile(row):
                profiles = {**pack.profiles, code: dataclasses.replace(row, **field)}
                yield f"profile {code}", says, {"profiles": MappingProxyType(profiles)}


def _fields(row: Fact) -> Iterator[tuple[str, dict[str, Any]]]:
    for role in map(Role, ASKERS) if row.who else ():
        may = role in row.who
        who = row.who - {role} if may else row.who | {role}
        yield f"{role.value} {'no longer asks' if may else 'asks too'}", {"who": who}
    yield f"private {row.private} becomes {not row.private}", {"private": not row.private}
    yield f"observed {row.observed} becomes {not row.observed}", {"observed": not row.observed}
    yield from _word("purpose", row.purpose, FACT_PURPOSES)
    yield from _word("restricted", row.restricted, ("", *RESTRICTED))
    yield from _word("decided_by", row.decided_by, ("", *FUNCTIONS))
    for word in row.protective:
        rest = tuple(other for other in row.protective if other != word)
        yield f"{word} no longer protects", {"protective": rest}
    for name, limit in (("least", row.least), ("most", row.most)):
        if limit is not None:
            yield f"{name} {limit} becomes {limit + 1}", {name: limit + 1}
    for code in row.specific_need:
        rest = tuple(other for other in row.specific_need if other != code)
        yield f"the code {code} is left out", {"specific_need": rest}


def _word(name: str, word: str, words: Sequence[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    """The next word, and none where there is one."""
    for other in dict.fromkeys((words[(list(words).index(word) + 1) % len(words)], words[0])):
        if other != word:
            yield f"{name} {word or 'none'} becomes {other or 'none'}", {name: other}


def _of_profile(row: Profile) -> Iterator[tuple[str, dict[str, Any]]]:
    words = ("protection", "other", "security")
    yield from _word("group", row.group, words)
    for code in row.specific_need:
        rest = tuple(other for other in row.specific_need if other != code)
        yield f"the code {code} is left out", {"specific_need": rest}
