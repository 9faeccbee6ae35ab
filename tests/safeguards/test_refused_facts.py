"""What cannot be judged is refused with the exact fact, and doubt never becomes a no."""

from __future__ import annotations

from typing import Any

import pytest

from models.cases import Answer
from tests.safeguards.safe import Safe
from workflows import screening
from workflows.errors import InvalidCommand
from workflows.screening import RecordAnswers


@pytest.mark.parametrize(
    ("fact", "value"),
    [
        ("no_such_fact", "yes"),
        ("fear_of_return", "perhaps"),
        ("sex", "Q"),
        ("birth", "1990-02-31"),
        ("final_negative", "yes"),
        ("age", 15),
    ],
)
def test_an_answer_that_fits_no_question_names_the_fact_and_changes_nothing(
    safe: Safe, fact: str, value: Any
) -> None:
    number = safe.asked_everything()
    before, shut = len(safe.world.of(Answer, number)), safe.shut(number)
    command = RecordAnswers(case_number=number, answers={"asks_for_asylum": "no", fact: value})
    with pytest.raises(InvalidCommand) as refusal, safe.world.work("officer") as work:
        screening.answer(work, command)
    assert refusal.value.params["field"] == fact
    assert len(safe.world.of(Answer, number)) == before
    assert safe.shut(number) == shut


@pytest.mark.parametrize("word", ["contradictory", "declined", "does_not_know"])
def test_an_answer_that_says_nothing_certain_protects(safe: Safe, word: str) -> None:
    number = safe.asked_everything()
    assert "H.refoulement" not in safe.holding(number)
    safe.world.answer(number, fear_of_return=word)
    assert "H.refoulement" in safe.holding(number)
