"""An invented person tried on a pack. Nothing is stored; the log keeps that it was done, and on which."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from models.vocabulary import Role
from workflows.errors import InvalidCommand
from workflows.policy import Act
from workflows.rules import ask
from workflows.rules.answers import facts_from_raw
from workflows.rules.assess import assess
from workflows.rules.assessment import Assessment as Reading
from workflows.rules.faults import AnswerError
from workflows.rules.pack import Pack
from workflows.rules.values import Facts
from workflows.work import Work


@dataclass(frozen=True)
class Tried:
    """What the pack says, what was understood, and the questions that a protection officer would ask next."""

    reading: Reading
    facts: Facts
    next: tuple[str, ...]


def tried(work: Work, pack: Pack, answers: Mapping[str, Any]) -> Tried:
    """What the pack says today of somebody with these answers (raw, as in a vignette).

    Raises:
        InvalidCommand: an answer that the fact does not take.
    """
    work.allow(Act.TRY_RULES, detail={"pack": pack.code})
    today = work.now.date()
    try:
        facts = facts_from_raw(pack.facts, answers)
    except AnswerError as error:
        raise InvalidCommand(field=error.fact) from None
    stage = ask.interview(pack, facts, Role.PROTECTION_OFFICER, private=True, as_of=today)
    asked = tuple(item.fact for item in stage.card.items) if stage.card else ()
    return Tried(assess(pack, facts, today), facts, asked)
