"""One person from registration to receipt, through the pages."""

from __future__ import annotations

import re

from tests.border.conftest import Official, Product

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


def test_a_child_alone_is_registered_informed_asked_and_referred(
    product: Product, officer: Official
) -> None:
    number = officer.register("Parwana Testova", **PERSON)
    now = officer.get(f"/cases/{number}/now")
    assert now.status == 200
    looked = officer.send(f"/cases/{number}/now", {"seen": ["child_alone", "food_water"]})
    assert looked.location.endswith(f"/cases/{number}/inform")

    told = officer.get(looked.location)
    assert told.soup.find(lang="fa-AF", dir="rtl", class_="serai-tell__own") is not None
    asked = officer.send(
        f"/cases/{number}/inform",
        {"language": "prs", "how": "read_aloud", "interpreter": "here", "understood": "yes"},
    )
    assert asked.location.endswith(f"/cases/{number}/ask")

    card = officer.get(asked.location)
    assert card.status == 200
    assert "Urgent settled" in card.words
    saved = officer.answer(number, with_parent="no", with_responsible_adult="no")
    assert saved.status == 303, saved.errors

    outcome = officer.get(f"/cases/{number}/outcome")
    assert outcome.status == 200
    assert "Unaccompanied child" in outcome.words
    assert "Do not return" in outcome.words
    form = outcome.soup.find("form", action=re.compile("referrals/preview"))
    assert form is not None
    need = form.find("input", {"name": "need"})["value"]
    desk = form.find("option", selected=True)["value"]
    preview = officer.get(f"/cases/{number}/referrals/preview?need={need}&desk={desk}")
    assert preview.status == 200
    assert "exactly what the desk will see" in preview.words
    sent = officer.post(
        f"/cases/{number}/referrals",
        {
            "csrf_token": preview.token,
            "need_id": need,
            "desk_id": desk,
            "basis": "best_interest",
        },
    )
    assert sent.status == 303, sent.errors
    assert "Sent, not answered yet" in officer.get(f"/cases/{number}/outcome").words

    receipt = officer.get(f"/cases/{number}/receipt")
    assert receipt.status == 200
    slip = receipt.soup.find(class_="serai-receipt")
    assert slip is not None
    assert slip["dir"] == "rtl"
    assert slip.find("svg") is not None
    for secret in ("Parwana", "پروانه", "Unaccompanied", "Guardian"):
        assert secret not in str(slip)

    finished = officer.post(f"/cases/{number}/finish", {"csrf_token": receipt.token})
    assert finished.status == 303
    head = officer.get(finished.location)
    assert "The screening has ended" in head.words
    assert officer.get(f"/cases/{number}/ask").status == 404
    assert officer.get(f"/cases/{number}/outcome").status == 404


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
