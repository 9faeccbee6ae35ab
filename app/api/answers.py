"""What the API answers, as frozen dataclasses: the contract with machines, kept apart from what pages need.

Where a workflow's own result is such a contract already (`workflows.holds.HoldShown`) it is
answered as it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from models.vocabulary import ApprovalState, ReferralState
from workflows.desk_lists import DeadlineLine, HoldLine, QueueRow
from workflows.holds import HoldShown
from workflows.post_lists import ArrivalShown
from workflows.referrals import Proposal
from workflows.settling import Keeps
from workflows.taking_back import ConsentShown


@dataclass(frozen=True)
class HintAnswer:
    """Somebody registered at this post who may be the same person; why, as codes."""

    case_number: str
    registered_on: date
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class RegisteredAnswer:
    """The case number that now stands for the person, and who they may already be."""

    case_number: str
    hints: tuple[HintAnswer, ...]
    elsewhere: int


@dataclass(frozen=True)
class ArrivalsAnswer:
    """A page of the arrivals of the post. `after` asks for the next page; null: there is none."""

    rows: tuple[ArrivalShown, ...]
    after: str | None


@dataclass(frozen=True)
class ConsentsAnswer:
    """The consents of a case, the newest first: recipient, days, what became of them. Nothing sealed."""

    consents: tuple[ConsentShown, ...]


@dataclass(frozen=True)
class StatusAnswer:
    """What has become of a case."""

    case_number: str
    status: str


@dataclass(frozen=True)
class QuestionAnswer:
    """A question of the card, with its words, the answers it takes, and the answer so far."""

    fact: str
    asks: str
    kind: str
    options: tuple[str, ...]
    private: bool
    wanted: bool
    bears_on: tuple[str, ...]
    value: Any
    why_unknown: str | None


@dataclass(frozen=True)
class QuestionsAnswer:
    """The card to ask next; null when nothing is left for this role.

    `version` is the sequence of the newest answers: send it as If-Match with the answers to this card.
    """

    case_number: str
    version: int
    card: str | None
    questions: tuple[QuestionAnswer, ...]
    urgent_settled: bool
    complete: bool
    elsewhere: tuple[str, ...]


@dataclass(frozen=True)
class InterviewQuestion:
    """A question that the account's body may ask, and what it recorded itself.

    elsewhere: another body recorded an answer, which is not told. differs: recorded answers disagree.
    """

    fact: str
    asks: str
    kind: str
    options: tuple[str, ...]
    wanted: bool
    bears_on: tuple[str, ...]
    value: Any
    why_unknown: str | None
    elsewhere: bool
    differs: bool


@dataclass(frozen=True)
class InterviewAnswer:
    """The card to ask next; null when the body has nothing left to ask.

    `version` is the sequence of the newest answers: send it as If-Match with the answers to this card.
    `told`: facts that are never asked, only recorded when told. `keeps`: what is shut, and what would settle
    it. `complete`: the body has asked all it may; `whole`: nobody has anything left to ask; `others`: how
    many questions of the complete screen only another body may ask.
    """

    case_number: str
    version: int
    card: str | None
    questions: tuple[InterviewQuestion, ...]
    told: tuple[InterviewQuestion, ...]
    keeps: tuple[Keeps, ...]
    urgent_settled: bool
    complete: bool
    whole: bool
    others: int


@dataclass(frozen=True)
class ProposalsAnswer:
    """The needs of a case, each with the desks that may meet it."""

    case_number: str
    proposals: tuple[Proposal, ...]


@dataclass(frozen=True)
class ReferralAnswer:
    """Where a referral stands. After a redirection `number` is the new one, if it went on by itself."""

    number: str
    state: ReferralState


@dataclass(frozen=True)
class QueueAnswer:
    """Referrals, as a list shows them: nothing that was sealed."""

    rows: tuple[QueueRow, ...]
    after: str | None


@dataclass(frozen=True)
class CareAnswer:
    """The case of a referral that was taken: the number that stands for the person, holds, clocks."""

    number: str
    state: ReferralState
    case_number: str | None
    status: str
    holds: tuple[HoldLine, ...]
    deadlines: tuple[DeadlineLine, ...]


@dataclass(frozen=True)
class HoldsAnswer:
    """The holds that shut something now."""

    case_number: str
    holds: tuple[HoldShown, ...]


@dataclass(frozen=True)
class LiftedAnswer:
    """A hold that was lifted."""

    case_number: str
    hold_id: UUID
    state: str


@dataclass(frozen=True)
class FoundAnswer:
    """Somebody found by name at this post."""

    case_number: str
    registered_on: date
    name: str
    decision: str


@dataclass(frozen=True)
class SearchAnswer:
    """Who was found, best first, and how many likely ones are registered elsewhere."""

    found: tuple[FoundAnswer, ...]
    elsewhere: int


@dataclass(frozen=True)
class TableAnswer:
    """A table that may be shown. null is withheld; `~` is the sum of several lines."""

    name: str
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    cells: tuple[tuple[int | None, ...], ...]
    row_totals: tuple[int | None, ...]
    column_totals: tuple[int | None, ...]
    total: int | None


@dataclass(frozen=True)
class WorkAnswer:
    """Work to do, counted to a ceiling."""

    overdue: int
    due_soon: int
    silent: int
    waiting: Mapping[str, int]


@dataclass(frozen=True)
class BoardAnswer:
    """The board of a month."""

    month: str
    tables: tuple[TableAnswer, ...]
    to_do: WorkAnswer
    smallest: int


@dataclass(frozen=True)
class FilesAnswer:
    """The files of an export by name, manifest.json among them."""

    files: Mapping[str, str]


@dataclass(frozen=True)
class ApprovalAnswer:
    """How a request for another account's approval stands, and until when it counts."""

    state: ApprovalState
    until: datetime


@dataclass(frozen=True)
class LogFinding:
    """One thing that is wrong with the log: the writer, the entry, what is wrong."""

    kind: str
    writer: str
    entry: int


@dataclass(frozen=True)
class LogAnswer:
    """What a check of the whole log found. `more` findings are not named."""

    at: datetime
    entries: int
    writers: int
    findings: tuple[LogFinding, ...]
    more: int


@dataclass(frozen=True)
class PackLine:
    """A pack in force."""

    code: str
    title: str
    country: str
    version: str
    status: str
    sha256: str
    languages: tuple[str, ...]


@dataclass(frozen=True)
class PacksAnswer:
    """The packs in force, by code."""

    packs: tuple[PackLine, ...]


@dataclass(frozen=True)
class PackAnswer:
    """What a pack can say: codes with their English words."""

    pack: PackLine
    profiles: Mapping[str, str]
    holds: Mapping[str, str]
    needs: Mapping[str, str]
    deadlines: Mapping[str, str]


@dataclass(frozen=True)
class FactLine:
    """A fact of a pack: the answers it takes, who may ask it, and before which actions it must be asked."""

    fact: str
    asks: str
    kind: str
    options: tuple[str, ...]
    open_list: str
    card: str
    who: frozenset[str]
    private: bool
    decided_by: str
    mandatory_for: frozenset[str]


@dataclass(frozen=True)
class FactsAnswer:
    """The facts of a pack."""

    pack: PackLine
    facts: tuple[FactLine, ...]
