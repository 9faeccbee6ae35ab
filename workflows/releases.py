"""Exact tables for a named partner: which tables of which period, what they would show, and the files.

A file is made safe together with every exact file of the country that was made before
(`workflows.disclosure.exact`). It leaves under an agreement, once another account has approved exactly this
question under the rules of the day. What was released is kept with its manifest and, sealed, with what it
told; the files are not.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from hashlib import sha256
from uuid import UUID, uuid4

from models.figures import Release
from workflows import agreements, approvals
from workflows.approvals import Request
from workflows.boards import Scope, last_months, scope_of
from workflows.disclosure.dimensions import FAMILIES, FIXED, month_of
from workflows.disclosure.errors import DisclosureError
from workflows.disclosure.exact import SMALLEST, Decided, decide
from workflows.disclosure.exports import Export, ExportRequest, make_export
from workflows.disclosure.grids import Policy
from workflows.disclosure.published import PublishedTable
from workflows.errors import InvalidCommand
from workflows.exact_releases import Question, keep, prepared, told_so_far
from workflows.policy import Act
from workflows.rules.pack import Pack
from workflows.work import Work

#: What may be exported: key -> the table's rows and columns. Nothing else can be counted.
TABLES: dict[str, tuple[str, str | None]] = {
    "week-post": ("week", "post"),
    "month-post": ("month", "post"),
    "profile-sex": ("profile", "sex"),
    "profile-age": ("profile", "age_band"),
    "profile-sex-age": ("profile", "sex_age"),
    "need-sex": ("need", "sex"),
    "region-sex": ("region", "sex"),
    "acknowledged-referral": ("acknowledged", "referral"),
    "outcome-referral": ("outcome", "referral"),
}

#: What a table may be built of, in reading order.
BREAKDOWNS = (
    *("month", "week", "province", "post", "region", "sex", "age_band", "sex_age"),
    *("profile", "need", "referral", "outcome", "acknowledged", "language"),
)


def key_of(rows: str, columns: str | None = None) -> str:
    """The key of the table by `rows` and `columns`: of a ready-made one, else `rows.columns`."""
    ready = next((key for key, pair in _READY.items() if pair == (rows, columns)), None)
    return ready or (f"{rows}.{columns}" if columns else rows)


def _fits(rows: str, columns: str) -> bool:
    return not set(FAMILIES[rows]) & set(FAMILIES[columns])


_READY = dict(TABLES)
TABLES |= {key_of(rows): (rows, None) for rows in BREAKDOWNS}
TABLES |= {
    key_of(rows, columns): (rows, columns)
    for rows in BREAKDOWNS
    for columns in BREAKDOWNS
    if _fits(rows, columns)
}
#: The keys of the ready-made ones.
READY = tuple(_READY)

_COARSER = {"sex_age": "sex", "week": "month", "post": "province"}
_PERIOD = re.compile(r"(\d{4})-(?:(0[1-9]|1[0-2])|Q([1-4]))")


@dataclass(frozen=True, kw_only=True)
class FiguresRequest:
    """Which tables, of which month (`2026-10`) or quarter (`2026-Q4`), at which post (None: all in scope), of
    which sex and age band (None: all), and under which agreement (None: only to look).
    """

    period: str
    tables: tuple[str, ...]
    post: str | None = None
    sex: str | None = None
    age_band: str | None = None
    agreement: UUID | None = None

    @property
    def only(self) -> dict[str, str]:
        """The further limits."""
        limits = {"sex": self.sex, "age_band": self.age_band}
        return {name: code for name, code in limits.items() if code}


@dataclass(frozen=True)
class Figures:
    """What a request gives: safe tables, with what is needed to name their codes.

    `approval` is the actor's own newest request for another account to approve exactly this.
    """

    request: FiguresRequest
    tables: tuple[PublishedTable, ...]
    posts: Mapping[str, Mapping[str, str]]
    packs: tuple[Pack, ...]
    smallest: int
    decided: Decided
    #: How many exact files of the country there were when it was compared.
    files_before: int
    partner: str | None = None
    approval: Request | None = None
    #: Whether the period goes on: what is told of it now will not be so tomorrow.
    running: bool = False


@dataclass(frozen=True)
class Choices:
    """What may be asked for now: periods, newest first, posts, and partners by agreement."""

    periods: tuple[str, ...]
    posts: Mapping[str, Mapping[str, str]]
    partners: Mapping[UUID, str]


def choices(work: Work) -> Choices:
    """The periods and posts that a request may name: months and quarters of the last two years."""
    work.allow(Act.EXPORT_FIGURES, detail={"view": "choices"})
    return Choices(_offered(work), scope_of(work).posts, agreements.in_force(work))


def _offered(work: Work) -> tuple[str, ...]:
    """Months and quarters of the last two years: none that lies ahead, and nothing finer."""
    months = last_months(work.now.date())
    return (*months, *dict.fromkeys(f"{m[:4]}-Q{(int(m[5:]) + 2) // 3}" for m in months))


def figures(work: Work, request: FiguresRequest) -> Figures:
    """The tables as they would leave, all protected together. Nothing leaves and nothing is kept.

    Raises:
        InvalidCommand: a period, table or post that is not offered; `field` names it.
        TablesOverlap, TableTooLarge: from disclosure control.
    """
    work.allow(Act.EXPORT_FIGURES, detail={"view": "preview", "period": request.period})
    made = _figures(work, request, scope_of(work))
    return replace(made, approval=approvals.state_of(work, Act.EXPORT_FIGURES, _what(work, made)))


def ask(work: Work, request: FiguresRequest) -> Request:
    """Ask another account to approve that the files of exactly this leave.

    Raises:
        InvalidCommand, TablesOverlap, TableTooLarge: as `figures`: what cannot leave is not asked for.
    """
    work.allow(Act.EXPORT_FIGURES, detail={"view": "ask", "period": request.period})
    made = _figures(work, request, scope_of(work))
    if made.partner is None:
        raise InvalidCommand(field="agreement")
    told = {
        "period": request.period,
        "tables": list(request.tables),
        "post": request.post or "",
        **request.only,
        "agreement": str(request.agreement),
        "partner": made.partner,
        "packs": [f"{pack.code} {pack.version}" for pack in made.packs],
    }
    what = _what(work, made)
    approvals.ask(work, Act.EXPORT_FIGURES, what, told=told)
    asked = approvals.state_of(work, Act.EXPORT_FIGURES, what)
    assert asked is not None  # made above, in this transaction
    return asked


def asked_for(work: Work) -> tuple[tuple[FiguresRequest, Request], ...]:
    """The actor's own requests of the last day that are not used: what was asked, and how it stands."""
    work.allow(Act.EXPORT_FIGURES, detail={"view": "asked"})
    found = []
    for one in approvals.own(work, Act.EXPORT_FIGURES):
        # What is told is a help for readers and is not signed: it is taken for no more than it can be.
        told, tables = one.told, tuple(key for key in TABLES if key in one.told.get("tables", ()))
        if tables and _PERIOD.fullmatch(str(told.get("period"))):
            limits = {
                name: str(told[name]) for name in ("post", "sex", "age_band") if told.get(name)
            }
            asked = FiguresRequest(
                period=told["period"], tables=tables, agreement=_id(told.get("agreement")), **limits
            )
            found.append((asked, one))
    return tuple(found)


