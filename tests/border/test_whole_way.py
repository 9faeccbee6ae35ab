"""One person from registration to receipt, through the pages."""

from __future__ import annotations

import re
from urllib.parse import urlencode

from tests.border.conftest import Official, Page, Product

PERSON = {
    "own_name": "پروانه",
    "sex": "F",
    "birth-kind": "age",
    "birth-age": "15",
    "nationality": "AFG",
    "language": "prs",
    "interpreter": "yes",
    "document_kind": "identity_card",
    "document_issuer": "AFG",
    "document_number": "A-123",
    "phone": "+93 700 000 000",
    "travelling": "alone",
}


def screened(officer: Official) -> str:
    """A girl of fifteen who travels alone, looked at, informed and asked about her parents."""
    number = officer.register("Parwana Testova", **PERSON)
    looked = officer.send(f"/cases/{number}/now", {"seen": ["child_alone", "food_water"]})
    assert looked.location.endswith(f"/cases/{number}/inform")
    told = officer.get(looked.location)
    assert told.soup.find(lang="fa-AF", dir="rtl", class_="serai-tell__own") is not None
    asked = officer.send(
        f"/cases/{number}/inform",
        {"language": "prs", "how": "read_aloud", "interpreter": "here", "understood": "yes"},
    )
    assert asked.location.endswith(f"/cases/{number}/ask")
    assert "Urgent settled" in officer.get(asked.location).words
    saved = officer.answer(number, with_parent="no", with_responsible_adult="no")
    assert saved.status == 303, saved.errors
    return number


def chosen(outcome: Page) -> dict[str, str]:
    """The first need of the page, with the desk that is chosen beforehand."""
    form = outcome.soup.find("form", action=re.compile("referrals/preview"))
    assert form is not None
    return {
        "need": str(form.find("input", {"name": "need"})["value"]),
        "desk": str(form.find("input", checked=True)["value"]),
    }


def refer(officer: Official, number: str, **more: str) -> Page:
    """Choose, check, send: three clicks."""
    wanted = chosen(officer.get(f"/cases/{number}/outcome"))
    preview = officer.get(f"/cases/{number}/referrals/preview?{urlencode(wanted)}")
    assert "exactly what the desk will see" in preview.words
    ids = {"need_id": wanted["need"], "desk_id": wanted["desk"]}
    return officer.post(f"/cases/{number}/referrals", {"csrf_token": preview.token, **ids, **more})


def test_a_child_alone_is_registered_informed_asked_and_referred(officer: Official) -> None:
    number = screened(officer)
    outcome = officer.get(f"/cases/{number}/outcome")
    assert "Unaccompanied child" in outcome.words
    assert "Do not return" in outcome.words
    sent = refer(officer, number, basis="best_interest")
    assert sent.status == 303, sent.errors
    assert "Sent, not answered yet" in officer.get(f"/cases/{number}/outcome").words


def test_a_referral_says_why_it_may_be_sent(officer: Official) -> None:
    number = screened(officer)
    page = refer(officer, number, note="Please hurry")
    assert page.status == 422
    assert "Choose why it may be sent" in page.errors
    assert page.value("note").strip() == "Please hurry"


def test_a_referral_is_taken_back_and_its_need_is_open_again(officer: Official) -> None:
    number = screened(officer)
    before = chosen(officer.get(f"/cases/{number}/outcome"))
    refer(officer, number, basis="best_interest")
    page = officer.get(f"/cases/{number}/outcome")
    assert chosen(page) != before
    form = page.soup.find("form", action=re.compile("withdraw"))
    assert form is not None
    officer.post(str(form["action"]), {"csrf_token": page.token})
    assert chosen(officer.get(f"/cases/{number}/outcome")) == before


