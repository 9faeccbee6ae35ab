"""A screen is turned to a person: they answer alone, and the post learns by no page and no door what."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from models.accounts import SignIn
from models.cases import Answer, Assessment, Case, Hold, Need, Task
from models.log import LogEntry
from models.network import Agency, Desk
from models.turned import TurnedScreen
from models.vault.sealed import load_sealed
from models.vocabulary import AgencyKind, LegalBasis, Purpose, Role, TaskKind
from tests.border.conftest import Official, Page, Product
from tests.policy.surface import machine_of
from tests.world import PASSWORD, World
from workflows import casenumbers, desks, interviews, referrals, sides, turned
from workflows.errors import NotFound
from workflows.policy import Actor
from workflows.rules.assessment import Assessment as Reading

CARD = "ill_treatment"
NOWHERE = ("x", "7", "-1", "9" * 5000)
#: A question of the card whose yes alone makes a profile presumed.
SECRET = "family_violence"


def turn(officer: Official, number: str, card: str = CARD, **more: str) -> Page:
    """Hand the screen over; the page the person then sees."""
    answer = officer.send(f"/cases/{number}/turn?card={card}", {"language": "fa_AF", **more})
    assert answer.status == 303, answer.errors
    assert answer.location == "/alone"
    return officer.get("/alone")


def touch(browser: Official, do: str, page: Page | None = None) -> Page:
    """One touch of a button in sight, and the page after it."""
    page = page or browser.get("/alone")
    answer = browser.post("/alone", {"csrf_token": page.token, "at": page.value("at"), "do": do})
    assert (answer.status, answer.location) == (303, "/alone")
    return browser.get("/alone")


def touch_all(browser: Official, do: str) -> Page:
    """The same answer to every question."""
    page = browser.get("/alone")
    while page.soup.find("form"):
        page = touch(browser, do, page)
    return page


def unlock(officer: Official) -> None:
    """The official proves again who they are."""
    page = officer.get("/unlock")
    answer = officer.post("/unlock", {"csrf_token": page.token, "password": PASSWORD})
    assert answer.status == 303, answer.errors


def reading(world: World, number: str) -> Reading:
    """The newest assessment as it is kept: of everything that is known."""
    with world.work() as work:
        case = world.case(work, casenumbers.parse(number))
        with work.computing(case.person_id, Purpose.PROTECTION):
            row = work.session.scalars(
                select(Assessment)
                .where(Assessment.case_id == case.id)
                .order_by(Assessment.sequence.desc())
                .options(*load_sealed(Assessment.content))
            ).first()
            assert row is not None
            return Reading.from_dict(row.content or {})


def of(world: World, model: type, number: str) -> list[Any]:
    return world.of(model, casenumbers.parse(number))


def test_the_person_answers_alone_and_the_official_has_to_unlock(
    product: Product, officer: Official
) -> None:
    number = officer.informed()
    asked = officer.get(f"/cases/{number}/ask?card={CARD}&alone=1")
    assert f"/cases/{number}/turn?card={CARD}" in asked.text

    page = turn(officer, number)

    # The page is in the language of the screen, needs no script and names neither post nor official.
    assert page.soup.html["lang"] == "fa-AF"
    assert page.soup.html["dir"] == "rtl"
    assert not page.soup.find_all("script")
    assert "Korday" not in page.text
    assert [b["value"] for b in page.soup.find_all("button")] == [
        *turned.ANSWERS, "help", "interpreter", "stop",
    ]  # fmt: skip
    assert all(button.find("svg") and button.span for button in page.soup.find_all("button"))

    # While the screen is with the person the server takes nothing but these pages.
    for path in ("/today", f"/cases/{number}/ask", f"/cases/{number}/outcome", "/search", "/"):
        answer = officer.get(path)
        assert answer.status == 303, path
        assert answer.location.startswith("/unlock"), path
    assert officer.post(f"/cases/{number}/finish", {"csrf_token": page.token}).status == 303
    assert product.world.rows(Case)[0].screened_on is None

    over = touch_all(officer, "no")
    assert over.status == 200
    assert over.soup.select_one(".serai-alone__page--over h1 span")
    assert not over.soup.find("form")
    assert officer.get("/today").status == 303

    unlock(officer)
    back = officer.get(f"/cases/{number}/ask?card={CARD}&alone=1")
    assert back.status == 200
    assert back.words.count("Answered privately. Nobody at this post sees what.") == 7
    assert "The person answered privately" in back.words
    # What the person held opens nothing now.
    assert not officer.get("/alone").soup.find("form")


def pages(officer: Official, number: str) -> dict[str, str]:
    """Everything the post may open of a case, without what differs between any two cases or moments."""
    found = {}
    cards = re.findall(r"card=([a-z_]+)", officer.get(f"/cases/{number}/ask?alone=1").text)
    paths = ["", "/ask", "/ask?alone=1", "/outcome", "/receipt", "/file", "/now", "/inform"]
    paths += [f"/ask?card={card}&alone=1" for card in sorted(set(cards))]
    for path in paths:
        found[path] = plain(officer.get(f"/cases/{number}{path}").text, number)
    return found


def plain(text: str, number: str) -> str:
    """A page without its case's number, row ids, tokens and the picture of the number."""
    text = text.replace(number, "NUMBER").replace(casenumbers.parse(number), "NUMBER")
    text = re.sub(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", "ID", text)
    text = re.sub(r'name="csrf_token"[^>]*>', "TOKEN", text)
    return re.sub(r'<path[^>]*d="[^"]*"[^>]*>', "DRAWN", text)


@pytest.mark.parametrize("card", [CARD, "control", "leaving"])
def test_whatever_was_answered_the_post_sees_the_same(officer: Official, card: str) -> None:
    seen = []
    for word in ("yes", "no", "does_not_know", "declined"):
        number = officer.informed("Parwana", sex="F", travelling="alone")
        turn(officer, number, card)
        touch_all(officer, word)
        unlock(officer)
        seen.append(pages(officer, number))

    for path, text in seen[0].items():
        # How soon somebody must act is the one thing that shows (docs/decisions).
        for other in seen[1:]:
            assert unhurried(other[path]) == unhurried(text), path


def unhurried(text: str) -> str:
    """A page without the mark that says how soon, which follows from everything that is known."""
    return re.sub(r'serai-urgency serai-urgency--\w+">[^<]*<', "HOW SOON<", text)


def test_asking_for_help_looks_to_the_post_like_any_answer(officer: Official) -> None:
    seen = []
    for does in (("declined",), ("help", "declined")):
        number = officer.informed("Parwana")
        turn(officer, number)
        for do in does:
            touch(officer, do)
        touch(officer, "stop")
        unlock(officer)
        seen.append(pages(officer, number))

    assert seen[0] == seen[1]


def test_what_was_answered_counts_at_once_and_is_sent_by_nobody(
    product: Product, officer: Official
) -> None:
    world, number = product.world, officer.informed(sex="F")
    before = {name: p.grade for name, p in reading(world, number).profiles.items()}
    turn(officer, number)
    touch_all(officer, "yes")

    found = reading(world, number)
    assert before["GBV"] != found.profiles["GBV"].grade
    assert found.profiles["GBV"].grade.value == "presumed"
    assert "gbv_care" in found.needs

    unlock(officer)
    outcome = officer.get(f"/cases/{number}/outcome")
    needs = world.pack().texts["en"]
    assert needs["need.specialist_screening"] in outcome.words
    assert needs["need.gbv_care"] not in outcome.words
    assert needs["profile.GBV"] not in str(outcome.soup.find(class_="serai-grade--presumed"))
    # A need that is not in sight cannot be felt out by its name either.
    page = officer.get(f"/cases/{number}/outcome")
    for name in ("gbv_care", "mhpss", "consular_on_request"):
        answer = officer.post(f"/cases/{number}/offers", {"csrf_token": page.token, "need": name})
        assert answer.status == 409, name


def test_the_api_of_the_post_tells_it_no_more(product: Product, officer: Official) -> None:
    world = product.world
    token = machine_of(world, "officer")
    told = []
    for word in ("yes", "no"):
        number = officer.informed(sex="F")
        turn(officer, number)
        touch_all(officer, word)
        unlock(officer)
        told.append(
            [
                _api(product.app, token, number, path)
                for path in ("questions", "assessment", "holds")
            ]
        )

    assert told[0] == told[1]


def _api(app: Flask, token: str, number: str, what: str) -> str:
    client: FlaskClient = app.test_client(use_cookies=False)
    answer = client.get(
        f"/api/v1/cases/{number}/{what}", headers={"Authorization": f"Bearer {token}"}
    )
    assert answer.status_code == 200, (what, answer.text)
    text = re.sub(r'"(facts_sha256|since|urgency)": ?("[^"]*"|\d+)', "", plain(answer.text, number))
    return re.sub(r'"[0-9a-f]{12}"', "STATEMENT", text)


def accepted(world: World, number: str, *, force: bool) -> tuple[Actor, str]:
    """A desk of a civil or an enforcement body has taken the private talk."""
    case = casenumbers.parse(number)
    proposal = world.proposal(case, sides.TALK)
    kinds = {AgencyKind.POLICE, AgencyKind.SECURITY, AgencyKind.BORDER}
    for choice in proposal.desks:
        desk = world.rows(Desk, Desk.code == choice.desk)[0]
        agency = world.rows(Agency, Agency.id == desk.agency_id)[0]
        if (agency.kind in kinds) is force:
            break
    else:
        pytest.fail("no such desk")
    with world.work("officer") as work:
        command = referrals.SendReferral(
            case_number=case,
            need_id=proposal.need_id,
            desk=choice.desk,
            legal_basis=LegalBasis.CONSENT,
            consented=True,
        )
        sent = referrals.send(work, command).number
    taker = Actor(
        user_id=world.actor("guardian").user_id,
        role=Role.PROTECTION_OFFICER,
        agency_id=agency.id,
        country=agency.country,
        desk_ids=frozenset({desk.id}),
        force=force,
    )
    with world.work(taker) as work:
        desks.accept(work, desks.AcceptReferral(number=sent))
        interviews.begin(
            work,
            interviews.BeginInterview(
                case_number=case, language="prs", how="read_aloud", interpreter="here",
                understood=True, alone=True,
            ),
        )  # fmt: skip
    return taker, case


@pytest.mark.parametrize("force", [False, True])
def test_a_civil_desk_that_has_the_person_reads_it_and_a_force_does_not(
    product: Product, officer: Official, *, force: bool
) -> None:
    world, number = product.world, officer.informed(sex="F")
    turn(officer, number)
    touch(officer, "help")
    touch_all(officer, "yes")
    unlock(officer)
    taker, case = accepted(world, number, force=force)

    with world.work(taker) as work:
        if force and CARD not in {card.id for card in interviews.page(work, case).cards}:
            return
        page = interviews.page(work, case, CARD)
        told = {q.fact.id: q.alone for q in page.questions if q.alone}
        assert page.asked_help
        assert all(question.value is None for question in page.questions)
    assert told
    assert set(told.values()) == {(None, "restricted") if force else ("yes", None)}


def test_a_desk_that_hears_it_itself_brings_the_need(product: Product, officer: Official) -> None:
    world, number = product.world, officer.informed(sex="F")
    turn(officer, number)
    touch_all(officer, "yes")
    unlock(officer)
    taker, case = accepted(world, number, force=False)
    with world.work(taker) as work:
        seen = interviews.page(work, case, CARD).seen
        interviews.record(
            work,
            interviews.RecordInterview(case_number=case, answers={SECRET: "yes"}, seen=seen),
        )

    with world.work() as work:
        row = world.case(work, case)
        with work.computing(row.person_id, Purpose.PROTECTION):
            from workflows import effects  # for this look alone

            assert "gbv_care" in effects.present_needs(work, row)


def test_a_hold_that_an_answer_would_end_stays_until_a_desk_has_heard_it(
    product: Product, officer: Official
) -> None:
    world, number = product.world, officer.informed()
    before = {(row.action, row.id) for row in of(world, Hold, number) if row.ended_on is None}
    for card in ("leaving", CARD):
        turn(officer, number, card)
        touch_all(officer, "no")
        unlock(officer)

    after = {(row.action, row.id) for row in of(world, Hold, number) if row.ended_on is None}
    assert before <= after


def test_a_touch_counts_once_and_can_be_taken_back(product: Product, officer: Official) -> None:
    world, number = product.world, officer.informed()
    page = turn(officer, number)
    assert page.value("at") == "0"
    touch(officer, "yes", page)
    touch(officer, "no", page)  # the second touch of a double touch, or a page from before
    assert officer.get("/alone").value("at") == "1"
    assert len(said_alone(world, number)) == 1

    back = touch(officer, "again")
    assert back.value("at") == "0"
    touch(officer, "no")
    said = said_alone(world, number)
    assert [s["value"] for s in said] == ["yes", "no"]
    assert said[1]["supersedes"] == said[0]["id"]


def said_alone(world: World, number: str) -> list[dict[str, str]]:
    """The statements of the person alone, as they lie sealed."""
    with world.work() as work:
        case = world.case(work, casenumbers.parse(number))
        with work.computing(case.person_id, Purpose.PROTECTION):
            rows = work.session.scalars(
                select(Answer)
                .where(Answer.case_id == case.id)
                .order_by(Answer.sequence)
                .options(*load_sealed(Answer.statements))
            )
            return [s for row in rows for s in row.statements or () if s["by"] == sides.PERSON]


def test_stop_leaves_the_rest_unanswered_and_calls_nobody(
    product: Product, officer: Official
) -> None:
    world, number = product.world, officer.informed()
    turn(officer, number)
    over = touch(officer, "stop")

    assert not over.soup.find("form")
    assert said_alone(world, number) == []
    assert not [t for t in of(world, Task, number) if t.kind is TaskKind.CHOOSE_ANOTHER_DESK]
    unlock(officer)
    again = officer.get(f"/cases/{number}/ask?card={CARD}&alone=1")
    assert "Answered privately" not in again.words
    assert f"/turn?card={CARD}" in again.text


def test_help_alone_gives_somebody_beside_the_official_the_task(
    product: Product, officer: Official
) -> None:
    world, number = product.world, officer.informed()
    turn(officer, number)
    page = touch(officer, "help")
    touch(officer, "help", page)
    touch(officer, "stop")

    found = [t for t in of(world, Task, number) if t.kind is TaskKind.CHOOSE_ANOTHER_DESK]
    assert [task.role for task in found] == [Role.SUPERVISOR]
    assert len(of(world, Need, number)) == 1
    unlock(officer)
    assert "The person answered privately" in officer.get(f"/cases/{number}/ask?alone=1").words


def test_another_interpreter_is_told_to_the_post(officer: Official) -> None:
    number = officer.informed()
    turn(officer, number)
    touch(officer, "interpreter")
    touch(officer, "stop")
    unlock(officer)

    page = officer.get(f"/cases/{number}/ask?alone=1")
    assert "The person wishes another interpreter." in page.words
    assert "The person answered privately" not in page.words


def test_a_screen_that_nobody_touches_is_over(product: Product, officer: Official) -> None:
    number = officer.informed()
    page = turn(officer, number)
    product.world.clock.forward(minutes=21)

    assert not officer.get("/alone").soup.find("form")
    answer = officer.post("/alone", {"csrf_token": page.token, "at": "0", "do": "yes"})
    assert (answer.status, answer.location) == (303, "/alone")
    assert said_alone(product.world, number) == []


@pytest.mark.parametrize(
    "sent", [{}, {"do": "maybe", "at": "0"}, *({"do": "yes", "at": at} for at in NOWHERE)]
)
def test_what_no_button_sends_does_nothing(
    product: Product, officer: Official, sent: dict[str, str]
) -> None:
    number = officer.informed()
    page = turn(officer, number)

    answer = officer.post("/alone", {"csrf_token": page.token, **sent})

    assert (answer.status, answer.location) == (303, "/alone")
    assert said_alone(product.world, number) == []


def test_a_language_that_the_pack_does_not_ask_in_has_its_answers_and_the_next_one_s_questions(
    product: Product, officer: Official
) -> None:
    number = officer.informed()
    page = turn(officer, number, language="ps", large="1")
    texts = product.world.pack().texts

    assert texts["ps"]["text.alone.declined"] in page.words
    question = page.soup.h1.find("span")
    assert question["lang"] == "fa-AF"
    assert "serai-alone--large" in page.soup.html["class"]


def test_nothing_is_turned_before_the_information_step_or_for_a_card_without_such_questions(
    officer: Official,
) -> None:
    number = officer.register()
    assert officer.get(f"/cases/{number}/turn?card={CARD}").status == 409
    number = officer.informed()
    for card in ("bio", "nonsense", ""):
        assert officer.get(f"/cases/{number}/turn?card={card}").status == 422, card
    answer = officer.send(f"/cases/{number}/turn?card={CARD}", {"language": "xx"})
    assert answer.status == 422
    assert answer.errors


def test_the_log_says_who_handed_over_and_nothing_of_what_was_pressed(
    product: Product, officer: Official
) -> None:
    world, number = product.world, officer.informed()
    turn(officer, number)
    touch(officer, "help")
    touch(officer, "yes")
    row = world.rows(TurnedScreen)[0]

    entries = world.rows(LogEntry)
    handed = [e for e in entries if e.act == "turn_screen"]
    pressed = [e for e in entries if e.act == "answer_alone"]
    official = world.actor("officer").user_id
    assert row.handed_by == official
    assert {e.actor for e in handed} == {official}
    assert {e.actor for e in pressed} == {UUID(int=0)}
    assert {e.session for e in pressed} == {row.id}
    assert not [e for e in pressed if e.detail]


def test_a_token_of_a_screen_is_no_session_and_a_session_no_screen(
    product: Product, officer: Official
) -> None:
    world, number = product.world, officer.informed()
    turn(officer, number)
    cookie = officer.client.get_cookie("turned")
    session = officer.client.get_cookie("serai")
    assert cookie is not None
    assert session is not None
    stranger = product.app.test_client()
    stranger.set_cookie("serai", cookie.value)
    assert stranger.get("/today").status_code == 303
    stranger.set_cookie("turned", session.value)
    assert b"<form" not in stranger.get("/alone").data
    with world.work(replace(world.actor("officer"), session_id=None)) as work:
        command = turned.TurnScreen(case_number=casenumbers.parse(number), card=CARD, language="ru")
        with pytest.raises(NotFound):
            turned.turn(work, command)
    assert all(row.locked for row in world.rows(SignIn, SignIn.ended_at.is_(None)))
