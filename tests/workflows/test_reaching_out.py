"""Whom we call is who the settings name; sent elsewhere, or shown a strange certificate, we hang up."""

from __future__ import annotations

import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from models.vault.device_vault import open_device
from models.vault.errors import VaultError
from tests.world import World
from workflows import checkpoints, witnesses
from workflows.errors import WitnessSilent


class _Answers(BaseHTTPRequestHandler):
    """Answers every request with one status and address, and keeps who came."""

    status: int
    to: str
    came: list[tuple[str, str | None]]

    def _answer(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.came.append((self.path, self.headers.get("X-Vault-Token")))
        self.send_response(self.status)
        if self.to:
            self.send_header("Location", self.to)
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_POST = do_PUT = _answer  # noqa: N815  # the library's names

    def log_message(self, *_: Any) -> None:
        """Quiet."""


@contextmanager
def server(status: int = 200, to: str = "", tls: ssl.SSLContext | None = None) -> Iterator[Any]:
    """A server on loopback: its address and the list of who came."""
    came: list[tuple[str, str | None]] = []
    handler = type("Answers", (_Answers,), {"status": status, "to": to, "came": came})
    made = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    if tls is not None:
        made.socket = tls.wrap_socket(made.socket, server_side=True)
    made.handle_error = lambda *_: None  # type: ignore[method-assign]  # a client that hangs up is meant
    threading.Thread(target=made.serve_forever, daemon=True).start()
    try:
        yield f"{'https' if tls else 'http'}://localhost:{made.server_port}", came
    finally:
        made.shutdown()
        made.server_close()


@pytest.fixture
def sealed(world: World) -> World:
    world.child()
    with world.work() as work:
        checkpoints.seal(work)
    return world


def ask_witness(world: World, url: str) -> None:
    with world.work() as work:
        key = checkpoints.public_key(work)
    with pytest.raises(WitnessSilent), world.work() as work:
        witnesses.cosign(work, f"{url}/add-checkpoint", key, 0)


@pytest.mark.asvs("15.3.2")
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_witness_that_sends_us_elsewhere_is_none(sealed: World, status: int) -> None:
    with server() as (elsewhere, came), server(status, f"{elsewhere}/x") as (url, asked):
        ask_witness(sealed, url)
        assert len(asked) == 1
        assert came == []


@pytest.mark.asvs("15.3.2")
@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_key_service_that_sends_us_elsewhere_gets_no_token_there(status: int) -> None:
    with server() as (elsewhere, came), server(status, f"{elsewhere}/x") as (url, asked):
        device = open_device(url, None, "serai", "canary-token")
        with pytest.raises(VaultError):
            device.encrypt("identity/1", b"x" * 32, b"context")
        device.close()
        assert asked[0][1] == "canary-token"
        assert came == []


@pytest.fixture
def strange_tls(tmp_path: Path) -> ssl.SSLContext:
    """A certificate for localhost that nobody has vouched for."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.fromtimestamp(int(time.time()), UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    file = tmp_path / "pair.pem"
    file.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + made.public_bytes(serialization.Encoding.PEM)
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return context


@pytest.mark.asvs("12.3.2")
def test_a_certificate_that_nobody_vouched_for_is_refused(
    sealed: World, strange_tls: ssl.SSLContext
) -> None:
    with server(tls=strange_tls) as (url, came):
        ask_witness(sealed, url)
        device = open_device(url, None, "serai", "canary-token")
        with pytest.raises(VaultError):
            device.encrypt("identity/1", b"x" * 32, b"context")
        device.close()
        assert came == [], "nothing was said before the certificate was checked"
