"""The parts of pages: what protects is said in words, nothing of a person is trusted as markup."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask, render_template_string
from jinja2 import UndefinedError

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
EVIL = "<img src=x onerror=alert(1)>"


def part(kitchen: Flask, text: str, **values: object) -> str:
    with kitchen.test_request_context("/kitchen"):
        return render_template_string(text, **values)


@pytest.mark.parametrize(
    ("action", "words"),
    [
        ("RETURN", "Do not return"),
        ("DETAIN", "Do not detain"),
        ("DISCLOSE", "Do not tell the country of origin"),
        ("CLOSE", "Do not close this case"),
    ],
)
def test_a_hold_says_what_why_since_when_and_who_may_lift_it(
    kitchen: Flask, action: str, words: str
) -> None:
    text = part(
        kitchen,
        '{% from "parts/protection.html" import hold %}'
        '{{ hold(action, ["Afraid of return"], since=now, lifted_by="the authority") }}',
        action=action,
        now=NOW,
    )

    for said in (words, "Afraid of return", "24", "the authority", "what has been said or seen"):
        assert said in text


def test_a_profile_not_screened_is_apart_and_never_a_suspicion(kitchen: Flask) -> None:
    text = part(
        kitchen,
        '{% from "parts/protection.html" import grades %}'
        '{{ grades([("Stateless", "open", []), ("Trafficked", "possible", ["x"])]) }}',
    )

    assert text.index("Trafficked") < text.index("Not screened yet") < text.index("Stateless")
    assert text.count("serai-grade__bar") == 1


def test_with_nothing_indicated_the_page_says_so(kitchen: Flask) -> None:
    text = part(
        kitchen,
        '{% from "parts/protection.html" import grades %}{{ grades([("Stateless", "open", [])]) }}',
    )

    assert "Nothing is indicated so far." in text


def test_a_deadline_says_the_time_left_before_the_day(kitchen: Flask) -> None:
    text = part(
        kitchen,
        '{% from "parts/protection.html" import deadline %}{{ deadline(due, now, "Hand over") }}',
        due=NOW + timedelta(hours=3),
        now=NOW,
    )

    assert text.index("Hand over") < text.index("3 h left") < text.index("2026")
    assert 'datetime="2026-11-24T12:30:00+00:00"' in text


PARTS_WITH_TEXT = [
    '{% from "parts/page.html" import own %}{{ own(evil) }}',
    '{% from "parts/page.html" import tag %}{{ tag(evil) }}',
    '{% from "parts/page.html" import case_number %}{{ case_number(evil, evil) }}',
    '{% from "parts/page.html" import empty %}{{ empty(evil, evil, evil) }}',
    '{% from "parts/page.html" import warning %}{{ warning(evil) }}',
    '{% from "parts/page.html" import button %}{{ button(evil, name=evil, value=evil) }}',
    '{% from "parts/lists.html" import summary_list %}{{ summary_list([(evil, evil, evil)]) }}',
    '{% from "parts/lists.html" import queue %}{{ queue(evil, [evil, evil], [[evil, evil]]) }}',
    '{% from "parts/lists.html" import pagination %}{{ pagination(evil, evil, evil) }}',
    '{% from "parts/protection.html" import hold %}{{ hold("RETURN", [evil], none, evil) }}',
    '{% from "parts/protection.html" import grade %}{{ grade(evil, "possible", [evil]) }}',
]


@pytest.mark.asvs("1.2.1")
@pytest.mark.parametrize("source", PARTS_WITH_TEXT)
def test_no_part_trusts_its_text(kitchen: Flask, source: str) -> None:
    text = part(kitchen, source, evil=EVIL)

    assert "<img" not in text
    assert "&lt;img" in text


def test_a_page_that_forgets_a_value_fails(kitchen: Flask) -> None:
    with pytest.raises(UndefinedError):
        part(kitchen, "{{ forgotten }}")


def test_a_page_has_one_heading_one_main_and_a_title_of_its_own(kitchen: Flask) -> None:
    text = kitchen.test_client().get("/who").text

    assert text.count("<h1") == text.count("<main") == 1
    assert "<title>Who - Serai</title>" in text
    assert "Leave this page" in text


def test_only_a_page_about_a_person_offers_to_leave(kitchen: Flask) -> None:
    assert "Leave this page" not in kitchen.test_client().get("/receipt").text


def test_a_wrong_form_says_so_in_title_and_summary(kitchen: Flask) -> None:
    answer = kitchen.test_client().post("/kitchen", data={"name": ""})

    assert answer.status_code == 422
    assert "<title>Error: Kitchen - Serai</title>" in answer.text
    assert '<a href="#name">Enter a name</a>' in answer.text


def test_every_id_is_used_once_and_every_reference_has_its_id(kitchen: Flask) -> None:
    for text in (
        kitchen.test_client().get("/kitchen").text,
        kitchen.test_client().post("/kitchen", data={"name": ""}).text,
    ):
        ids = re.findall(r'\sid="([^"]+)"', text)
        named = re.findall(r'(?:for|aria-describedby|aria-labelledby|data-reveals)="([^"]+)"', text)

        assert len(ids) == len(set(ids))
        assert {one for names in named for one in names.split()} <= set(ids)
