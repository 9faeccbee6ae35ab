"""Entries say when, who, what, about whom and by which rule; refusals of every kind are told somewhere."""

from __future__ import annotations

import json
from datetime import timedelta
from uuid import UUID

import pytest

from app.factory import create_app
from app.work import Engines
from models.log import LogEntry
from tests.policy.surface import machine_of, session_of, token_in
from tests.world import World


@pytest.mark.asvs("16.2.1", "16.2.2")
def test_an_entry_says_when_who_in_which_session_what_and_by_which_rule(any_world: World) -> None:
    number = any_world.child()
    app = create_app(any_world.settings, storage=any_world.storage, clock=any_world.clock)
    app.extensions["serai"] = Engines(
        any_world.storage, any_world.shelf, any_world.settings, any_world.clock
    )
    client = app.test_client()
    client.set_cookie("serai", session_of(any_world, "officer"))
    known = {row.id for row in any_world.rows(LogEntry)}
    assert client.get(f"/cases/{number}/outcome").status_code == 200
    new = [row for row in any_world.rows(LogEntry) if row.id not in known]
    assert new
    officer = any_world.actor("officer").user_id
    for row in new:
        assert row.at == any_world.now
        assert row.at.utcoffset() == timedelta(0)
        assert row.actor == officer
        assert isinstance(row.session, UUID), "which sign-in, and with it the device"
        assert row.act
        assert row.rule
        assert isinstance(row.stream, UUID), "which process wrote it"
        assert row.counter > 0
    assert any(row.subject for row in new)
    assert any(row.purpose for row in new)


@pytest.mark.asvs("16.3.3")
def test_attempts_to_pass_a_control_are_told_by_code_and_account(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    world.with_settings(search_limit=1)
    app = create_app(world.settings, storage=world.storage, clock=world.clock)
    app.extensions["serai"] = Engines(world.storage, world.shelf, world.settings, world.clock)
    client = app.test_client()
    client.set_cookie("serai", session_of(world, "officer"))
    token = token_in(client.get("/sign-in").text)
    client.post("/lock", data={"csrf_token": "forged"})
    client.post("/lock", data={"csrf_token": token}, headers={"Sec-Fetch-Site": "cross-site"})
    client.post("/search", data={"csrf_token": "x" * 600_000})
    client.get("/users")
    machine = {"Authorization": f"Bearer {machine_of(world, 'officer')}", "Idempotency-Key": "k"}
    api = app.test_client(use_cookies=False)
    api.post("/api/v1/arrivals", json={"status": "Zarifa"}, headers=machine)
    api.post("/api/v1/arrivals", data="{", content_type="application/json", headers=machine)
    api.get("/api/v1/arrivals", headers={"Authorization": "Bearer forged"})
    for _ in range(2):
        api.post("/api/v1/persons/search", json={"text": "Zarifa"}, headers=machine)
    text = capsys.readouterr().err
    told = [json.loads(line) for line in text.splitlines()]
    refused = [line for line in told if line["event"] == "refused"]
    codes = {line["code"] for line in refused}
    assert codes >= {"stale_page", "forbidden", "not_allowed", "invalid_input", "unreadable_body"}
    assert any("too_large" in code for code in codes)
    assert "Zarifa" not in text
    assert machine["Authorization"][8:] not in text
    officer = str(world.actor("officer").user_id)
    assert "not_allowed" in {line["code"] for line in refused if line["actor"] == officer}
