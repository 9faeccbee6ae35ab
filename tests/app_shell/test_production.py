"""What a production deployment says on the wire: cookies, headers, kinds of content, and what it hides."""

from __future__ import annotations

import json
from collections.abc import Iterator
from http.cookies import SimpleCookie

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.assets import Assets
from app.factory import create_app
from app.web.pages import PLACES
from app.work import Engines
from models.vault.factors import code_at
from tests.policy.surface import session_of, token_in
from tests.world import PASSWORD, World

HERE = "https://localhost"
#: One of each kind of answer: pages, refusals, files, machines, faults.
ADDRESSES = (
    *(
        "/sign-in",
        "/today",
        "/nowhere",
        "/healthz",
        "/leave",
        "/api/v1/docs",
        "/api/v1/openapi.json",
    ),
    *("/api/v1/arrivals", "/api/v1/nowhere", "/static/nowhere.css", "/sign-in/passkey"),
)
#: All that answers to somebody who is not signed in. `federation` answers 404 where no provider is set.
SIGNED_OUT = {
    *(
        "session.accessibility",
        "session.sign_in",
        "session.sign_in_with_passkey",
        "session.passkey_request",
    ),
    *("session.unlock", "session.leave", "session.healthz", "federation.begin", "federation.back"),
    *("api.openapi", "api.docs", "letters_in.take"),
    # A screen turned to a person: by a cookie of its own, while the officer's session is locked.
    *("alone.screen", "alone.touched"),
    # The person's own page: by number and code of the receipt.
    *("person.enter", "person.state", "person.ask", "person.rights", "person.out", "person.leave"),
}


def application(world: World, **changed: object) -> Flask:
    world.with_settings(**changed)
    made = create_app(world.settings, storage=world.storage, clock=world.clock)
    made.extensions["serai"] = Engines(world.storage, world.shelf, world.settings, world.clock)
    return made


@pytest.fixture
def secure(world: World) -> Flask:
    """The application as it is in production."""
    return application(
        world, environment="production", allow_unsigned_packs=True, origin="https://localhost"
    )


@pytest.fixture
def client(secure: Flask) -> FlaskClient:
    return secure.test_client()


def files() -> Iterator[str]:
    assets = Assets()
    for path in ("css/serai.css", "js/frame.js", "icon.svg", "pictograms.svg"):
        yield assets.url(path)


def cookies_of(answer: TestResponse) -> dict[str, SimpleCookie]:
    found = [SimpleCookie(text) for text in answer.headers.getlist("Set-Cookie")]
    return {name: one for one in found for name in one}


@pytest.mark.asvs("3.3.1", "3.3.2", "3.3.3")
def test_every_cookie_is_secure_and_of_this_host_alone(client: FlaskClient, world: World) -> None:
    page = client.get("/sign-in", base_url=HERE)
    told = {
        "csrf_token": token_in(page.text),
        "name": "officer",
        "password": PASSWORD,
        "code": code_at(world.secrets["officer"], world.now),
    }
    entered = client.post("/sign-in", base_url=HERE, data=told)
    assert entered.status_code == 303
    chosen = client.get("/today?lang=ru", base_url=HERE)
    home = client.get("/today", base_url=HERE)
    assert 'lang="ru"' in home.text, "the cookie is read again"
    gone = client.post("/sign-out", base_url=HERE, data={"csrf_token": token_in(home.text)})
    seen: dict[str, SimpleCookie] = {}
    for answer in (page, entered, chosen, gone):
        for name, cookie in cookies_of(answer).items():
            seen[name] = cookie
            (morsel,) = cookie.values()
            assert morsel["secure"], name
            assert morsel["httponly"], name
            assert morsel["path"] == "/", name
            assert not morsel["domain"], name
    assert {name: one[name]["samesite"] for name, one in seen.items()} == {
        "__Host-form": "Strict",
        "__Host-serai": "Strict",
        "__Host-language": "Lax",
    }


@pytest.mark.asvs("3.4.1")
def test_every_answer_asks_for_tls_for_a_year_and_below(client: FlaskClient) -> None:
    for path in (*ADDRESSES, *files()):
        for base in (HERE, "http://localhost"):
            said = client.get(path, base_url=base).headers["Strict-Transport-Security"]
            age = int(said.split(";")[0].removeprefix("max-age="))
            assert age >= 31_536_000, path
            assert "includeSubDomains" in said, path


@pytest.mark.asvs("3.4.2")
def test_no_other_origin_is_ever_let_in(secure: Flask, client: FlaskClient) -> None:
    asks = {"Origin": "https://elsewhere.example", "Access-Control-Request-Method": "POST"}
    paths = {rule.rule for rule in secure.url_map.iter_rules() if not rule.arguments}
    assert len(paths) > 40
    for path in (*paths, *files()):
        for method in ("OPTIONS", "GET"):
            answer = client.open(path, method=method, headers=asks, base_url=HERE)
            let = [name for name, _ in answer.headers if name.lower().startswith("access-control")]
            assert let == [], path


