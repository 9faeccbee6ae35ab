"""A pack run beside the one in force over stored cases: what is gained, what lost, whom to look at again.

Champion and challenger: a version in testing is asked at every assessment and, by the worker, over all open
cases. Nothing of it is shown to whoever works on the case. What is counted is told with small figures
withheld; case numbers are told only to those who may see the cases.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select

from models.cases import Case
from models.figures import StatFact
from models.network import Post
from models.publication import PackTrial, PackVersion
from models.vault.sealed import load_sealed
from models.vocabulary import Action, AgeBand, PackState, Purpose, Sex
from workflows import readings
from workflows.accounts import actor_named
from workflows.disclosure.cubes import Fact as Counted
from workflows.disclosure.cubes import tabulate
from workflows.disclosure.dimensions import Dimension, dimension
from workflows.disclosure.grids import Policy
from workflows.disclosure.published import PublishedTable
from workflows.disclosure.suppression import protect
from workflows.errors import NotFound
from workflows.figures import link_of
from workflows.policy import Act
from workflows.rules.answers import Statement, merge
from workflows.rules.assess import decide
from workflows.rules.compiled import Decision
from workflows.rules.pack import Pack
from workflows.rules.standing import standing
from workflows.rules.values import Facts
from workflows.visibility import cases_for
from workflows.work import Work

#: Cases of one unit of work: the embedded database lets others write in between.
BATCH = 50
_BY = ("country", "age_band", "sex")


@dataclass(frozen=True)
class Differing:
    """What a challenger says otherwise of one case, as sorted outputs (`need guardian`)."""

    gained: tuple[str, ...]
    lost: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.gained or self.lost)


@dataclass(frozen=True)
class _Case:
    """A case as it is counted."""

    differing: Differing
    country: str
    age_band: str
    sex: str


def differing(present: Pack, other: Pack, facts: Facts, other_facts: Facts, on: date) -> Differing:
    """Compare what two packs say of one person. Pure; about a fifth of a millisecond."""
    was = levels(present, decide(present, facts, on))
    now = levels(other, decide(other, other_facts, on))
    every = sorted(was.keys() | now.keys())
    return Differing(
        gained=tuple(name for name in every if now.get(name, 0) > was.get(name, 0)),
        lost=tuple(name for name in every if now.get(name, 0) < was.get(name, 0)),
    )


def levels(pack: Pack, decision: Decision) -> dict[str, int]:
    """Every output with how far it goes; 0 is left out. Higher protects more."""
    found = {f"profile {code}": n for code, n in zip(pack.profiles, decision.now, strict=True)}
    found |= {f"need {id_}": int(n) for id_, n in zip(pack.needs, decision.needs, strict=True)}
    held = [h for h, n in zip(pack.holds.values(), decision.holds, strict=True) if n]
    found |= {f"hold {hold.id}": 1 for hold in held}
    found |= {f"action {a.value}": 1 for a in Action if any(a in hold.shuts for hold in held)}
    found["urgency"] = decision.urgency
    return {name: level for name, level in found.items() if level}


def beside(work: Work, case: Case, facts: Facts) -> None:
    """Ask the versions in testing about a case just assessed, and keep what they say otherwise."""
    today = work.now.date()
    for version_id, other in work.shelf.testing(case.pack, today):
        theirs = {
            fact: answer
            for fact, answer in facts.items()
            if fact in other.facts and other.facts[fact].kind == _kind(work, case, fact)
        }
        found = differing(readings.pack_of(work, case), other, facts, theirs, today)
        _keep(work, version_id, case, found)


def _kind(work: Work, case: Case, fact: str) -> str:
    return readings.pack_of(work, case).facts[fact].kind


def _keep(work: Work, version_id: UUID, case: Case, found: Differing) -> None:
    row = work.session.scalar(
        select(PackTrial).where(PackTrial.version_id == version_id, PackTrial.case_id == case.id)
    )
    if row is None:
        row = PackTrial(
            id=uuid4(), version_id=version_id, case_id=case.id, person_id=case.person_id
        )
        work.session.add(row)
    row.assessed_on = work.now.date()
    row.content = {"gained": list(found.gained), "lost": list(found.lost)}


def run_waiting(work: Work) -> int:
    """Ask the versions in testing about open cases that they were not asked about yet; at most a batch.

    Returns how many were asked. When none are left, what was found is counted and kept with the version.
    """
    asked = 0
    rows = work.session.scalars(
        select(PackVersion).where(PackVersion.state == PackState.TESTING)
    ).all()
    for version in rows:
        other = dict(work.shelf.testing(version.pack, work.now.date())).get(version.id)
        if other is None:
            continue
        done = select(PackTrial.case_id).where(PackTrial.version_id == version.id)
        waiting = work.session.scalars(
            select(Case)
            .where(Case.pack == version.pack, Case.closed_on.is_(None), Case.id.not_in(done))
            .limit(BATCH)
        ).all()
        for case in waiting:
            _keep(work, version.id, case, _of_case(work, case, other))
        asked += len(waiting)
        if waiting or version.shadow is None:
            work.session.flush()
            if len(waiting) < BATCH:
                version.shadow = _counts_of(work, version)
    if asked:
        work.allow(Act.CHECK_PACKS, detail={"asked": asked})
    return asked


def _of_case(work: Work, case: Case, other: Pack) -> Differing:
    """Opens the person's answers, shows nothing of them."""
    with work.computing(case.person_id, Purpose.PROTECTION):
        said = readings.statements(work, case)
        facts = readings.known_facts(work, case)
        present = readings.pack_of(work, case)
    return differing(present, other, facts, _read_by(present, other, said, work), work.now.date())


