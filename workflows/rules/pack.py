"""A pack as it applies on one day: immutable, effective after inheritance, hashed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from config.codes import read_in
from workflows.rules.conditions import Derived
from workflows.rules.pack_model import (
    AgencyRow,
    Calendar,
    CardText,
    Deadline,
    Fact,
    Hold,
    Invariant,
    Need,
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

#: For each of presumed and possible: strength -> how many rules of at least that strength suffice.
Thresholds = Mapping[str, Mapping[str, int]]


@dataclass(frozen=True, eq=False)
class Pack:
    """The rules of one jurisdiction on the day `on`. Two packs with one `sha256` say the same.

    `base` is the name of the pack it inherits, as `INT@2026.3`, or nothing. A field that is added here
    later needs a default, which is then not written into the hash (`canonical.py`).
    """

    code: str
    title: str
    country: str
    version: str
    status: str
    languages: tuple[str, ...]
    on: date
    sha256: str
    thresholds: Thresholds
    facts: Mapping[str, Fact]
    derived: Derived
    cards: Mapping[str, CardText]
    profiles: Mapping[str, Profile]
    rules: Mapping[str, Rule]
    needs: Mapping[str, Need]
    holds: Mapping[str, Hold]
    packets: Mapping[str, Packet]
    deadlines: tuple[Deadline, ...]
    routes: tuple[Route, ...]
    agencies: Mapping[str, AgencyRow]
    posts: Mapping[str, PostRow]
    calendar: Calendar | None
    sources: Mapping[str, SourceRow]
    invariants: Mapping[str, Invariant]
    vignettes: tuple[Vignette, ...]
    texts: Mapping[str, Mapping[str, str]]
    treaties: tuple[Treaty, ...] = ()
    asylum_procedure: str = ""
    asylum_procedure_note: str = ""
    valid_from: date | None = None
    base: str = ""
    owner: str = ""
    licence: str = ""
    #: What is dated of the country's rows; no part of what is hashed, as the day is none.
    spans: tuple[Span, ...] = ()

    @property
    def name(self) -> str:
        """`KAZ@2026.3`, as traces cite it."""
        return f"{self.code.upper()}@{self.version}"

    def bound_by(self, treaty: str, on: date) -> bool | None:
        """Whether the pack's country is bound by a treaty on a day; None when it is not known."""
        found = next((row for row in self.treaties if row.treaty == treaty), None)
        return None if found is None else found.binds(on)

    def text(self, id: str, language: str = "en") -> str:  # noqa: A002  # the word of the format
        """The text `id` (as `rule.UAC.1`) in `language` or the next of its script, else in English.

        Raises KeyError.
        """
        for one in read_in(language):
            found = self.texts.get(one, {}).get(id)
            if found:
                return found
        return self.texts["en"][id]

    def missing(self, language: str) -> tuple[str, ...]:
        """Ids of texts that are not translated into `language`, sorted."""
        return tuple(sorted(set(self.texts["en"]) - set(self.texts.get(language, {}))))