def _id(text: object) -> UUID | None:
    try:
        return UUID(str(text))
    except ValueError:
        return None


def nearest_safe(work: Work, request: FiguresRequest) -> FiguresRequest | None:
    """The nearest request of one table that can be made: coarser by one step, or of a longer period."""
    work.allow(Act.EXPORT_FIGURES, detail={"view": "nearest", "period": request.period})
    scope = scope_of(work)
    for one in _coarser(request, _offered(work)):
        try:
            made = _figures(work, one, scope)
        except (DisclosureError, InvalidCommand):
            continue
        figures = [figure for table in made.tables for figure in table.figures()]
        if any(figures) and 2 * figures.count(None) <= len(figures):
            return one
    return None


def _coarser(request: FiguresRequest, offered: tuple[str, ...]) -> list[FiguresRequest]:
    """Steps back from a request, the smallest first."""
    rows, columns = TABLES[request.tables[0]]
    plain = replace(request, tables=request.tables[:1])
    found = [plain] if len(request.tables) > 1 else []
    if request.only:
        plain = replace(plain, sex=None, age_band=None)
        found.append(plain)
    pairs: list[tuple[str, str | None]] = []
    if columns:
        if columns in _COARSER:
            pairs.append((rows, _COARSER[columns]))
        if rows in _COARSER:
            pairs.append((_COARSER[rows], columns))
        pairs += [(rows, None), (columns, None)]
    found += [replace(plain, tables=(key_of(*pair),)) for pair in pairs if key_of(*pair) in TABLES]
    if request.post:
        plain = replace(plain, post=None)
        found.append(plain)
    if "Q" not in request.period:
        quarter = f"{request.period[:4]}-Q{(int(request.period[5:]) + 2) // 3}"
        found += [replace(plain, period=quarter)] if quarter in offered else []
    return found


