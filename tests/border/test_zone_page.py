"""The form is filled from the lines of a document, and nothing that was typed is lost."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.people import Person
from models.vocabulary import Purpose
from tests.border.conftest import Official, Page, Product
from tests.border.test_zone import TD3
from workflows.zone import check_digit

UZBEK = TD3.replace("P<UTO", "P<UZB").replace("6UTO", "6UZB")


def read(officer: Official, lines: str, **typed: str) -> Page:
    """Press *Read these lines*."""
    page = officer.get("/register")
    data = {"csrf_token": page.token, "key": page.value("key"), "zone": lines, **typed}
    return officer.post("/register/zone", data)


def chosen(page: Page, name: str) -> str:
    option = page.soup.select_one(f"select[name={name}] option[selected]")
    return str(option["value"]) if option else ""


def test_what_was_empty_is_filled_in(officer: Official) -> None:
    page = read(officer, UZBEK)
    assert page.status == 200
    assert page.value("name") == page.value("document_name") == "Anna Maria Eriksson"
    assert [page.value(f"birth-{part}") for part in ("day", "month", "year")] == ["12", "8", "1974"]
    assert page.value("document_number") == "L898902C3"
    assert chosen(page, "nationality") == chosen(page, "document_issuer") == "UZB"
    assert chosen(page, "document_kind") == "passport"
    sex = page.soup.select_one("input[name=sex][checked]")
    assert sex is not None
    assert sex["value"] == "F"
    assert "Compare each with the paper" in page.text
    assert "has expired" in page.text


def test_what_was_typed_stays(officer: Official) -> None:
    page = read(officer, UZBEK, name="Ganna", sex="U", phone="700555019", **{"birth-age": "50"})
    assert page.value("name") == "Ganna"
    assert page.value("phone") == "700555019"
    assert page.value("birth-age") == "50"
    assert page.value("birth-day") == ""


def test_a_sign_of_protection_is_evidence_and_no_nationality(officer: Official) -> None:
    page = read(officer, TD3.replace("P<UTO", "PRUZB").replace("6UTO", "6XXB"))
    assert chosen(page, "nationality") == ""
    assert chosen(page, "document_kind") == "refugee_document"
    assert "XXB" in page.text
    assert "It is evidence" in page.text


def test_a_wrong_digit_is_named(officer: Official) -> None:
    page = read(officer, UZBEK.replace("7408122", "7408121"))
    assert "The check digit of the date of birth does not fit" in page.text


def test_what_is_no_zone_is_said_at_its_field_and_all_is_kept(officer: Official) -> None:
    for lines in ("", "hello", UZBEK[:-3], "É" * 44):
        page = read(officer, lines, name="Parwana")
        assert page.status == 422
        assert page.soup.select_one("#zone-error") is not None
        assert page.value("name") == "Parwana"


def test_the_name_of_the_document_is_one_form_among_others(
    product: Product, officer: Official
) -> None:
    page = read(officer, UZBEK, name="Ganna")
    data = {
        str(field["name"]): str(field.get("value", ""))
        for field in page.soup.select("main form input[name]")
        if field.get("type") not in ("radio", "checkbox")
    }
    data |= {"birth-kind": "date", "birth-calendar": "gregorian", "zone": UZBEK}
    assert officer.post("/register", data).status == 303
    with Session(product.storage.engine) as session:
        assert session.scalar(select(func.count()).select_from(Person)) == 1
    with product.world.work() as work:
        person = work.session.scalars(select(Person)).one()
        work.vault.grant(person.id, Purpose.IDENTITY)
        assert person.names is not None
        assert [(n["text"], n["kind"]) for n in person.names] == [
            ("Ganna", "as_given"),
            ("Anna Maria Eriksson", "document"),
        ]


def test_the_check_digit_of_the_specimen() -> None:
    assert check_digit("L898902C3") == 6
