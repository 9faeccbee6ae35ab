"""The description is true, whole and served from here alone; every operation has an act."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from api_contract import KNOWN, resolved, template
from api_machines import V1, Product
from bs4 import BeautifulSoup

from app.schemas.base import CommandSchema
from app.security import CONTENT_SECURITY_POLICY
from models.vocabulary import Role
from workflows.policy import Act, role_may

NOT_OPERATIONS = {"api.openapi", "api.docs"}


@pytest.fixture
def product(steady: Product) -> Product:
    """One application for all: nothing here changes what another test looks at."""
    return steady


@pytest.fixture
def document(product: Product) -> dict[str, Any]:
    answer = product.app.test_client().get(V1 + "/openapi.json")
    assert answer.status_code == 200
    found: dict[str, Any] = answer.json
    return found


def operations(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            if method != "parameters":
                yield path, method, operation


def walk(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
        for inner in value.values():
            yield from walk(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from walk(inner)


def test_every_operation_names_an_act_that_somebody_may_do(product: Product) -> None:
    seen = 0
    for rule in product.app.url_map.iter_rules():
        if not rule.rule.startswith(V1):
            continue
        view = product.app.view_functions[rule.endpoint]
        assert isinstance(view.act, Act), rule
        assert view.signed_out is (rule.endpoint in NOT_OPERATIONS), rule
        assert any(role_may(role, view.act) for role in Role), rule
        seen += 1

    assert seen >= 30


def test_every_operation_is_in_the_document_and_nothing_else(
    product: Product, document: dict[str, Any]
) -> None:
    rules = {
        (template(rule.rule), method.lower())
        for rule in product.app.url_map.iter_rules()
        if rule.rule.startswith(V1) and rule.endpoint not in NOT_OPERATIONS
        for method in rule.methods - {"HEAD", "OPTIONS"}
    }

    assert {(path, method) for path, method, _ in operations(document)} == rules


def test_the_document_is_whole(document: dict[str, Any]) -> None:
    """What OpenAPI 3.1 asks for: references lead somewhere, ids are unique, parameters fit paths."""
    assert document["openapi"] == "3.1.0"
    assert document["info"]["title"]
    assert document["info"]["version"]
    ids = [operation["operationId"] for _, _, operation in operations(document)]
    assert len(ids) == len(set(ids))
    for part in walk(document):
        if "$ref" in part:
            assert resolved(document, part["$ref"])
    for path, _, operation in operations(document):
        shared = document["paths"][path].get("parameters", [])
        named = {
            p["name"] for p in (*shared, *operation.get("parameters", [])) if p["in"] == "path"
        }
        assert named == set(re.findall(r"{(\w+)}", path))
        assert any(status.startswith("2") for status in operation["responses"])
        assert all(response["description"] for response in operation["responses"].values())
        assert operation["summary"].endswith(".")
        assert {tag["name"] for tag in document["tags"]} >= set(operation["tags"])


def test_schemas_use_only_what_the_checks_know(document: dict[str, Any]) -> None:
    """Else an answer could differ from the document without a test that sees it."""
    for name, schema in document["components"]["schemas"].items():
        inner = [one for part in schema.get("properties", {}).values() for one in walk(part)]
        for part in (schema, *inner):
            words = {word for word in part if not isinstance(part[word], dict) or word in KNOWN}
            if "type" in part or "$ref" in part or "anyOf" in part:
                assert words <= KNOWN, (name, words - KNOWN)


def test_every_write_asks_for_a_key_and_a_token(document: dict[str, Any]) -> None:
    assert document["security"] == [{"token": []}]
    without = []
    for path, method, operation in operations(document):
        assert "security" not in operation
        assert "401" in operation["responses"]
        headers = {p["name"] for p in operation.get("parameters", ()) if p["in"] == "header"}
        if method == "post" and "Idempotency-Key" not in headers:
            without.append(path)

    assert without == [f"{V1}/desk/tasks/preview", f"{V1}/search"]


@pytest.mark.asvs("14.2.1")
def test_no_address_takes_anything_personal(document: dict[str, Any]) -> None:
    """Paths and queries carry random numbers, codes and marks only."""
    for path, _, operation in operations(document):
        shared = document["paths"][path].get("parameters", [])
        for parameter in (*shared, *operation.get("parameters", ())):
            if parameter["in"] in {"path", "query"}:
                assert parameter["name"] in {
                    "case_number", "number", "need_id", "hold_id", "code",
                    "after", "month", "private", "desk", "document_id", "card",
                    "flag_id", "room_id", "site_id", "appointment_id", "change_id", "day", "link_id",
                    "edge_id", "consent_id",
                }  # fmt: skip


@pytest.mark.asvs("2.1.1")
def test_bounds_of_the_schemas_are_in_the_document(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]

    assert schemas["Name"]["properties"]["text"]["maxLength"] == 200
    assert schemas["Birth"]["properties"]["month"]["maximum"] == 12
    assert schemas["Arrival"]["additionalProperties"] is False
    assert "case_number" not in schemas["Answers"]["properties"]
    assert schemas["RefuseReferral"]["properties"]["reason"]["enum"]


def schemas(kind: type = CommandSchema) -> Iterator[type[CommandSchema]]:
    for inner in kind.__subclasses__():
        yield inner
        yield from schemas(inner)


def test_there_is_one_schema_for_a_command_and_the_api_uses_it(product: Product) -> None:
    """So that a page and a machine are refused for the same reasons."""
    known = {schema for schema in schemas() if schema.__module__.startswith("app.schemas.")}
    commands = [schema.command for schema in known if hasattr(schema, "command")]
    used = {
        view.operation.takes
        for view in product.app.view_functions.values()
        if hasattr(view, "operation") and view.operation.takes is not None
    }

    assert len(commands) == len(set(commands))
    assert used <= known
    assert len(used) >= 10


def test_the_page_is_our_own_and_needs_no_script(
    product: Product, document: dict[str, Any]
) -> None:
    answer = product.app.test_client().get(V1 + "/docs")
    text = answer.get_data(as_text=True)
    soup = BeautifulSoup(text, "html.parser")

    assert answer.status_code == 200
    assert answer.headers["Content-Security-Policy"] == CONTENT_SECURITY_POLICY
    assert len(soup.find_all("h1")) == 1
    ids = [tag["id"] for tag in soup.find_all(id=True)]
    assert len(ids) == len(set(ids))
    for tag in soup.find_all(["script", "link", "img"]):
        address = tag.get("src") or tag.get("href")
        assert address, tag
        assert address.startswith(("/", "data:")), tag
        assert not tag.string, tag
    assert not soup.find_all(style=True)
    shown = soup.get_text()
    for path, method, operation in operations(document):
        assert f"{method.upper()} {path}" in shown
        assert soup.find(id=operation["operationId"])


@pytest.mark.parametrize("language", ["ru", "fa_AF"])
def test_the_page_is_shown_in_other_languages(product: Product, language: str) -> None:
    browser = product.app.test_client()
    assert browser.get(f"{V1}/docs?lang={language}").status_code == 303

    assert browser.get(V1 + "/docs").status_code == 200