def release(work: Work, request: FiguresRequest) -> Export:
    """Make the files, and keep what was released, by whom and with what hidden; the files are not kept.

    Raises:
        ApprovalMissing: no other account has approved exactly this, or it was changed since: another period,
            table or post, posts added or taken away, or other rules in force.
    """
    work.allow(
        Act.EXPORT_FIGURES, detail={"period": request.period, "tables": list(request.tables)}
    )
    scope = scope_of(work)
    made = _figures(work, request, scope)
    _, approver = approvals.use(work, Act.EXPORT_FIGURES, _what(work, made))
    if made.partner is None or request.agreement is None:
        raise InvalidCommand(field="agreement")
    export = _export(work, made, scope)
    release_id = uuid4()
    work.session.add(
        Release(
            id=release_id,
            made_at=work.now,
            made_by=str(work.actor.user_id),
            period=request.period,
            tables=list(request.tables),
            sha256=sha256(export.files["manifest.json"].encode()).hexdigest(),
            manifest={
                **json.loads(export.files["manifest.json"]),
                "approved_by": str(approver),
            },
            closed_on=None,
        )
    )
    work.session.flush()
    keep(work, release_id, request.agreement, scope.country, made.decided.file)
    return export


def _export(work: Work, made: Figures, scope: Scope) -> Export:
    """The files, with a manifest that says whom they are for."""
    request = made.request
    months = _months(request.period)
    posts = (request.post,) if request.post else tuple(made.posts)
    limits = {name: (code,) for name, code in request.only.items()}
    told = ExportRequest(
        title="Persons registered: arrivals, preliminary profiles, needs and referrals",
        first=months[0],
        last=months[-1],
        month=month_of(work.now.date()),
        filters={"country": (scope.country,), "post": posts, **limits},
        packs={pack.code: pack.version for pack in scope.packs},
        partner=made.partner or "",
    )
    return make_export(told, made.tables, Policy(k=made.smallest))


def _what(work: Work, made: Figures) -> dict[str, object]:
    """The question and the rules it is answered by: an approval is for nothing else."""
    return {
        "export": made.request.period,
        "tables": list(made.request.tables),
        "post": made.request.post or "",
        "only": made.request.only,
        "agreement": str(made.request.agreement),
        "files_before": made.files_before,
        "country": work.actor.country,
        "posts": sorted(made.posts),
        "packs": {pack.code: pack.sha256 for pack in made.packs},
        "smallest": made.smallest,
    }


def _figures(work: Work, request: FiguresRequest, scope: Scope) -> Figures:
    if not scope.posts or (request.post and request.post not in scope.posts):
        raise InvalidCommand(field="post")
    if not request.tables or any(key not in TABLES for key in request.tables):
        raise InvalidCommand(field="tables")
    if request.period not in _offered(work):
        raise InvalidCommand(field="period")
    pairs = tuple(TABLES[key] for key in request.tables)
    _check_limits(request, {name for pair in pairs for name in pair if name})
    partners = agreements.in_force(work)
    if request.agreement is not None and request.agreement not in partners:
        raise InvalidCommand(field="agreement")
    posts = (request.post,) if request.post else tuple(scope.posts)
    question = Question(_months(request.period), posts, request.only, pairs)
    policy = Policy(k=max(SMALLEST, work.settings.smallest_cell))
    ready = prepared(work, question, scope.country)
    decided = decide(ready.wanted, ready.earlier, ready.ground, ready.population, policy)
    return Figures(
        request,
        decided.tables,
        {code: scope.posts[code] for code in posts},
        scope.packs,
        policy.k,
        decided,
        told_so_far(work, scope.country),
        partners.get(request.agreement) if request.agreement else None,
        running=question.months[-1] >= month_of(work.now.date()),
    )


def _check_limits(request: FiguresRequest, used: AbstractSet[str]) -> None:
    """Raise InvalidCommand where a limit is none, or says nothing beside the breakdowns that are used."""
    for name, code in request.only.items():
        # Limited to one code of what it is broken down by, a table would say nothing more.
        if code not in FIXED[name] or any(name in FAMILIES[one] or name == one for one in used):
            raise InvalidCommand(field=name)
        if name == "age_band" and "sex_age" in used:
            raise InvalidCommand(field=name)


def _months(period: str) -> tuple[str, ...]:
    """The months of a period that is offered."""
    year, _, part = period.partition("-")
    if not part.startswith("Q"):
        return (period,)
    quarter = part[1:]
    return tuple(f"{year}-{3 * int(quarter) - 2 + n:02d}" for n in range(3))
