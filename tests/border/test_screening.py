"""Now, Inform and Ask: what is recorded, what is refused, and a page that has grown stale."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.cases import Answer, Task
from models.vocabulary import TaskKind
from tests.border.conftest import Official, Product


def rows(product: Product, model: type) -> int:
    with Session(product.storage.engine) as session:
        return session.scalar(select(func.count()).select_from(model)) or 0


def test_an_urgent_tick_makes_a_task_and_the_case_urgent(officer: Official) -> None:
    number = officer.register()
    officer.send(f"/cases/{number}/now", {"seen": ["medical"]})
    assert "Urgent need" in officer.get("/tasks").words
    row = officer.get("/today").soup.find(class_="serai-urgency--now")
    assert row is not None


def test_a_look_must_say_something(officer: Official) -> None:
    number = officer.register()
    page = officer.send(f"/cases/{number}/now", {})
    assert page.status == 422
    assert "None of these" in page.errors


def test_an_unknown_tick_is_refused(officer: Official) -> None:
    number = officer.register()
    assert officer.send(f"/cases/{number}/now", {"seen": ["witchcraft"]}).status == 422


def test_a_companion_is_never_the_interpreter(officer: Official) -> None:
    number = officer.register()
    told = {"language": "prs", "how": "read_aloud", "understood": "yes"}
    page = officer.send(f"/cases/{number}/inform", {**told, "interpreter": "companion"})
    assert page.status == 422
    assert officer.get(f"/cases/{number}/ask").status == 409


def test_the_text_is_shown_in_two_languages_and_in_larger_type(officer: Official) -> None:
    number = officer.register(language="rus")
    page = officer.get(f"/cases/{number}/inform?large=1")
    assert page.soup.find(class_="serai-tell--large") is not None
    assert page.soup.find(lang="ru", class_="serai-tell__own") is not None
    assert "You need not answer" in page.words


def test_a_language_without_a_text_says_so(officer: Official) -> None:
    number = officer.register(language="urd")
    page = officer.get(f"/cases/{number}/inform")
    assert "An interpreter must say it" in page.words


@pytest.mark.parametrize(
    ("language", "tag", "direction", "asks"),
    [
        ("kir", "ky", "ltr", "Түшүндүңүзбү?"),
        ("pbt", "ps", "rtl", "ایا پوه شوئ؟"),
        ("pes", "fa", "rtl", "آیا متوجه شدید؟"),
        ("uzn", "uz", "ltr", "Tushundingizmi?"),
        ("cmn", "zh", "ltr", "您听懂了吗？"),
    ],
)
def test_a_person_is_told_in_their_own_language(
    officer: Official, language: str, tag: str, direction: str, asks: str
) -> None:
    number = officer.register(language=language)
    page = officer.get(f"/cases/{number}/inform")
    own = page.soup.select(".serai-tell__own")

    assert {(part["lang"], part["dir"]) for part in own} == {(tag, direction)}
    assert any(asks in part.get_text() for part in own)
    assert "An interpreter must say it" not in page.words


def test_an_answer_is_shown_and_can_be_changed(product: Product, officer: Official) -> None:
    number = officer.informed()
    assert officer.answer(number, fear_of_return="no").status == 303
    page = officer.get(officer.card(number, "fear_of_return"))
    chosen = page.soup.find("input", {"name": "q_fear_of_return", "checked": True})
    assert chosen is not None
    assert chosen["value"] == "no"
    officer.answer(number, fear_of_return="yes")
    assert "Asylum-seeker" in officer.get(f"/cases/{number}/outcome").words


def test_no_to_the_rest_answers_what_was_shown_and_nothing_else(officer: Official) -> None:
    number = officer.informed()
    address = officer.card(number, "fear_of_return")
    before = officer.get(address)
    radios = before.soup.select("form > .serai-question input[type=radio]")
    shown = {radio["name"] for radio in radios}
    seen = before.value("seen")
    officer.send(address, {"q_fear_of_return": "yes", "rest": "no", "seen": seen})
    page = officer.get(address).soup
    chosen = {one["name"]: one["value"] for one in page.select("input[type=radio][checked]")}
    assert chosen.pop("q_fear_of_return") == "yes"
    assert set(chosen) == shown - {"q_fear_of_return"}
    assert set(chosen.values()) == {"no"}


def test_saving_a_card_without_news_makes_no_statement(product: Product, officer: Official) -> None:
    number = officer.informed()
    officer.answer(number, fear_of_return="no")
    before = rows(product, Answer)
    officer.answer(number, fear_of_return="no")
    assert rows(product, Answer) == before


def test_private_questions_wait_until_one_is_alone(officer: Official) -> None:
    number = officer.informed()
    names = {"name": "q_fear_of_return"}
    among_others = officer.card(number, "fear_of_return", alone=False)
    assert officer.get(among_others).soup.find("input", names) is None
    assert officer.get(officer.card(number, "fear_of_return")).soup.find("input", names)


def test_somebody_else_is_asked_to_ask_in_private(product: Product, officer: Official) -> None:
    number = officer.informed()
    answer = officer.answer(number, asks_for_asylum="private", left_for_conflict="yes")
    assert answer.status == 303
    assert "Ask in private" in officer.get("/tasks").words
    with Session(product.storage.engine) as session:
        kinds = session.scalars(select(Task.kind)).all()
    assert kinds.count(TaskKind.PRIVATE_INTERVIEW) == 1


def test_a_page_older_than_the_answers_is_told_so_and_keeps_what_was_typed(
    product: Product, officer: Official
) -> None:
    number = officer.informed()
    second = product.official("colleague")
    path = officer.card(number, "fear_of_return")
    page = officer.get(path)
    second.answer(number, no_documents="yes")
    stale = officer.post(
        path,
        {"csrf_token": page.token, "seen": page.value("seen"), "q_fear_of_return": "yes"},
    )
    assert stale.status == 409
    assert "Somebody else changed this" in stale.errors
    kept = stale.soup.find("input", {"name": "q_fear_of_return", "checked": True})
    assert kept is not None
    assert kept["value"] == "yes"
    again = officer.post(
        path,
        {"csrf_token": stale.token, "seen": stale.value("seen"), "q_fear_of_return": "yes"},
    )
    assert again.status == 303


def test_an_answer_that_is_not_offered_is_refused(officer: Official) -> None:
    number = officer.informed()
    page = officer.answer(number, fear_of_return="perhaps")
    assert page.status == 422
    assert "Choose one of the answers" in page.errors


def test_a_card_that_is_not_the_posts_is_refused(officer: Official) -> None:
    number = officer.informed()
    assert officer.get(f"/cases/{number}/ask?card=decisions").status == 422
    assert officer.get(f"/cases/{number}/ask?card=nothing").status == 422


def test_an_age_is_not_widened_by_saving_its_card(product: Product, officer: Official) -> None:
    number = officer.informed("Parwana", **{"birth-kind": "age", "birth-age": "17"})
    path = officer.card(number, "birth", alone=False)
    page = officer.get(path)
    before = rows(product, Answer)
    shown = {
        str(field["name"]): str(field.get("value", ""))
        for field in page.soup.select("input[name^=q_birth]")
        if field.get("type") != "radio" or field.has_attr("checked")
    }
    answer = officer.post(path, {"csrf_token": page.token, "seen": page.value("seen"), **shown})
    assert answer.status == 303
    assert rows(product, Answer) == before
