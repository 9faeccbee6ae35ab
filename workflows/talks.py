"""The task of a desk to ask in private, and the clocks that end once everything was asked.

A desk that takes somebody whose complete screen still has questions of its own gets the task at once. What
a person does not know or does not want to say was asked too: nobody is pressed for it.
"""

from __future__ import annotations

from sqlalchemy import select

from models.cases import Case, Deadline, Task
from models.referrals import Referral
from models.vault.sealed import load_sealed
from models.vocabulary import (
    PERSON_PURPOSES,
    DeadlineState,
    Role,
    TaskKind,
    TaskState,
    Urgency,
)
from workflows import cards, deadlines, mandates, readings, tasks
from workflows.rules.askers import Asker, asker
from workflows.rules.pack import Pack
from workflows.rules.values import Facts
from workflows.work import Work

#: Rows of the base pack: the clock of the complete screen, and that of the talk with a protection officer.
SCREEN_CLOCK, TALK_CLOCK = "SCREEN.default", "VOT.screening"
_RUNS = (DeadlineState.RUNNING, DeadlineState.WARNED, DeadlineState.OVERDUE)


def taken(work: Work, referral: Referral) -> None:
    """The actor's desk has accepted: what is still its to ask becomes a task of the desk."""
    case = work.session.get_one(Case, referral.case_id)
    pack = readings.pack_of(work, case)
    mine = mandates.own_asker(work.session, pack, work.actor.agency_id)
    with work.computing(case.person_id, *PERSON_PURPOSES):
        if not cards.waiting(pack, mine, readings.known_facts(work, case), private=True):
            return
    kind, desk = TaskKind.PRIVATE_INTERVIEW, referral.desk_id
    tasks.give(work, kind, Role.PROTECTION_OFFICER, Urgency.SOON, case, desk=desk)


def over(work: Work, referral: Referral) -> None:
    """The desk's care has ended, and with it its task."""
    for task in _open_tasks(work, referral.case_id):
        if task.desk_id == referral.desk_id:
            _done(work, task)


def asked(work: Work, case: Case, pack: Pack, mine: Asker) -> None:
    """Answers were recorded: end what they end. The caller has opened the person's purposes."""
    known = readings.known_facts(work, case)
    asked_all = not cards.waiting(pack, mine, known, private=True)
    whole = not cards.waiting(pack, asker(pack, Role.PROTECTION_OFFICER), known, private=True)
    for task in _open_tasks(work, case.id):
        at_desk = task.desk_id is not None
        mine_too = whole or (asked_all and task.desk_id in work.actor.desk_ids)
        if mine_too if at_desk else _of_the_post(task, pack, known):
            _done(work, task)
    codes = {SCREEN_CLOCK} if whole else set()
    _meet(work, case, codes | ({TALK_CLOCK} if asked_all else set()))


def _open_tasks(work: Work, case_id: object) -> list[Task]:
    rows = work.session.scalars(
        select(Task)
        .where(
            Task.case_id == case_id,
            Task.kind == TaskKind.PRIVATE_INTERVIEW,
            Task.state == TaskState.OPEN,
        )
        .options(*load_sealed(Task.detail))
    )
    return list(rows)


def _of_the_post(task: Task, pack: Pack, known: Facts) -> bool:
    """Whether every question that a post left to be asked in private has an answer now."""
    wanted = [fact for fact in (task.detail or {}).get("facts", ()) if fact in pack.facts]
    return bool(wanted) and all(cards.is_answered(known, fact) for fact in wanted)


def _done(work: Work, task: Task) -> None:
    task.state, task.done_by = TaskState.DONE, work.actor.user_id


def _meet(work: Work, case: Case, codes: set[str]) -> None:
    if not codes:
        return
    rows = work.session.scalars(
        select(Deadline)
        .where(Deadline.case_id == case.id, Deadline.state.in_(_RUNS))
        .options(*load_sealed(Deadline.content))
    )
    for row in rows:
        if (row.content or {}).get("code") in codes:
            deadlines.done(work, row)
