"""A child alone: what is filled in stays in order, sealed; an assessment ends its clock; the form prints."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from flask_babel import force_locale

from app.documents.typeset import pdf, told
from app.factory import create_app
from app.locale import language_of
from app.web.forms.base import PageForm
from app.web.protection.childcare import form_of
from app.work import Engines
from models.cases import Deadline
from models.childcare import CaseForm
from models.vocabulary import DeadlineState
from tests.children.test_same_person_pages import Browsers
from tests.world import World
from workflows import child_forms, summaries
from workflows.casenumbers import show
from workflows.child_fields import FORMS, FormKind, fields_of
from workflows.child_forms import FillForm
from workflows.errors import ChangedMeanwhile, InvalidCommand, NotFound

GOLDEN = Path(__file__).parent.parent / "documents" / "golden"
REGISTRATION = {
    "status": "unaccompanied",
    "nickname": "Zari",
    "mother_name": "فاطمه احمدی",
    "mother_life": "unknown",
    "causes": ["conflict", "population_movement"],
    "wants_tracing": "yes",
    "consent_by": "guardian",
    "withhold_what": "Where she is",
    "withhold_from": "Her uncle",
}


def filled(world: World, referral: str, kind: FormKind, seen: int = 0, **values: Any) -> None:
    with world.work("guardian") as work:
        child_forms.fill(work, FillForm(number=referral, kind=kind, values=values, seen=seen))


def file_of(world: World, referral: str) -> child_forms.ChildFile:
    with world.work("guardian2") as work:
        return child_forms.of_case(work, referral)


def child(world: World) -> tuple[str, str]:
    found = world.sent(name="Zarifa Ahmadi")
    world.accept(found[1])
    return found


def test_care_has_a_history_and_the_newest_counts(any_world: World) -> None:
    world = any_world
    number, referral = child(world)
    filled(world, referral, FormKind.CARE, arrangement="none")
    filled(world, referral, FormKind.CARE, 1, arrangement="foster", carer="Aigul")
    # The same once more, as by a double click, is nothing new.
    filled(world, referral, FormKind.CARE, 1, arrangement="foster", carer="Aigul")
    file = file_of(world, referral)
    assert [one.values["arrangement"] for one in file.filled] == ["foster", "none"]
    newest = file.newest(FormKind.CARE)
    assert newest is not None
    assert newest.values["carer"] == "Aigul"
    with world.work("guardian") as work:
        read = summaries.summary(work, number).forms
    assert [one.values["arrangement"] for one in read] == ["foster"]
    assert "foster" not in str([vars(row) for row in world.rows(CaseForm)])


@pytest.mark.parametrize(
    ("kind", "wrong", "field"),
    [
        (FormKind.REGISTRATION, {}, "status"),
        (FormKind.REGISTRATION, {"status": "lost"}, "status"),
        (FormKind.REGISTRATION, {"status": "separated", "causes": ["whim"]}, "causes"),
        (FormKind.REGISTRATION, {"status": "separated", "secret": "x"}, "secret"),
        (FormKind.CARE, {"arrangement": "kinship", "carer": "x" * 201}, "carer"),
        (FormKind.ASSESSMENT, {"risk": "low", "complete": True}, "heard_child"),
    ],
)
def test_what_cannot_be_kept_is_named(
    world: World, kind: FormKind, wrong: dict[str, Any], field: str
) -> None:
    _, referral = child(world)
    with pytest.raises(InvalidCommand) as refused:
        filled(world, referral, kind, **wrong)
    assert refused.value.params == {"field": field}


def test_a_page_that_others_wrote_past_is_refused(world: World) -> None:
    _, referral = child(world)
    filled(world, referral, FormKind.CARE, arrangement="kinship")
    with pytest.raises(ChangedMeanwhile):
        filled(world, referral, FormKind.CARE, arrangement="foster")
    for other in ("asylum", "officer"):
        with pytest.raises(Exception, match="not_"), world.work(other) as work:
            child_forms.of_case(work, referral)
    assert NotFound.code == "not_found"


def test_a_complete_assessment_ends_its_clock(any_world: World) -> None:
    world = any_world
    number, referral = child(world)
    codes = {code for code, _ in file_of(world, referral).clocks}
    assert codes == {"UAC.assessment", "UAC.guardian"}
    ticks = {one.code: True for one in fields_of(FormKind.ASSESSMENT) if one.kind == "tick"}
    filled(world, referral, FormKind.ASSESSMENT, risk="high", findings="Stays", **ticks)
    assert {code for code, _ in file_of(world, referral).clocks} == {"UAC.guardian"}
    met = [row for row in world.of(Deadline, number) if row.state is DeadlineState.MET]
    assert len(met) == 1


@pytest.mark.parametrize("language", ["en", "ru", "fa_AF"])
def test_the_printed_form_is_the_golden_one_and_tagged(world: World, language: str) -> None:
    number, referral = child(world)
    filled(world, referral, FormKind.REGISTRATION, **REGISTRATION)
    filled(world, referral, FormKind.CARE, 1, arrangement="foster", carer="Aigul")
    app = create_app(world.settings, storage=world.storage, clock=world.clock)
    app.extensions["serai"] = Engines(world.storage, world.shelf, world.settings, world.clock)
    with app.test_request_context(), force_locale(language), world.work("guardian") as work:
        form = form_of(child_forms.of_case(work, referral))
        found = json.loads(told(form, language_of(language)).replace(show(number), "CASE"))
        made = pdf(form, language_of(language))
    assert made.startswith(b"%PDF")
    assert b"/MarkInfo" in made
    golden = json.loads((GOLDEN / f"registration.{language}.json").read_text("utf-8"))
    assert found.pop("title")
    assert found.pop("foot")
    assert found == golden


def test_the_pages_keep_what_was_typed_and_show_what_counts(world: World) -> None:
    browsers = Browsers(world)
    _, referral = child(world)
    here = f"/care/{referral}/child"
    on = f"{here}/registration"
    refused = browsers.post("guardian", on, on=on, seen="0", nickname="Zari")
    assert refused.status_code == 422
    assert 'value="Zari"' in refused.text
    typed = {"nickname": "Zari", "status": "separated", "causes": ["conflict", "poverty"]}
    kept = browsers.post("guardian", on, on=on, seen="0", **typed)
    assert kept.status_code == 303
    late = browsers.post("guardian2", on, on=on, seen="0", nickname="Zari B", status="separated")
    assert late.status_code == 409
    assert "Zari B" in late.text
    care = browsers.post(
        "guardian", f"{here}/care", on=f"{here}/care", seen="1", arrangement="foster"
    )
    assert care.status_code == 303
    page = browsers.get("guardian2", here).text
    assert "In a foster family" in page
    assert "Separated: with relatives" in page
    paper = browsers.get("guardian2", f"{here}/form.pdf")
    assert paper.data.startswith(b"%PDF")
    assert browsers.get("guardian", f"{here}/nothing").status_code == 404
    assert browsers.get("officer", here).status_code == 403


def test_every_field_has_its_words() -> None:
    from app.web.child_words import CHOICES, HEADINGS, LABELS, TITLES

    for kind, parts in FORMS.items():
        assert kind in TITLES
        assert set(parts) <= set(HEADINGS)
        for field in fields_of(kind):
            assert field.code in LABELS
            # A field of that name would hide the form's own.
            assert not hasattr(PageForm, field.code)
            assert set(field.choices) == set(CHOICES.get(field.code, ()))
