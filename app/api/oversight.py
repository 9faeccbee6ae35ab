"""Figures, the log's soundness and the rules by machine: nothing here names a person or a case."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flask_smorest import Blueprint

from app.api.answers import (
    ApprovalAnswer,
    BoardAnswer,
    FactLine,
    FactsAnswer,
    FilesAnswer,
    LogAnswer,
    LogFinding,
    PackAnswer,
    PackLine,
    PacksAnswer,
    TableAnswer,
    WorkAnswer,
)
from app.api.door import reads, writes
from app.schemas.figures import FiguresSchema
from app.schemas.queries import MonthSchema
from workflows import accountability, boards, pack_lists, releases
from workflows.disclosure.published import PublishedTable
from workflows.errors import NotFound
from workflows.policy import Act
from workflows.releases import FiguresRequest
from workflows.rules.pack import Pack
from workflows.work import Work

blueprint = Blueprint("oversight", __name__, description="Figures, the log, the rules.")


@reads(blueprint, "/board", Act.VIEW_BOARD, query=MonthSchema, gives=BoardAnswer)
def show_board(work: Work, month: str | None) -> BoardAnswer:
    """The board of a month, the newest where none is named: small cells are withheld here too."""
    board = boards.board(work, month)
    if board is None:
        raise NotFound
    tables = [board.weeks, board.by_post, board.week_post, board.profile_sex, board.profile_age]
    to_do = board.to_do
    return BoardAnswer(
        month=board.month,
        tables=tuple(_table(table) for table in tables if table is not None),
        to_do=WorkAnswer(
            to_do.overdue,
            to_do.due_soon,
            to_do.silent,
            {word.value: count for word, count in to_do.waiting.items()},
        ),
        smallest=board.smallest,
    )


def _table(table: PublishedTable) -> TableAnswer:
    return TableAnswer(
        name=table.name,
        rows=table.row_codes,
        columns=table.column_codes,
        cells=tuple(
            tuple(table.cells.get((row, column)) for column in table.column_codes)
            for row in table.row_codes
        ),
        row_totals=_figures(table.row_totals, table.row_codes),
        column_totals=_figures(table.column_totals, table.column_codes),
        total=table.total,
    )


def _figures(totals: Mapping[str, int | None], codes: Sequence[str]) -> tuple[int | None, ...]:
    return tuple(totals.get(code) for code in codes)


@writes(
    blueprint,
    "/figures/approvals",
    Act.EXPORT_FIGURES,
    takes=FiguresSchema,
    gives=ApprovalAnswer,
    status=201,
)
def ask_for_figures(work: Work, command: FiguresRequest) -> ApprovalAnswer:
    """Ask another account to approve exactly this export. A person answers, at the pages, not a machine."""
    asked = releases.ask(work, command)
    return ApprovalAnswer(asked.state, asked.expires_at)


@writes(
    blueprint,
    "/figures/releases",
    Act.EXPORT_FIGURES,
    takes=FiguresSchema,
    gives=FilesAnswer,
    status=201,
)
def release_figures(work: Work, command: FiguresRequest) -> FilesAnswer:
    """Make an export that another account approved: tables as CSV, small cells withheld, and the manifest.

    That it left is recorded. Without an approval of exactly this it is 409 `approval_missing`.

    The files are figures that may leave, so a key keeps them: sent again, the very same come back.
    """
    return FilesAnswer(releases.release(work, command).files)


@writes(blueprint, "/log/checks", Act.VERIFY_LOG, gives=LogAnswer, status=201)
def check_log(work: Work) -> LogAnswer:
    """Check the whole log now, and record that it was checked."""
    found = accountability.check_log(work)
    return LogAnswer(
        at=found.at,
        entries=found.entries,
        writers=found.writers,
        findings=tuple(LogFinding(**finding) for finding in found.findings),
        more=found.more,
    )


@reads(blueprint, "/packs", Act.VIEW_PACKS, gives=PacksAnswer)
def list_packs(work: Work) -> PacksAnswer:
    """The packs in force, with their hashes as assessments cite them."""
    return PacksAnswer(tuple(_pack(pack) for pack in pack_lists.packs_in_force(work)))


@reads(blueprint, "/packs/<code>", Act.VIEW_PACKS, gives=PackAnswer)
def show_pack(work: Work, code: str) -> PackAnswer:
    """What a pack can say: profiles, holds, needs and deadlines with their English words."""
    pack = pack_lists.pack_in_force(work, code)
    return PackAnswer(
        pack=_pack(pack),
        profiles={code: profile.says for code, profile in pack.profiles.items()},
        holds={hold.id: hold.says for hold in pack.holds.values()},
        needs={need.id: need.says for need in pack.needs.values()},
        deadlines={deadline.id: deadline.says for deadline in pack.deadlines},
    )


@reads(blueprint, "/packs/<code>/facts", Act.VIEW_PACKS, gives=FactsAnswer)
def list_facts(work: Work, code: str) -> FactsAnswer:
    """The facts of a pack: every question there is, who may ask it, and which answers it takes."""
    pack = pack_lists.pack_in_force(work, code)
    facts = tuple(
        FactLine(
            fact=fact.id,
            asks=fact.ask,
            kind=fact.kind,
            options=fact.options,
            open_list=fact.open_list,
            card=fact.card,
            who=frozenset(role.value for role in fact.who),
            private=fact.private,
            decided_by=fact.decided_by,
            mandatory_for=frozenset(action.value for action in fact.mandatory_for),
        )
        for fact in pack.facts.values()
    )
    return FactsAnswer(_pack(pack), facts)


def _pack(pack: Pack) -> PackLine:
    return PackLine(
        pack.code, pack.title, pack.country, pack.version, pack.status, pack.sha256, pack.languages
    )