def _read_by(present: Pack, other: Pack, said: Iterable[Statement], work: Work) -> Facts:
    """The same statements as another pack would read them."""
    common = [s for s in said if _same(present, other, s.fact)]
    return merge(standing(common, work.now.date()), other.facts)


def _same(present: Pack, other: Pack, fact: str) -> bool:
    return fact in other.facts and other.facts[fact].kind == present.facts[fact].kind


def run_over(
    work: Work, other: Pack, *, most: int | None = None
) -> Iterator[tuple[Case, Differing]]:
    """Each stored case of the pack's jurisdiction, open or closed, with what `other` says otherwise of it."""
    work.allow(Act.CHECK_PACKS, detail={"pack": other.code})
    after: UUID | None = None
    seen = 0
    while most is None or seen < most:
        query = select(Case).where(Case.pack == other.code).order_by(Case.id).limit(BATCH)
        if after is not None:
            query = query.where(Case.id > after)
        batch = work.session.scalars(query).all()
        if not batch:
            return
        for case in batch:
            yield case, _of_case(work, case, other)
            work.session.expunge(case)
        after, seen = batch[-1].id, seen + len(batch)


def counts(work: Work, found: Iterable[tuple[Case, Differing]]) -> dict[str, Any]:
    """What was found, by output, country, age and sex, with small figures and their complements withheld."""
    facts = _facts_of(work)
    posts = {row.id: row.country for row in work.session.scalars(select(Post))}
    return _counted([_case(work, case, one, facts, posts) for case, one in found])


def _facts_of(work: Work) -> dict[str, StatFact]:
    return {row.link: row for row in work.session.scalars(select(StatFact))}


def _case(
    work: Work,
    case: Case,
    found: Differing,
    facts: Mapping[str, StatFact],
    posts: Mapping[UUID, str],
) -> _Case:
    row = facts.get(link_of(work, case.id))
    return _Case(
        found,
        posts[case.post_id],
        row.age_band if row else AgeBand.UNKNOWN,
        row.sex if row else Sex.UNKNOWN,
    )


