"""A pack while it is being read: rows of the base and of the country, added one layer at a time.

Adding checks that ids are new (or may be replaced) and notes English texts; `packs.py` freezes it.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from workflows.rules.conditions import Condition, Grammar
from workflows.rules.pack_model import (
    AgencyRow,
    Calendar,
    CardText,
    Deadline,
    Fact,
    Hold,
    Invariant,
    Need,
    Origin,
    Packet,
    PostRow,
    Profile,
    Route,
    Rule,
    SourceRow,
    Span,
    Treaty,
    Vignette,
)
from workflows.rules.yaml_strict import Document, Place


@dataclass(frozen=True)
class Layer:
    """One folder: code, version, whether it inherits, the day it is read for, and its country."""

    code: str
    version: str
    inherits: bool
    on: date
    country: str = ""

    @property
    def name(self) -> str:
        """`INT@2026.3`, as traces cite it."""
        return f"{self.code.upper()}@{self.version}"

    def origin(self, document: Document, place: Place, row: Mapping[str, Any]) -> Origin:
        """Where a row came from. Raises `PackError` when an inheriting pack gives no reason."""
        if self.inherits and not row.get("reason"):
            raise document.error(place, "no key reason", "a reason: this pack adds to its base")
        return Origin(
            pack=self.code,
            version=self.version,
            file=document.file,
            line=document.line(place),
            locked=bool(row.get("locked")),
            reason=row.get("reason", ""),
            note=row.get("note", ""),
        )

    def valid(self, row: Mapping[str, Any]) -> bool:
        """Whether the row is in force on the day."""
        first, last = row.get("valid_from"), row.get("until")
        return not (first and first > self.on) and not (last and last < self.on)


@dataclass
class Draft:
    """Everything read so far, by id."""

    facts: dict[str, Fact] = field(default_factory=dict)
    derived: dict[str, Condition] = field(default_factory=dict)
    indicators: list[tuple[str, str, str, str, str]] = field(default_factory=list)
    cards: dict[str, CardText] = field(default_factory=dict)
    profiles: dict[str, Profile] = field(default_factory=dict)
    rules: dict[str, Rule] = field(default_factory=dict)
    needs: dict[str, Need] = field(default_factory=dict)
    holds: dict[str, Hold] = field(default_factory=dict)
    packets: dict[str, Packet] = field(default_factory=dict)
    deadlines: list[Deadline] = field(default_factory=list)
    routes: list[Route] = field(default_factory=list)
    agencies: dict[str, AgencyRow] = field(default_factory=dict)
    posts: dict[str, PostRow] = field(default_factory=dict)
    calendar: Calendar | None = None
    treaties: dict[str, Treaty] = field(default_factory=dict)
    sources: dict[str, SourceRow] = field(default_factory=dict)
    invariants: dict[str, Invariant] = field(default_factory=dict)
    vignettes: list[Vignette] = field(default_factory=list)
    texts: dict[str, dict[str, str]] = field(default_factory=lambda: {"en": {}})
    cited: list[tuple[Document, Place, str]] = field(default_factory=list)
    #: dated rows of what belongs to a country, also those that do not stand on the day
    spans: list[Span] = field(default_factory=list)
    #: texts of rows that are not in force on the day: translations of them are no mistake
    asleep: set[str] = field(default_factory=set)

    def copy(self) -> Draft:
        """A draft of its own with the same rows, for a country to build upon.

        What the base cites is looked up in the base; its vignettes stay there.
        """
        tables: dict[str, Any] = {}
        for one in dataclasses.fields(self):
            value = getattr(self, one.name)
            tables[one.name] = value.copy() if isinstance(value, dict | list | set) else value
        texts = {language: dict(own) for language, own in self.texts.items()}
        return Draft(**{**tables, "texts": texts, "cited": [], "vignettes": []})

    def add(
        self, table: dict[str, Any], id_: str, row: Any, document: Document, place: Place
    ) -> None:
        """Put `row` into `table`; an id that is there already is refused."""
        if id_ in table:
            raise document.error(place, f"{id_} a second time", "a new id; see overlay.yaml")
        table[id_] = row

    def say(self, id_: str, text: str) -> None:
        """Note an English text of a row."""
        if text:
            self.texts["en"][id_] = text

    def date(self, name: str, row: Mapping[str, Any]) -> None:
        """Note from when until when a row stands, if it says so."""
        first, last = row.get("valid_from"), row.get("until")
        if first or last:
            self.spans.append(Span(name, first, last))

    def sleep(self, id_: str) -> None:
        """Note that the row of this text is not in force on the day."""
        self.asleep.add(id_)

    def sleeps(self, id_: str) -> bool:
        """Whether the text belongs to a row that is not in force on the day."""
        return any(id_ == own or id_.startswith(f"{own}.") for own in self.asleep)

    def cite(self, document: Document, place: Place, sources: tuple[str, ...]) -> None:
        """Remember which sources a row names; they are looked up when all are read."""
        self.cited.extend((document, place, source) for source in sources)

    def rule_grammar(self) -> Grammar:
        """What rules and derived facts may speak of."""
        return Grammar(self.facts)

    def output_grammar(self) -> Grammar:
        """What needs and holds may speak of."""
        return Grammar(self.facts, frozenset(self.profiles), modal=True)

    def invariant_grammar(self) -> Grammar:
        """What invariants may speak of."""
        outputs = {"need": frozenset(self.needs), "hold": frozenset(self.holds)}
        return Grammar(self.facts, frozenset(self.profiles), modal=True, outputs=outputs)
