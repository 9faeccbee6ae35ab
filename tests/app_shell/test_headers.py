"""The security headers, on pages, files, refusals and failures alike."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from app.security import HEADERS, protect

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; worker-src 'self'; manifest-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types sw"
)
ADDRESSES = [
    "/kitchen",
    "/receipt",
    "/nowhere",
    "/static/css/serai.css",
    "/static/nowhere.css",
    "/kitchen?lang=ru",
    "/broken",
]


@pytest.mark.asvs("3.4.3", "3.4.4", "3.4.5", "3.4.6", "3.4.8", "3.5.8")
@pytest.mark.parametrize("address", ADDRESSES)
def test_every_answer_carries_the_headers(kitchen: Flask, address: str) -> None:
    client = kitchen.test_client()

    answer = client.get(address)

    assert answer.headers.getlist("Content-Security-Policy") == [POLICY]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "geolocation=()" in answer.headers["Permissions-Policy"]
    assert "Strict-Transport-Security" not in answer.headers


@pytest.mark.asvs("14.2.2", "14.3.2")
@pytest.mark.parametrize("address", [one for one in ADDRESSES if "serai.css" not in one])
def test_no_page_may_be_stored(page: FlaskClient, address: str) -> None:
    assert page.get(address).headers.getlist("Cache-Control") == ["no-store"]


@pytest.mark.asvs("3.4.1")
def test_over_tls_the_browser_is_told_to_insist(page: FlaskClient) -> None:
    answer = page.get("/kitchen", base_url="https://localhost")

    assert answer.headers["Strict-Transport-Security"].startswith("max-age=63072000")


names = st.sampled_from([name for name, _ in HEADERS] + ["Cache-Control", "X-Other"])


@given(
    st.lists(st.tuples(names | names.map(str.lower), st.text(max_size=9)), max_size=8),
    st.booleans(),
    st.booleans(),
)
def test_an_answer_cannot_loosen_what_is_set(
    headers: list[tuple[str, str]], secure: bool, cacheable: bool
) -> None:
    kept = protect(headers, secure=secure, cacheable=cacheable)

    for name, value in HEADERS:
        assert [held for found, held in kept if found.lower() == name.lower()] == [value]
    if not cacheable:
        stored = [value for name, value in kept if name.lower() == "cache-control"]
        assert stored == ["no-store"]
