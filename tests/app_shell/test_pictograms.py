"""Every answer that a person may be shown has a drawing of its own meaning, made of lines alone."""

from __future__ import annotations

import re
from datetime import date
from xml.etree import ElementTree as ET

import pytest
from flask import Flask

from app.assets import STATIC
from app.web.choices import ANSWERS, IN_PRIVATE
from app.web.pictograms import pictogram_of
from config.codes import rows
from models.vocabulary import RequestKind, Role
from tests.conftest import PACKS
from workflows.casework import CaseStatus
from workflows.own_state import Help, HelpState
from workflows.packs import Shelf
from workflows.rules.askers import asker
from workflows.screening import URGENT_NEEDS

DAY = date(2026, 11, 24)
SPRITE = STATIC / "pictograms.svg"
DRAWN = frozenset(re.findall(r'<symbol id="([a-z0-9_]+)"', SPRITE.read_text("utf-8")))
SHELF = Shelf(PACKS)


def undrawn(kind: str, codes: object) -> list[str]:
    """Codes of a kind without a drawing in the sprite."""
    return [code for code in codes if pictogram_of(kind, code) not in DRAWN]  # type: ignore[attr-defined]  # any iterable


def test_every_row_names_a_drawing_and_every_drawing_is_one_of_the_sprite() -> None:
    named = [row["pictogram"] for row in rows("pictograms")]
    codes = [(row["kind"], row["code"]) for row in rows("pictograms")]

    assert set(named) <= DRAWN
    assert len(codes) == len(set(codes))


def test_the_four_answers_and_the_private_one_are_drawn_each_in_its_own_way() -> None:
    drawn = [option.pictogram for option in (*ANSWERS, IN_PRIVATE)]

    assert set(drawn) <= DRAWN
    assert len(set(drawn)) == len(drawn)


@pytest.mark.parametrize("code", SHELF.codes())
def test_every_answer_of_every_question_of_a_pack_is_drawn(code: str) -> None:
    pack = SHELF.get(code, DAY)
    # Countries and languages are lists of hundreds, chosen by name.
    closed = [fact for fact in pack.facts.values() if not fact.open_list]
    options = {option for fact in closed if fact.kind == "choice" for option in fact.options}

    assert undrawn("option", options) == []
    assert undrawn("answer", ["none"]) == []
    assert all(not fact.options for fact in closed if fact.kind == "several")


@pytest.mark.parametrize("code", SHELF.codes())
def test_every_question_that_may_be_put_on_a_turned_screen_is_drawn(code: str) -> None:
    pack = SHELF.get(code, DAY)
    mine = asker(pack, Role.BORDER_OFFICIAL).facts
    asked = [
        fact.id
        for fact in pack.facts.values()
        if fact.id in mine and fact.private and fact.kind == "yes-no" and not fact.observed
    ]

    assert asked
    assert undrawn("question", asked) == []


def test_what_is_told_seen_asked_and_answered_is_drawn() -> None:
    told = [name.removeprefix("text.inform.") for name in SHELF.get("int", DAY).texts["en"]
            if name.startswith("text.inform.")]  # fmt: skip
    asked = [
        kind.value
        for kind in RequestKind
        if kind.value in {row["code"] for row in rows("pictograms")}
    ]

    assert undrawn("inform", told) == []
    assert undrawn("tick", URGENT_NEEDS) == []
    assert undrawn("help", [one.value for one in Help]) == []
    assert undrawn("standing", [one.value for one in HelpState]) == []
    assert undrawn("status", [one.value for one in CaseStatus]) == []
    assert undrawn("request", asked) == []


def test_every_thing_that_a_person_may_ask_is_drawn_on_its_page(kitchen: Flask) -> None:
    from app.web.person.asking import _kinds  # words need a request

    with kitchen.test_request_context():
        assert [option.value for option in _kinds() if option.pictogram not in DRAWN] == []


def test_the_drawings_are_lines_alone_without_colours_scripts_or_words() -> None:
    text = SPRITE.read_text("utf-8")
    found = {element.tag.rpartition("}")[2] for element in ET.fromstring(text).iter()}  # ours

    assert found <= {"svg", "symbol", "path", "circle", "rect"}
    assert not re.search(r"style|fill=|stroke=|href|<script|on[a-z]+=", text)
    assert len(text) < 20_000