@pytest.mark.asvs("13.4.4")
@pytest.mark.parametrize("method", ["TRACE", "TRACK", "CONNECT"])
def test_what_was_sent_is_never_echoed(client: FlaskClient, method: str) -> None:
    for path in (*ADDRESSES, *files()):
        answer = client.open(path, method=method, headers={"X-Told": "canary"}, base_url=HERE)
        assert answer.status_code in {404, 405}, path
        assert "canary" not in answer.text


@pytest.mark.asvs("13.4.1")
@pytest.mark.parametrize("before", ["", "/static", "/static/..", "/static/%2e%2e", "/api/v1"])
def test_no_source_control_data_is_served(client: FlaskClient, before: str) -> None:
    for path in (".git/HEAD", ".git/config", ".gitignore", ".svn/entries", "setup.cfg", ".ci/run"):
        assert client.get(f"{before}/{path}", base_url=HERE).status_code == 404


@pytest.mark.asvs("13.4.2")
def test_nothing_of_the_environment_switches_debugging_on(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FLASK_DEBUG", "1")
    made = application(world, environment="production", allow_unsigned_packs=True)
    assert not made.debug
    assert not made.testing

    def broken() -> str:
        raise RuntimeError("canary")

    made.add_url_rule("/broken", view_func=broken)
    answer = made.test_client().get("/broken", base_url=HERE)
    assert answer.status_code == 500
    assert "canary" not in answer.text
    assert "Traceback" not in answer.text


@pytest.mark.asvs("4.1.1")
def test_content_is_what_its_type_says_and_names_its_letters(client: FlaskClient) -> None:
    for path in (*ADDRESSES, *files()):
        answer = client.get(path, base_url=HERE)
        kind = answer.headers["Content-Type"]
        if kind.startswith("text/") or "+xml" in kind:
            assert kind.endswith("; charset=utf-8"), path
        assert ("<!doctype html>" in answer.text.lower()) is kind.startswith("text/html"), path
        if "json" in kind:
            json.loads(answer.data)
        if path.startswith("/api/v1") and path != "/api/v1/docs":
            assert "json" in kind, path


@pytest.mark.asvs("4.1.3", "15.3.4")
@pytest.mark.parametrize("production", [True, False])
def test_nobody_chooses_the_address_that_limits_count_by(world: World, *, production: bool) -> None:
    """The last address is the one that our front server has added; those before it anybody may write."""
    kind = "production" if production else "development"
    made = application(world, environment=kind, allow_unsigned_packs=True)
    client = made.test_client()
    code = code_at(world.secrets["officer"], world.now)

    def enter(n: int, name: str, seen: str) -> int:
        headers = {
            "X-Forwarded-For": f"203.0.113.{n}, {seen}" if production else f"203.0.113.{n}",
            "X-Real-IP": f"203.0.113.{n}",
            "Forwarded": f"for=203.0.113.{n}",
            "X-Forwarded-Host": "elsewhere.example",
        }
        base = {"REMOTE_ADDR": "10.0.0.1" if production else seen}
        page = client.get("/sign-in", base_url=HERE, headers=headers, environ_base=base)
        told = {"csrf_token": token_in(page.text), "name": name, "password": PASSWORD, "code": code}
        answer = client.post(
            "/sign-in", base_url=HERE, headers=headers, environ_base=base, data=told
        )
        assert "elsewhere.example" not in answer.text + answer.headers.get("Location", "")
        return answer.status_code

    for n in range(world.settings.sign_in_limit):
        assert enter(n, f"name{n}", "198.51.100.7") == 401
    assert enter(77, "officer", "198.51.100.7") == 429
    assert enter(78, "officer", "198.51.100.8") == 303, "another one is not held up"


@pytest.mark.asvs("6.3.4", "13.4.5")
def test_what_opens_without_signing_in_is_a_closed_list(secure: Flask, client: FlaskClient) -> None:
    rules = [rule for rule in secure.url_map.iter_rules() if not rule.arguments]
    open_ = {r.endpoint for r in rules if secure.view_functions[r.endpoint].signed_out}
    assert open_ == SIGNED_OUT
    for rule in rules:
        if rule.endpoint in SIGNED_OUT or "GET" not in (rule.methods or ()):
            continue
        answer = client.get(rule.rule, base_url=HERE)
        turned_away = answer.status_code == 401 or (
            answer.status_code == 303 and answer.headers["Location"].startswith("/sign-in")
        )
        assert turned_away, rule.rule
    assert client.get("/healthz", base_url=HERE).text == "ok", "it says nothing else"


@pytest.mark.asvs("7.4.4")
def test_every_page_has_a_way_to_sign_out(world: World, secure: Flask) -> None:
    number = world.child()
    who = ("officer", "guardian", "supervisor", "administrator", "monitor")
    for name in who:
        client = secure.test_client()
        client.set_cookie("__Host-serai", session_of(world, name), secure=True)
        pages = ["/account/", "/account/password"]
        with secure.test_request_context(base_url=HERE):
            pages += [secure.url_for(p[0], _external=False) for p in PLACES[world.actor(name).role]]
        pages += [f"/cases/{number}/ask", f"/cases/{number}/outcome"] if name == "officer" else []
        for path in pages:
            answer = client.get(path, base_url=HERE)
            assert answer.status_code == 200, path
            assert 'action="/sign-out"' in answer.text, path
