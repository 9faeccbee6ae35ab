"""The referral form: the packet as its desk may read it now, tagged, in three languages, always the same."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from flask_babel import force_locale

from app.documents.typeset import Form, Section, pdf, told
from app.factory import create_app
from app.locale import language_of
from app.web.protection.forms import form_of
from app.work import Engines
from models.log import LogEntry
from tests.policy.surface import session_of
from tests.world import World
from workflows import printing
from workflows.casenumbers import show

GOLDEN = Path(__file__).with_name("golden")
LANGUAGES = ("en", "ru", "fa_AF")


@pytest.fixture
def app(world: World) -> Any:
    made = create_app(world.settings, storage=world.storage, clock=world.clock)
    made.extensions["serai"] = Engines(world.storage, world.shelf, world.settings, world.clock)
    return made


def said(app: Any, world: World, number: str, referral: str, language: str) -> dict[str, Any]:
    """The form in a language, with the two random numbers taken out."""
    with app.test_request_context(), force_locale(language), world.work("guardian") as work:
        text = told(form_of(printing.printed(work, referral)), language_of(language))
    text = text.replace(show(referral), "REFERRAL").replace(show(number), "CASE")
    found: dict[str, Any] = json.loads(text)
    return found


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_form_is_the_golden_one(app: Any, world: World, language: str) -> None:
    number, referral = world.sent(name="Zarifa Ahmadi")
    world.accept(referral)
    golden = json.loads((GOLDEN / f"referral.{language}.json").read_text("utf-8"))
    found = said(app, world, number, referral, language)
    # Title and foot are one sentence each, in the catalogue alone.
    assert found.pop("title")
    assert found.pop("foot")
    assert found == golden


def test_who_it_is_stands_on_it_only_once_the_desk_has_taken_it(app: Any, world: World) -> None:
    number, referral = world.sent(name="Zarifa Ahmadi")
    before = str(said(app, world, number, referral, "en"))
    assert "Zarifa" not in before
    assert "CASE" not in before
    world.accept(referral)
    assert "Zarifa Ahmadi" in str(said(app, world, number, referral, "en"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_file_is_tagged_says_its_language_and_is_the_same_each_time(language: str) -> None:
    lines = ["Zarifa", "ظریفه"]
    form = Form("A form", "for a test", "foot", [Section("Part", [("Name", lines)])])
    made = pdf(form, language_of(language))
    assert made == pdf(form, language_of(language))
    with pikepdf.open(io.BytesIO(made)) as opened:
        root = opened.Root
        assert bool(root.MarkInfo.Marked)
        assert str(root.Lang) == language_of(language).tag.partition("-")[0]
        assert "CreationDate" not in {str(key).strip("/") for key in opened.docinfo}


def test_what_was_typed_is_text_and_never_source() -> None:
    evil = '#read("/etc/passwd") $x$ ] #panic("x")'
    form = Form(evil, evil, evil, [Section(evil, [(evil, [evil])])])
    assert pdf(form, language_of("en")).startswith(b"%PDF")


def test_it_leaves_as_a_download_and_the_log_says_so(app: Any, world: World) -> None:
    _, referral = world.sent()
    client = app.test_client()
    client.set_cookie("serai", session_of(world, "guardian"))
    answer = client.get(f"/referrals/{referral}/form")
    assert answer.data.startswith(b"%PDF")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="referral.pdf"'
    assert answer.headers["Cache-Control"] == "no-store"
    assert {"as": "form"} in [row.detail for row in world.rows(LogEntry)]
    for other in ("asylum", "officer"):
        client.set_cookie("serai", session_of(world, other))
        assert client.get(f"/referrals/{referral}/form").status_code in {403, 404}
