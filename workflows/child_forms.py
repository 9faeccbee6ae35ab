"""Filling in the forms on a child: the newest counts, every earlier one stays.

A best-interests assessment that is complete ends the clock that the pack runs for it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import select

from models.cases import Case, Deadline
from models.childcare import CaseForm
from models.network import Desk
from models.people import Person
from models.vault.sealed import load_sealed
from models.vocabulary import DeadlineState, Role
from workflows import deadlines
from workflows.caring import in_care, today_at
from workflows.child_fields import FormKind, wrong
from workflows.errors import ChangedMeanwhile, InvalidCommand
from workflows.policy import Act
from workflows.work import Work

#: The pack's clock for a best-interests assessment.
_ASSESSMENT = "UAC.assessment"
_CLOCKS = (_ASSESSMENT, "UAC.guardian")


@dataclass(frozen=True, kw_only=True)
class FillForm:
    """What is written. `seen`: the sequence of the newest filling when the page was made."""

    number: str
    kind: FormKind
    values: Mapping[str, Any]
    seen: int


@dataclass(frozen=True)
class Filled:
    """One filling of a form, opened."""

    kind: FormKind
    values: Mapping[str, Any]
    desk: Mapping[str, str]
    recorded_on: date


@dataclass(frozen=True)
class ChildFile:
    """All of a child's forms, newest first, with who it is and the clocks that run for a child alone."""

    case_number: str
    names: tuple[str, ...]
    birth: Mapping[str, Any]
    traits: Mapping[str, Any]
    filled: tuple[Filled, ...]
    clocks: tuple[tuple[str, datetime], ...]
    seen: int

    def newest(self, kind: FormKind) -> Filled | None:
        """What counts of a form."""
        return next((one for one in self.filled if one.kind is kind), None)


def of_case(work: Work, number: str) -> ChildFile:
    """The forms of a case in care. Opens and logs.

    Raises:
        NotFound: not in the care of the actor's desk.
    """
    case, _ = in_care(work, number, Act.VIEW_CHILD_FORMS)
    person = work.session.get_one(
        Person, case.person_id, options=load_sealed(Person.names, Person.birth, Person.traits)
    )
    rows = _rows(work, case)
    return ChildFile(
        case_number=case.number,
        names=tuple(form["text"] for form in person.names or ()),
        birth=person.birth or {},
        traits=person.traits or {},
        filled=_filled(rows),
        clocks=tuple(_clocks(work, case)),
        seen=max((row.sequence for row, _ in rows), default=0),
    )


def _rows(work: Work, case: Case) -> list[tuple[CaseForm, Mapping[str, str]]]:
    found = work.session.execute(
        select(CaseForm, Desk.names)
        .join(Desk, CaseForm.desk_id == Desk.id)
        .where(CaseForm.case_id == case.id)
        .order_by(CaseForm.sequence.desc())
        .options(*load_sealed(CaseForm.content))
    )
    return [(row, names) for row, names in found]


def _filled(rows: list[tuple[CaseForm, Mapping[str, str]]]) -> tuple[Filled, ...]:
    return tuple(
        Filled(FormKind(content["kind"]), content["values"], names, row.recorded_on)
        for row, names in rows
        if (content := row.content or {})
    )


def _clocks(work: Work, case: Case) -> list[tuple[str, datetime]]:
    return [((row.content or {})["code"], row.due_at) for row in _running(work, case, _CLOCKS)]


def _running(work: Work, case: Case, codes: tuple[str, ...]) -> list[Deadline]:
    over = (DeadlineState.MET, DeadlineState.CANCELLED)
    rows = work.session.scalars(
        select(Deadline)
        .where(Deadline.case_id == case.id, Deadline.state.not_in(over))
        .order_by(Deadline.due_at)
        .options(*load_sealed(Deadline.content))
    )
    return [row for row in rows if (row.content or {}).get("code") in codes]


def fill(work: Work, command: FillForm) -> None:
    """Keep a filling. What is the same as the newest is not kept twice.

    Raises:
        NotFound: not in the care of the actor's desk.
        InvalidCommand: a value that cannot be kept, or a checklist called complete that is not.
        ChangedMeanwhile: somebody filled in a form of this case since the page was made.
    """
    case, referral = in_care(work, command.number, Act.FILL_CHILD_FORM)
    values = {
        code: value for code, value in command.values.items() if value not in (None, "", [], False)
    }
    bad = wrong(command.kind, values)
    if bad is not None:
        raise InvalidCommand(field=bad)
    rows = _rows(work, case)
    newest = next((one for one in _filled(rows) if one.kind is command.kind), None)
    if newest is not None and newest.values == values:
        return
    seen = max((row.sequence for row, _ in rows), default=0)
    if seen != command.seen:
        raise ChangedMeanwhile
    row = CaseForm(
        id=uuid4(),
        case_id=case.id,
        person_id=case.person_id,
        desk_id=referral.desk_id,
        sequence=seen + 1,
        recorded_by=work.actor.user_id,
        recorded_on=today_at(work, case),
    )
    work.session.add(row)
    row.content = {"kind": command.kind.value, "values": values, "at": work.now.isoformat()}
    if command.kind is FormKind.ASSESSMENT and values.get("complete"):
        for clock in _running(work, case, (_ASSESSMENT,)):
            deadlines.done(work, clock)
    case.changed_on = work.now.date()
    work.session.flush()


def read_out(work: Work, case: Case) -> tuple[Filled, ...]:
    """For the person, under a rule that opened their whole file: the newest of each form."""
    if work.actor.role is Role.BORDER_OFFICIAL:
        return ()
    newest = {one.kind: one for one in reversed(_filled(_rows(work, case)))}
    return tuple(newest.values())
