"""Pages and API of documents: what leaves is a download that may do nothing, and nothing of it stays."""

from __future__ import annotations

import re
import tempfile
from base64 import b64decode, b64encode
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from app.factory import create_app
from app.work import Engines
from models.documents import Document
from tests.documents.made import SECRET, picture, printed
from tests.policy.surface import machine_of, session_of, token_in
from tests.world import World
from workflows.file_checks import examine


@pytest.fixture
def app(world: World) -> Any:
    made = create_app(world.settings, storage=world.storage, clock=world.clock)
    made.extensions["serai"] = Engines(world.storage, world.shelf, world.settings, world.clock)
    return made


def visitor(app: Any, world: World, who: str) -> tuple[FlaskClient, str]:
    client = app.test_client()
    client.set_cookie("serai", session_of(world, who))
    return client, token_in(client.get("/sign-in").get_data(as_text=True))


def send(
    client: FlaskClient, token: str, path: str, content: bytes, name: str = "letter.jpg"
) -> Any:
    """Post the form as a browser does. Made by hand: the library's own maker uses temporary files."""
    edge = "----a-line-that-no-file-has"
    parts = [
        f'Content-Disposition: form-data; name="{field}"\r\n\r\n{value}'.encode()
        for field, value in (("csrf_token", token), ("purpose", "medical"))
    ]
    head = f'Content-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'
    parts.append(head.encode() + content)
    body = b"".join(f"--{edge}\r\n".encode() + part + b"\r\n" for part in parts)
    kind = f"multipart/form-data; boundary={edge}"
    return client.post(path, data=body + f"--{edge}--\r\n".encode(), content_type=kind)


@pytest.mark.asvs("3.2.1", "5.4.1", "5.4.2")
def test_an_officer_keeps_and_opens_a_document_and_a_desk_reads_it_in_care(
    app: Any, world: World
) -> None:
    number, referral = world.sent()
    client, token = visitor(app, world, "officer")
    path = f"/cases/{number}/documents"
    assert send(client, token, path, picture()).status_code == 303
    page = client.get(path).get_data(as_text=True)
    assert "letter.jpg" in page
    found = re.search(r'href="(/cases/[^"]+/documents/[0-9a-f-]{36})"', page)
    assert found is not None
    answer = client.get(found[1])
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "image/jpeg"
    assert re.fullmatch(
        r'attachment; filename="document-[0-9a-f]{8}\.jpg"', answer.headers["Content-Disposition"]
    )
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert "script-src" not in answer.headers["Content-Security-Policy"]
    assert answer.headers["Cache-Control"] == "no-store"
    assert SECRET.encode() not in answer.data
    world.accept(referral)
    desk, desk_token = visitor(app, world, "guardian")
    care = f"/care/{referral}/documents"
    assert "letter.jpg" in desk.get(care).get_data(as_text=True)
    assert desk.get(f"{care}/{found[1].rsplit('/', 1)[1]}").data == answer.data
    assert send(desk, desk_token, care, picture("PNG"), "own.png").status_code == 303


def test_what_is_refused_is_said_at_the_field(app: Any, world: World) -> None:
    number = world.register()
    client, token = visitor(app, world, "officer")
    path = f"/cases/{number}/documents"
    for content, said in (
        (b"<svg/>", "Take a PDF"),
        (b"", "Choose a file"),
        (b"%PDF-1", "cannot be read"),
    ):
        answer = send(client, token, path, content)
        assert answer.status_code == 422
        assert said in answer.get_data(as_text=True)
    assert send(client, "forged", path, picture()).status_code == 400
    assert world.rows(Document) == []


@pytest.mark.asvs("5.2.1")
def test_a_file_larger_than_other_requests_fits_and_a_larger_one_does_not(
    app: Any, world: World
) -> None:
    world.with_settings(largest_file=700_000)
    app.extensions["serai"] = Engines(world.storage, world.shelf, world.settings, world.clock)
    number = world.register()
    client, token = visitor(app, world, "officer")
    path = f"/cases/{number}/documents"
    large = printed(size=685_000)
    assert len(large) > world.settings.largest_request
    assert send(client, token, path, large).status_code == 303
    assert send(client, token, path, large * 2).status_code == 413
    assert client.post("/search", data={"text": "x" * 600_000}).status_code == 413


def test_no_file_touches_the_disk_before_it_is_sealed(
    app: Any, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise AssertionError("a temporary file")

    for name in ("TemporaryFile", "NamedTemporaryFile", "SpooledTemporaryFile", "mkstemp"):
        monkeypatch.setattr(tempfile, name, refuse)
    monkeypatch.setattr("werkzeug.formparser.SpooledTemporaryFile", refuse)
    number = world.register()
    client, token = visitor(app, world, "officer")
    large = printed(size=900_000)
    assert send(client, token, f"/cases/{number}/documents", large).status_code == 303


def test_a_machine_keeps_lists_and_reads(app: Any, world: World) -> None:
    number = world.register()
    client = app.test_client(use_cookies=False)
    head = {"Authorization": f"Bearer {machine_of(world, 'officer')}", "Idempotency-Key": "one"}
    path = f"/api/v1/cases/{number}/documents"
    content = printed(size=700_000)
    kept = examine(content, most=1_000_000).content
    body = {"name": "x.pdf", "purpose": "legal", "content": b64encode(content).decode()}
    made = client.post(path, json=body, headers=head)
    assert made.status_code == 201, made.get_data(as_text=True)
    again = client.post(path, json=body, headers=head)
    assert again.get_json() == made.get_json()
    listed = client.get(path, headers=head).get_json()["documents"]
    assert [(one["name"], one["purpose"], one["size"]) for one in listed] == [
        ("x.pdf", "legal", len(kept))
    ]
    found = client.get(f"{path}/{made.get_json()['id']}", headers=head).get_json()
    assert b64decode(found["content"]) == kept
    for wrong in ({"content": "no base64!"}, {"purpose": "contact"}, {"content": "PGI+"}):
        answer = client.post(path, json=body | wrong, headers=head | {"Idempotency-Key": "two"})
        assert answer.status_code == 422


@pytest.mark.asvs("5.3.1")
def test_what_was_attached_is_in_no_file_of_the_installation(
    app: Any, world: World, tmp_path: Path
) -> None:
    number = world.register()
    client, token = visitor(app, world, "officer")
    marker = b"a medical certificate of Zarifa"
    content = printed(marker)
    assert marker in content
    assert (
        send(client, token, f"/cases/{number}/documents", content, "Zarifa Ahmadi.pdf").status_code
        == 303
    )
    for file in tmp_path.rglob("*"):
        if file.is_file():
            raw = file.read_bytes()
            assert marker not in raw
            assert b"Ahmadi" not in raw
