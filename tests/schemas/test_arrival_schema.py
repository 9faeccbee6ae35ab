"""The one validation of a registration, for page and API."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.schemas.arrivals import ArrivalSchema
from app.schemas.loading import SchemaRefused, load
from models.vocabulary import Sex
from workflows.arrivals import Birth, RegisterArrival

NAMED: dict[str, Any] = {"post": "korday", "names": [{"text": "Parwana"}]}


def arrival(**more: Any) -> RegisterArrival:
    found: RegisterArrival = load(ArrivalSchema(), {**NAMED, **more})
    return found


def refused(**more: Any) -> dict[str, Any]:
    with pytest.raises(SchemaRefused) as caught:
        arrival(**more)
    return dict(caught.value.messages)


def test_a_post_and_a_name_are_enough() -> None:
    command = arrival()
    assert command.names[0].text == "Parwana"
    assert command.sex is Sex.UNKNOWN
    assert command.birth == Birth()
    assert command.nationalities == ()


def test_every_part_reaches_the_command() -> None:
    command = arrival(
        sex="F",
        birth={"kind": "between", "year": 2001, "year_to": 2002, "calendar": "solar_hijri"},
        nationalities=["AFG"],
        languages=["prs"],
        interpreter=True,
        documents=[{"kind": "passport", "issuer": "XXB", "number": "A1"}],
        travels_alone=False,
        companions=[{"case_number": "234-567-892", "relationship": "PRF"}],
    )
    assert command.birth.years(date(2026, 11, 24)) == (2001, 2002)
    assert command.documents[0].issuer == "XXB"
    assert command.companions[0].relationship == "PRF"


@pytest.mark.asvs("2.2.1")
@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"names": []}, "names"),
        ({"names": [{"text": "12"}]}, "names"),
        ({"names": [{"text": "a" * 201}]}, "names"),
        ({"names": [{"text": "Par\x00wana"}]}, "names"),
        ({"names": [{"text": "Par\u202ewana"}]}, "names"),
        ({"names": [{"text": "Parwana", "kind": "nick"}]}, "names"),
        ({"sex": "Q"}, "sex"),
        ({"birth": {"kind": "date", "year": 2001, "month": 2, "day": 31}}, "birth"),
        ({"birth": {"kind": "date", "year": 2001}}, "birth"),
        ({"birth": {"kind": "age", "age": 300}}, "birth"),
        ({"birth": {"kind": "age", "age": True}}, "birth"),
        ({"birth": {"kind": "age", "age": "15"}}, "birth"),
        ({"birth": {"kind": "between", "year": 2002, "year_to": 2001}}, "birth"),
        ({"birth": {"kind": "unknown", "year": 2002}}, "birth"),
        ({"nationalities": ["XXA"]}, "nationalities"),
        ({"nationalities": ["AFG"], "no_nationality": True}, "nationalities"),
        ({"languages": ["klingon"]}, "languages"),
        ({"documents": [{"kind": "spell"}]}, "documents"),
        ({"companions": [{"case_number": "234-567-892", "relationship": "XX"}]}, "companions"),
        ({"shoe_size": 42}, "shoe_size"),
    ],
)
def test_what_does_not_fit_is_refused_by_its_name(more: dict[str, Any], field: str) -> None:
    assert field in refused(**more)


def test_mixed_scripts_and_joiners_are_names() -> None:
    name = "Ғалия می\u200cخواهم O\u2019Test"
    assert arrival(names=[{"text": name}]).names[0].text == name


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["kind", "text", "year", "age"]), inner, max_size=3)
    ),
    max_leaves=8,
)
FIELDS = ("post", "names", "sex", "birth", "nationalities", "languages", "documents", "companions")


@given(st.dictionaries(st.sampled_from(FIELDS), anything, max_size=4))
def test_nothing_from_outside_gets_further_than_a_message(given_: dict[str, Any]) -> None:
    try:
        command = arrival(**given_)
    except SchemaRefused:
        return
    assert all(any(c.isalpha() for c in form.text) for form in command.names)
    assert not any("\x00" in form.text for form in command.names)
