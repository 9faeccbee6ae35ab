"""What cannot be used is refused with a documented 4xx: no 500, nothing half written, no value repeated."""

from __future__ import annotations

import json
from typing import Any

import pytest
from api_machines import POST, V1, Machine, Product
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from app.schemas.arrivals import ArrivalSchema
from app.schemas.loading import SchemaRefused, load
from models.accounts import Idempotency
from models.base import Base
from models.cases import Case
from models.people import Person

BODY: dict[str, Any] = {"post": POST, "names": [{"text": "Parwana"}]}
SECRET = "Farangis"


@pytest.fixture
def product(steady: Product) -> Product:
    """One application for all: nothing here changes what another test looks at."""
    return steady


def named(text: Any) -> dict[str, Any]:
    return {**BODY, "names": [{"text": text}]}


def rows(product: Product) -> dict[str, int]:
    """How many rows each table has, but for the log, which also holds refusals."""
    with product.work() as work:
        return {
            name: work.session.scalar(select(func.count()).select_from(table)) or 0
            for name, table in Base.metadata.tables.items()
            if not name.startswith("log_")
        }


UNREADABLE = {
    "not-json": b"{",
    "list": b"[]",
    "text": b'"korday"',
    "number": b"1",
    "null": b"null",
    "nothing-but-space": b"   ",
    "not-utf8": b'{"post": "\xff"}',
    "utf16": json.dumps(BODY).encode("utf-16"),
    "bom": b"\xef\xbb\xbf{}",
    "nan": b'{"post": NaN}',
    "infinity": b'{"post": -Infinity}',
    "twice": b'{"post": "korday", "post": "zhibek_zholy", "names": []}',
    "deep-list": b'{"a":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    "deep-object": b'{"a":' * 20_000 + b"1" + b"}" * 20_000,
    "thirteen-deep": b'{"a":' * 13 + b"1" + b"}" * 13,
    "huge-number": b'{"a": ' + b"9" * 10_000 + b"}",
    "two-objects": b"{}{}",
}


@pytest.mark.asvs("15.3.7")
@pytest.mark.parametrize("name", UNREADABLE)
def test_a_body_that_is_not_one_object_of_json_is_refused(
    product: Product, officer: Machine, name: str
) -> None:
    before = rows(product)

    answer = officer.post("/arrivals", UNREADABLE[name])

    assert (answer.status_code, answer.json["code"]) == (400, "unreadable_body")
    assert rows(product) == before


@pytest.mark.parametrize(
    "kind",
    ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "text/json", ""],
)
def test_another_content_type_is_refused(officer: Machine, kind: str) -> None:
    answer = officer.post("/arrivals", json.dumps(BODY).encode(), Content_Type=kind)

    assert (answer.status_code, answer.json["code"]) == (415, "unsupported_media_type")


@pytest.mark.asvs("15.2.2")
def test_a_body_over_the_limit_is_refused(product: Product, officer: Machine) -> None:
    huge = json.dumps(named("a" * product.settings.largest_request)).encode()

    answer = officer.post("/arrivals", huge)

    assert answer.status_code == 413
    assert answer.json["code"].endswith("too_large")


WRONG = {
    "nothing": ({}, "/names"),
    "unknown-field": ({**BODY, "status": "refugee"}, "/status"),
    "unknown-inner-field": ({**BODY, "names": [{"text": "A", "role": "x"}]}, "/names/0/role"),
    "null-name": (named(None), "/names/0/text"),
    "number-name": (named(7), "/names/0/text"),
    "empty-name": (named("   "), "/names/0/text"),
    "name-of-digits": (named("123"), "/names/0/text"),
    "nul": (named(SECRET + "\x00"), "/names/0/text"),
    "control": (named(SECRET + "\x1b[31m"), "/names/0/text"),
    "override": (named(SECRET + "\u202e"), "/names/0/text"),
    "half-a-character": (named(SECRET + "\ud800"), "/names/0/text"),
    "5000-letters": (named(SECRET * 700), "/names/0/text"),
    "31-february": ({**BODY, "birth": {"kind": "date", "year": 1990, "month": 2, "day": 31}}, "/birth/day"),
    "birth-in-words": ({**BODY, "birth": {"kind": "year", "year": "1990"}}, "/birth/year"),
    "age-below-zero": ({**BODY, "birth": {"kind": "age", "age": -1}}, "/birth/age"),
    "no-such-country": ({**BODY, "nationalities": ["QQQ"]}, "/nationalities/0"),
    "no-such-sex": ({**BODY, "sex": SECRET}, "/sex"),
    "both": ({**BODY, "nationalities": ["AFG"], "no_nationality": True}, "/nationalities"),
    "too-many": ({**BODY, "names": [{"text": "A"}] * 7}, "/names"),
    "list-for-object": ({**BODY, "birth": []}, "/birth"),
    "truth": ({**BODY, "interpreter": "perhaps"}, "/interpreter"),
}  # fmt: skip


