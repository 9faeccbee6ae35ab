"""The training ground: marked on each page, apart from real data, with ten people the rules are tested by."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from app.web.border import scenarios
from app.work import Engines
from config.loading import TRAINING_MARK, SettingsError, load
from tests.border.conftest import Official, Product
from workflows.packs import Shelf
from workflows.rules.pack_model import Vignette

TRAINING = {"SERAI_TRAINING": "1"}


@pytest.fixture
def trainee(product: Product, officer: Official) -> Official:
    engines: Engines = product.app.extensions["serai"]
    product.app.extensions["serai"] = replace(
        engines, settings=replace(engines.settings, training=True)
    )
    return officer


def test_every_page_says_that_nobody_is_real(product: Product, trainee: Official) -> None:
    number = trainee.informed()
    signed_out = Official(product.app.test_client(), product.world.shelf)

    pages = [
        trainee.get(path) for path in ("/register", f"/cases/{number}/ask", "/practice", "/search")
    ]
    for page in [*pages, signed_out.get("/sign-in"), signed_out.get("/person")]:
        assert "Never enter a real person." in page.words


def test_ten_people_each_with_what_they_say_and_what_should_come_of_it(trainee: Official) -> None:
    listed = [a["href"] for a in trainee.get("/practice").soup.select("main ol a")]
    assert len(listed) == len(set(listed)) == 10

    for path in listed:
        page = trainee.get(str(path))
        assert page.status == 200
        assert page.soup.select("main dl dt")
        assert page.soup.find("a", href="/register") is not None
        assert "Compare when you are done" in page.words

    boy = trainee.get("/practice/boy-14-alone").words
    assert "14" in boy
    assert "Do not detain" in boy
    assert trainee.get("/practice/nobody").status == 404


def test_a_scenario_is_an_invented_person_of_the_rules(shelf: Shelf, product: Product) -> None:
    pack = shelf.get("int", product.world.now.date())
    chosen = [scenarios.vignette_of(pack, one.vignette) for one in scenarios.SCENARIOS]

    assert all(isinstance(one, Vignette) and not one.case for one in chosen)
    assert all(one.forbid and one.expect for one in chosen)


def test_help_stands_beside_each_question_of_the_training_only(
    product: Product, officer: Official
) -> None:
    number = officer.informed()
    assert "what not to ask" not in officer.get(f"/cases/{number}/ask").words

    engines: Engines = product.app.extensions["serai"]
    product.app.extensions["serai"] = replace(
        engines, settings=replace(engines.settings, training=True)
    )
    page = officer.get(f"/cases/{number}/ask")
    questions = page.soup.select(".serai-question")

    assert questions
    assert all(question.select_one(".serai-help li") for question in questions)
    assert "Stop if the person is distressed" in page.words


def test_where_people_are_real_there_is_nothing_to_practise_on(officer: Official) -> None:
    assert officer.get("/practice").status == 404
    assert officer.get("/practice/boy-14-alone").status == 404
    assert "Practice" not in officer.get("/register").words


def test_real_and_invented_people_never_share_a_folder(tmp_path: Path) -> None:
    ground, real = tmp_path / "ground", tmp_path / "real"
    ground.mkdir()
    real.mkdir()
    (ground / TRAINING_MARK).touch()
    (real / "serai.db").touch()

    assert load(TRAINING, ground).training
    assert not load({}, real).training
    with pytest.raises(SettingsError, match="is a training ground"):
        load({}, ground)
    with pytest.raises(SettingsError, match="holds data that is no training"):
        load(TRAINING, real)


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({"SERAI_DATABASE_URL": "postgresql+psycopg://db/serai"}, "keeps to its own folder"),
        ({"SERAI_ENVIRONMENT": "production", "SERAI_ALLOW_UNSIGNED_PACKS": "1"}, "in production"),
    ],
)
def test_training_has_neither_another_database_nor_a_real_server(
    tmp_path: Path, more: dict[str, str], says: str
) -> None:
    with pytest.raises(SettingsError, match=says):
        load(TRAINING | more, tmp_path)