def _counts_of(work: Work, version: PackVersion) -> dict[str, Any]:
    rows = work.session.execute(
        select(PackTrial, Case)
        .join(Case, PackTrial.case_id == Case.id)
        .where(PackTrial.version_id == version.id)
        .options(*load_sealed(PackTrial.content))
    ).all()
    return counts(work, [(case, _opened(work, row)) for row, case in rows])


def _opened(work: Work, row: PackTrial) -> Differing:
    with work.computing(row.person_id, Purpose.PROTECTION):
        content = row.content or {}
    return Differing(tuple(content.get("gained", ())), tuple(content.get("lost", ())))


def _counted(cases: list[_Case]) -> dict[str, Any]:
    """`{cases, outputs: [{change, output, total, country: {}, age_band: {}, sex: {}}]}`; null is withheld."""
    outputs = sorted({code for case in cases for code in _codes(case.differing)})
    if not outputs:
        return {"cases": len(cases) if len(cases) >= Policy().k else None, "outputs": []}
    rows = Dimension("profile", tuple(outputs), multi=True)
    columns = {
        "country": dimension("country", sorted({case.country for case in cases})),
        "age_band": dimension("age_band"),
        "sex": dimension("sex"),
    }
    counted = [
        Counted(
            {
                "profile": _codes(case.differing),
                "country": case.country,
                "age_band": case.age_band,
                "sex": case.sex,
            }
        )
        for case in cases
    ]
    tables = protect([tabulate(counted, rows, columns[name]) for name in _BY])
    return {
        "cases": tables[0].total,
        "outputs": [_line(code, tables) for code in outputs],
    }


def _line(code: str, tables: tuple[PublishedTable, ...]) -> dict[str, Any]:
    change, _, output = code.partition(":")
    line: dict[str, Any] = {
        "change": change,
        "output": output.replace(".", " ", 1),
        "total": tables[0].row_totals.get(code),
    }
    for name, table in zip(_BY, tables, strict=True):
        line[name] = {c: table.cells.get((code, c)) for c in table.column_codes}
    return line


def _codes(found: Differing) -> tuple[str, ...]:
    return tuple(
        f"{change}:{name.replace(' ', '.', 1)}"
        for change, names in (("gained", found.gained), ("lost", found.lost))
        for name in names
    )


def listed(work: Work, found: Iterable[tuple[Case, Differing]], name: str) -> list[str]:
    """Numbers of the open cases that differ, as far as an account may see them, sorted.

    Raises:
        InvalidCommand: there is no such account, or it is closed.
    """
    actor = actor_named(work, name)
    query = select(Case.id).where(cases_for(actor, Act.VIEW_CASE), Case.closed_on.is_(None))
    seen = set(work.session.scalars(query))
    return sorted(case.number for case, one in found if one and case.id in seen)


@dataclass(frozen=True)
class ToReview:
    """Open cases of which a version says otherwise, where the reader may see them; `losing`: says less."""

    losing: tuple[str, ...]
    gaining: tuple[str, ...]


def to_review(work: Work, version_id: UUID) -> ToReview:
    """The open cases to look at before, or after, a version is published.

    Raises:
        NotFound: no such version.
    """
    work.allow(Act.VIEW_PACKS)
    if work.session.get(PackVersion, version_id) is None:
        raise NotFound
    rows = work.session.execute(
        select(PackTrial, Case.number)
        .join(Case, PackTrial.case_id == Case.id)
        .where(
            PackTrial.version_id == version_id,
            Case.closed_on.is_(None),
            cases_for(work.actor, Act.VIEW_CASE),
        )
        .order_by(Case.number)
        .options(*load_sealed(PackTrial.content))
    ).all()
    found = [(number, _opened(work, row)) for row, number in rows]
    return ToReview(
        losing=tuple(number for number, one in found if one.lost),
        gaining=tuple(number for number, one in found if one.gained and not one.lost),
    )
