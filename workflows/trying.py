"""An invented person tried on a pack. Nothing is stored; the log keeps that it was done, and on which."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from workflows.errors import InvalidCommand
from workflows.policy import Act
from workflows.rules.answers import facts_from_raw
from workflows.rules.assess import assess
from workflows.rules.assessment import Assessment as Reading
from workflows.rules.faults import AnswerError
from workflows.rules.pack import Pack
from workflows.work import Work


def tried(work: Work, pack: Pack, answers: Mapping[str, Any]) -> Reading:
    """What the pack says today of somebody with these answers (raw, as in a vignette).

    Raises:
        InvalidCommand: an answer that the fact does not take.
    """
    work.allow(Act.TRY_RULES, detail={"pack": pack.code})
    try:
        facts = facts_from_raw(pack.facts, answers)
    except AnswerError as error:
        raise InvalidCommand(field=error.fact) from None
    return assess(pack, facts, work.now.date())