@pytest.mark.asvs("2.2.1", "2.2.2", "2.2.3", "15.3.3", "15.3.5")
@pytest.mark.parametrize("name", WRONG)
def test_what_the_schema_refuses_is_refused_at_its_place(
    product: Product, officer: Machine, name: str
) -> None:
    body, pointer = WRONG[name]
    before = rows(product)

    answer = officer.post("/arrivals", body)

    assert (answer.status_code, answer.json["code"]) == (422, "invalid_input")
    assert pointer in [error["pointer"] for error in answer.json["errors"]]
    assert SECRET not in answer.get_data(as_text=True)
    assert rows(product) == before


@pytest.mark.parametrize("name", WRONG)
def test_the_page_and_the_api_refuse_the_same_by_the_same_schema(
    product: Product, name: str
) -> None:
    body, _ = WRONG[name]

    with product.app.test_request_context(), pytest.raises(SchemaRefused):
        load(ArrivalSchema(), body)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({**BODY, "birth": {"kind": "date", "year": 2026, "month": 11, "day": 25}}, "birth"),
        ({**BODY, "birth": {"kind": "year", "year": 2100}}, "birth"),
        ({**BODY, "companions": [{"case_number": "222222222", "relationship": "ZZ"}]}, None),
    ],
)
def test_what_only_the_workflow_can_judge_is_refused_too(
    product: Product, officer: Machine, body: dict[str, Any], field: str | None
) -> None:
    before = rows(product)

    answer = officer.post("/arrivals", body)

    assert answer.status_code == 422
    assert answer.json.get("field") == field
    assert rows(product) == before


def test_a_post_that_is_not_ones_own_is_like_one_that_is_not_there(officer: Machine) -> None:
    for post in ("zhibek_zholy", "nowhere"):
        answer = officer.post("/arrivals", {**BODY, "post": post})
        assert (answer.status_code, answer.json["code"]) == (404, "not_found")


ANSWERS = {
    "unknown-fact": {"no_such_fact": "yes"},
    "wrong-word": {"fear_of_return": "perhaps"},
    "number-for-word": {"fear_of_return": 3},
    "object-for-word": {"fear_of_return": {"a": {"b": 1}}},
    "float": {"fear_of_return": 1.5},
    "nul": {"fear_of_return": "yes\x00"},
    "long": {"fear_of_return": "y" * 5000},
    "half-a-character": {"fear_of_return": "\ud800"},
    "half-a-fact": {"\ud800": "yes"},
    "many": {f"fact{n}": "yes" for n in range(81)},
    "decided-elsewhere": {"age": 15},
    "birth-31-february": {"birth": "1990-02-31"},
    "birth-never": {"birth": "99999-01-01"},
    "list-of-nothing": {"fear_of_return": [None]},
}


@pytest.mark.parametrize("name", ANSWERS)
def test_answers_that_the_pack_cannot_take_are_refused(
    product: Product, officer: Machine, name: str
) -> None:
    number = officer.informed()
    before = rows(product)

    answer = officer.post(f"/cases/{number}/answers", {"answers": ANSWERS[name]})

    assert answer.status_code == 422
    assert answer.json["code"] in {"invalid", "invalid_input"}
    assert rows(product) == before


