"""What a loaded pack is: frozen rows with their place of origin. No reading of files, no logic."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from models.vocabulary import Action, AgencyKind, Clock, Role, Urgency
from workflows.rules.values import Json

if TYPE_CHECKING:  # conditions are built upon facts, and rules hold conditions
    from workflows.rules.conditions import Condition

#: Kinds of bodies that hold a public mandate: they decide within their functions unless their row says less.
PUBLIC_BODIES = frozenset(
    {
        AgencyKind.AUTHORITY,
        AgencyKind.BORDER,
        AgencyKind.POLICE,
        AgencyKind.SECURITY,
        AgencyKind.COURT,
        AgencyKind.HEALTH,
    }
)


#: How many days a consent counts where a packet says nothing.
CONSENT_DAYS = 90


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a row was written, and when it is valid (both days included)."""

    pack: str
    version: str
    file: str
    line: int
    locked: bool = False
    reason: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Fact:
    """A question (or observation) of the pack; `computed`, `derived` ones are never asked."""

    id: str
    kind: str
    origin: Origin
    ask: str = ""
    ask_note: str = ""
    options: tuple[str, ...] = ()
    labels: Mapping[str, str] = field(default_factory=dict)
    open_list: str = ""
    least: int | None = None
    most: int | None = None
    unit: str = ""
    card: str = ""
    who: frozenset[Role] = frozenset()
    private: bool = False
    observed: bool = False
    cost: int = 1
    usual: str = "half"
    protective: tuple[str, ...] = ()
    mandatory_for: frozenset[Action] = frozenset()
    purpose: str = "protection"
    restricted: str = ""
    decided_by: str = ""
    record_only: bool = False
    specific_need: tuple[str, ...] = ()
    keep: str = ""
    source: tuple[str, ...] = ()
    computed: str = ""
    derived: bool = False
    indicators: tuple[str, str, str] | None = None

    @property
    def askable(self) -> bool:
        """Whether an interview may propose it: a card, words or an observation, and no formula."""
        return bool(self.card) and not self.ask_note and not self.computed and not self.derived


@dataclass(frozen=True, slots=True)
class CardText:
    """One screen of related questions."""

    id: str
    says: str
    open: str
    private: bool
    order: int


@dataclass(frozen=True, slots=True)
class Profile:
    """A preliminary, cumulative reading of a person's situation."""

    code: str
    says: str
    means: str
    not_from: tuple[str, ...]
    urgency: Mapping[str, Urgency]
    group: str
    specific_need: tuple[str, ...]
    source: tuple[str, ...]
    basis: str
    origin: Origin


@dataclass(frozen=True, slots=True)
class Rule:
    """Evidence of some strength for one profile."""

    id: str
    says: str
    profile: str
    strength: str
    when: Condition
    source: tuple[str, ...]
    basis: str
    origin: Origin


@dataclass(frozen=True, slots=True)
class Need:
    """What somebody must get; opened when its condition is certainly true."""

    id: str
    says: str
    function: str
    when: Condition
    urgency: Urgency
    consent: bool
    automatic: bool
    source: tuple[str, ...]
    basis: str
    origin: Origin


@dataclass(frozen=True, slots=True)
class Hold:
    """A safeguard that shuts actions unless its condition is certainly false."""

    id: str
    says: str
    shuts: frozenset[Action]
    when: Condition
    lifted_by_decision: str
    lifted_by_body: str
    source: tuple[str, ...]
    basis: str
    origin: Origin


@dataclass(frozen=True, slots=True)
class Packet:
    """What may be told to whoever meets a need, and nothing else."""

    need: str
    fields: tuple[str, ...]
    facts: tuple[str, ...]
    profiles: tuple[str, ...]
    may_carry: tuple[str, ...]
    source: tuple[str, ...]
    basis: str
    #: How many days a person's consent counts, unless another last day is agreed with them.
    consent_days: int = CONSENT_DAYS


@dataclass(frozen=True, slots=True)
class Starter:
    """What starts or limits a clock or route: kind profile|need|hold|event|fact|agency, id, word."""

    kind: str
    id: str
    word: str = ""

    def __str__(self) -> str:
        return " ".join(part for part in (self.kind, self.id, self.word) if part)


