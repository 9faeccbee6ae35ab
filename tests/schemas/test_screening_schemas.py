"""Ticks, information, answers and referrals as they come from outside."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from app.schemas.base import flat
from app.schemas.loading import Schema, SchemaRefused, load
from app.schemas.referrals import SendReferralSchema
from app.schemas.screening import AnswersSchema, InformationSchema, UrgentNeedsSchema
from models.vocabulary import LegalBasis
from workflows.rules.answers import Source

NUMBER = "234-567-892"
TOLD = {
    "case_number": NUMBER,
    "language": "prs",
    "how": "read_aloud",
    "interpreter": "here",
    "understood": True,
}
SENT = {
    "case_number": NUMBER,
    "need_id": str(uuid4()),
    "desk": "kaz.desk.almaty",
    "legal_basis": "consent",
}


def names_of(schema: Schema, data: dict[str, Any]) -> set[str]:
    with pytest.raises(SchemaRefused) as caught:
        load(schema, data)
    return set(caught.value.messages)


def test_a_look_that_sees_nothing_is_a_look() -> None:
    assert load(UrgentNeedsSchema(), {"case_number": NUMBER, "seen": []}).seen == ()


def test_an_unknown_tick_is_refused() -> None:
    assert names_of(UrgentNeedsSchema(), {"case_number": NUMBER, "seen": ["magic"]}) == {"seen"}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("interpreter", "companion"),
        ("language", "english"),
        ("how", "by letter"),
        ("understood", "perhaps"),
    ],
)
def test_how_somebody_was_told_is_said_in_known_words(name: str, value: str) -> None:
    assert names_of(InformationSchema(), {**TOLD, name: value}) == {name}


def test_answers_are_plain_values() -> None:
    answers = {"fear_of_return": "yes", "age": {"least": 14, "most": 16}, "needs": ["food"]}
    command = load(AnswersSchema(), {"case_number": NUMBER, "answers": answers})
    assert command.answers == answers
    assert command.source is Source.SELF


@pytest.mark.parametrize(
    "value",
    [1.5, "a" * 201, "nul\x00", {"a": {"b": "c"}}, [["deep"]], 10**12],
)
def test_an_answer_of_another_form_is_refused(value: Any) -> None:
    data = {"case_number": NUMBER, "answers": {"fear_of_return": value}}
    assert names_of(AnswersSchema(), data) == {"answers"}


def test_a_referral_needs_a_basis_of_the_list() -> None:
    assert load(SendReferralSchema(), SENT).legal_basis is LegalBasis.CONSENT
    assert names_of(SendReferralSchema(), {**SENT, "legal_basis": "because"}) == {"legal_basis"}


def test_a_note_may_have_lines_and_no_hidden_characters() -> None:
    assert load(SendReferralSchema(), {**SENT, "note": "one\ntwo"}).note == "one\ntwo"
    assert names_of(SendReferralSchema(), {**SENT, "note": "a\x07b"}) == {"note"}


def test_nested_messages_become_sentences_of_the_outer_field() -> None:
    nested = {"birth": {"year": ["wrong", "late"], "day": ["wrong"]}, "name": ["empty"]}
    assert flat(nested) == {"birth": ["wrong", "late"], "name": ["empty"]}