def test_the_slip_says_nothing_of_the_person(officer: Official) -> None:
    number = screened(officer)
    refer(officer, number, basis="best_interest")
    slip = officer.get(f"/cases/{number}/receipt").soup.find(class_="serai-receipt")
    assert slip is not None
    assert slip["dir"] == "rtl"
    assert slip.find("svg") is not None
    for secret in ("Parwana", "پروانه", "child", "Guardian", "asylum", "AFG"):
        assert secret.casefold() not in slip.get_text().casefold()


def test_after_the_end_the_post_sees_number_and_state_only(officer: Official) -> None:
    number = screened(officer)
    receipt = officer.get(f"/cases/{number}/receipt")
    finished = officer.post(f"/cases/{number}/finish", {"csrf_token": receipt.token})
    assert finished.status == 303
    assert "The screening has ended" in officer.get(finished.location).words
    for step in ("now", "inform", "ask", "outcome", "receipt"):
        assert officer.get(f"/cases/{number}/{step}").status == 404


def test_needs_left_without_a_desk_become_a_task_that_leads_to_the_proposals(
    officer: Official,
) -> None:
    number = screened(officer)
    officer.send(f"/cases/{number}/finish", {}, on=f"/cases/{number}/receipt")
    link = officer.get("/tasks").soup.find("a", href=f"/cases/{number}/referrals")
    assert link is not None
    page = officer.get(str(link["href"]))
    assert page.status == 200
    wanted = chosen(page)
    preview = officer.get(f"/cases/{number}/referrals/preview?{urlencode(wanted)}")
    sent = officer.post(
        f"/cases/{number}/referrals",
        {
            "csrf_token": preview.token,
            "need_id": wanted["need"],
            "desk_id": wanted["desk"],
            "basis": "best_interest",
        },
    )
    assert sent.location.endswith("/tasks")


def test_a_packet_for_no_need_or_no_desk_is_not_shown(officer: Official) -> None:
    number = screened(officer)
    wanted = chosen(officer.get(f"/cases/{number}/outcome"))
    path = f"/cases/{number}/referrals/preview"
    assert officer.get(path).status == 404
    assert officer.get(f"{path}?need={wanted['desk']}&desk={wanted['desk']}").status == 404
    assert officer.get(f"{path}?need={wanted['need']}&desk={wanted['need']}").status == 422


def test_keys_walk_a_page_from_top_to_bottom(officer: Official) -> None:
    number = screened(officer)
    for path in ("/register", f"/cases/{number}/now", f"/cases/{number}/ask", "/search"):
        page = officer.get(path)
        assert not page.soup.select("[tabindex]:not([tabindex='-1'], [tabindex='0'])")
        assert len(page.soup.select("h1")) == 1
        button = page.soup.select("main form button[type=submit]")[-1]
        assert not button.find_all_next("input", type=["text", "radio", "checkbox"])


def test_no_name_is_in_an_address_a_title_or_the_list(officer: Official) -> None:
    number = officer.informed("Zarifeh", language="prs")
    for path in (
        "/today",
        f"/cases/{number}",
        f"/cases/{number}/now",
        f"/cases/{number}/inform",
        f"/cases/{number}/ask",
        f"/cases/{number}/outcome",
        f"/cases/{number}/receipt",
        "/tasks",
    ):
        page = officer.get(path)
        assert page.status == 200, path
        assert "Zarifeh" not in page.text, path
        assert page.soup.title is not None
        assert number not in page.soup.title.text


def test_questions_cannot_start_before_the_person_is_informed(officer: Official) -> None:
    number = officer.register("Zarifeh")
    page = officer.get(f"/cases/{number}/ask")
    assert page.status == 409
    assert "Tell the person what the questions are for" in page.words


def test_another_post_sees_nothing_of_a_case(product: Product, officer: Official) -> None:
    number = officer.informed("Zarifeh")
    other = product.official("elsewhere")
    for step in ("", "/now", "/inform", "/ask", "/outcome", "/receipt", "/referrals"):
        assert other.get(f"/cases/{number}{step}").status == 404