@pytest.mark.parametrize(
    "number", ["ABC", "222222222", "%00", "%ff", "a" * 3000, "..%2f..", "{case_number}", "ß"]
)
def test_a_case_number_that_is_none_is_refused(officer: Machine, number: str) -> None:
    answer = officer.get(f"/cases/{number}")

    assert answer.status_code in (404, 422)
    assert answer.json["code"] in {"bad_case_number", "not_found"}


@pytest.mark.asvs("15.3.7")
@pytest.mark.parametrize(
    "query",
    ["?x=1", "?private=perhaps", "?private=1&private=1", "?private=%00", "?lang=zz", "?lang=ru"],
)
def test_a_query_that_is_not_known_is_refused(officer: Machine, query: str) -> None:
    number = officer.informed()

    assert officer.get(f"/cases/{number}/questions{query}").json["code"] == "invalid_input"


@pytest.mark.parametrize(
    "after", ["x", "9.2026-11-24.AAA", "0.2026-02-31.A", "%00", "0.0.0", "a" * 61]
)
def test_a_mark_of_a_page_that_is_none_is_refused(officer: Machine, after: str) -> None:
    assert officer.get(f"/arrivals?after={after}").status_code == 422


def test_a_body_where_none_is_taken_is_refused(officer: Machine) -> None:
    number = officer.informed()

    assert officer.post(f"/cases/{number}/finish", {"force": True}).status_code == 422
    assert officer.post(f"/cases/{number}/finish", {}).status_code == 200


def test_the_path_and_the_body_cannot_name_different_cases(officer: Machine) -> None:
    one, two = officer.register(), officer.register("Zohra")

    answer = officer.post(f"/cases/{one}/urgent-needs", {"seen": [], "case_number": two})

    assert answer.json["errors"][0]["pointer"] == "/case_number"


@pytest.mark.parametrize("path", ["/nothing", "/cases", "/cases/", "/arrivals/", ""])
def test_an_address_that_is_none_is_a_problem_too(officer: Machine, path: str) -> None:
    assert officer.get(path).json["code"] == "not_found"


def test_another_method_is_a_problem_that_names_the_right_ones(
    product: Product, officer: Machine
) -> None:
    headers = {"Authorization": f"Bearer {officer.token}"}

    answer = product.app.test_client().delete(V1 + "/arrivals", headers=headers)

    assert (answer.status_code, answer.json["code"]) == (405, "method_not_allowed")
    assert "POST" in answer.headers["Allow"]


@pytest.mark.asvs("2.3.2", "2.4.1")
def test_an_hour_has_so_many_searches(product: Product, officer: Machine) -> None:
    for _ in range(product.settings.search_limit):
        officer.done("/search", {"name": SECRET}, key=None)

    answer = officer.post("/search", {"name": SECRET}, key=None)

    assert (answer.status_code, answer.json["code"]) == (429, "too_many_attempts")
    assert answer.headers["Retry-After"] == "3600"


@pytest.mark.asvs("16.2.5")
def test_no_value_reaches_the_programs_own_log(
    officer: Machine, capfd: pytest.CaptureFixture[str]
) -> None:
    officer.post("/arrivals", named(SECRET + "\x00"))
    officer.register(SECRET)

    heard = capfd.readouterr()
    assert SECRET not in heard.out + heard.err


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=12), inner, max_size=3),
    max_leaves=8,
)  # fmt: skip
FIELD = st.sampled_from(sorted(ArrivalSchema().fields))


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(body=st.dictionaries(FIELD | st.text(max_size=12), JSON, max_size=5))
def test_whatever_object_is_sent_the_answer_is_documented(
    product: Product, officer: Machine, body: dict[str, Any]
) -> None:
    before = rows(product)

    answer = officer.post("/arrivals", {**body, "post": POST})

    assert answer.status_code in (201, 400, 422)
    after = rows(product)
    if answer.status_code != 201:
        assert after == before
    else:
        assert after[Person.__tablename__] == before[Person.__tablename__] + 1
        assert after[Case.__tablename__] == before[Case.__tablename__] + 1
        assert after[Idempotency.__tablename__] == before[Idempotency.__tablename__] + 1