@dataclass(frozen=True, slots=True)
class Deadline:
    """A legal clock: amount and unit of time after `starts`. `warn` is text as in the pack."""

    id: str
    starts: Starter
    only_if: Starter | None
    amount: int
    unit: str
    clock: Clock
    warn: str
    escalate_to: str
    says: str
    source: tuple[str, ...]
    basis: str
    origin: Origin


@dataclass(frozen=True, slots=True)
class Route:
    """Who meets a need in an area; lower order first."""

    need: str
    area: str
    agency: str
    order: int
    only_if: Starter | None
    source: tuple[str, ...]
    basis: str


@dataclass(frozen=True, slots=True)
class AgencyRow:
    """A body that can meet needs, as the pack knows it."""

    id: str
    names: Mapping[str, str]
    country: str
    functions: frozenset[str]
    kind: AgencyKind
    area: tuple[str, ...]
    channel: str
    contact: str
    hours: str
    languages: tuple[str, ...]
    desks: Mapping[str, DeskRow]
    verified: date | None
    source: tuple[str, ...]
    basis: str
    note: str
    decides: frozenset[str] | None = None

    @property
    def competent(self) -> frozenset[str]:
        """The functions in which the body decides, and does not only assist.

        What the pack says; else all functions of a public body, and none of any other.
        """
        if self.decides is not None:
            return self.decides
        return self.functions if self.kind in PUBLIC_BODIES else frozenset()


@dataclass(frozen=True, slots=True)
class DeskRow:
    """A queue of an agency for an area."""

    id: str
    names: Mapping[str, str]
    area: str


@dataclass(frozen=True, slots=True)
class PostRow:
    """A place where arrivals meet an officer."""

    id: str
    names: Mapping[str, str]
    country: str
    facing: str
    kind: str
    area: str
    lat: float | None
    lon: float | None
    languages: tuple[str, ...]
    hours: str
    source: tuple[str, ...]
    basis: str
    note: str


@dataclass(frozen=True, slots=True)
class Calendar:
    """Working days of a country; `confirmed_until` is the last day officials confirmed."""

    zone: str
    weekend: frozenset[int]
    confirmed_until: date | None
    holidays: Mapping[date, str]
    working_days: Mapping[date, str]


@dataclass(frozen=True, slots=True)
class Treaty:
    """What a country has to do with a treaty. `since` is a day, a year, or blank."""

    treaty: str
    status: str
    since: str
    note: str
    source: tuple[str, ...]
    basis: str

    def binds(self, on: date) -> bool | None:
        """Whether the country is bound on the day; None when the pack does not know since when.

        Limits bind too: what they are stands in the note.
        """
        if not self.status.startswith("party"):
            return False
        if len(self.since) == 4 and on.year != int(self.since):
            return on.year > int(self.since)
        return on >= date.fromisoformat(self.since) if len(self.since) == 10 else None


@dataclass(frozen=True, slots=True)
class Span:
    """From when until when a row of a country stands (both days included), whether it stands today or not."""

    row: str
    first: date | None
    last: date | None


@dataclass(frozen=True, slots=True)
class SourceRow:
    """What a trace cites."""

    id: str
    title: str
    link: str
    basis: str
    kind: str
    note: str


@dataclass(frozen=True, slots=True)
class Invariant:
    """What must hold for every person. `form` is one of the keys of the pack format."""

    id: str
    says: str
    form: str
    condition: Condition | None
    then: Condition | None
    names: tuple[str, ...]
    source: tuple[str, ...]
    excepted: tuple[Excepted, ...] = ()


@dataclass(frozen=True, slots=True)
class Excepted:
    """A profile that may give way to another one when `monotone` is proven, why, and by what source."""

    code: str
    reason: str
    source: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Vignette:
    """An invented or published person with what the pack must say of them."""

    file: str
    pack: str
    person: str
    case: str
    as_of: date
    raw_facts: Mapping[str, Json]
    expect: Mapping[str, str]
    require: tuple[str, ...]
    referrals: tuple[str, ...]
    forbid: tuple[Action, ...]
    must_not_label: tuple[str, ...]
    note: str
