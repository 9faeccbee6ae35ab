"""The server of a deployment reads where a request ends as everybody must: none hides in another.

`serai run` serves this machine alone, by waitress; in front of it is no other reader to disagree with.
"""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

APP = """
def app(environ, start_response):
    body = environ["wsgi.input"].read()
    said = environ["PATH_INFO"].encode()
    start_response("200 OK", [("Content-Length", str(len(said)))])
    return [said]
"""
HIDDEN = b"GET /hidden HTTP/1.1\r\nHost: x\r\n\r\n"


def free() -> int:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        return int(held.getsockname()[1])


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """gunicorn with an application that says where it was asked."""
    folder: Path = tmp_path_factory.mktemp("boundaries")
    (folder / "boundaries.py").write_text(APP, encoding="utf-8")
    chosen = free()
    words = ["-m", "gunicorn", "--bind", f"127.0.0.1:{chosen}", "boundaries:app"]
    process = subprocess.Popen(
        [sys.executable, *words],
        cwd=folder,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    for _ in range(200):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", chosen)) == 0:
                break
        time.sleep(0.1)
    yield chosen
    process.terminate()
    process.wait(15)


def said(port: int, raw: bytes) -> bytes:
    with socket.create_connection(("127.0.0.1", port), timeout=5) as line:
        line.sendall(raw)
        line.shutdown(socket.SHUT_WR)
        found = b""
        try:
            while more := line.recv(65536):
                found += more
        except OSError:
            return found
        return found


def post(*headers: bytes, body: bytes) -> bytes:
    return (
        b"POST /first HTTP/1.1\r\nHost: x\r\n"
        + b"".join(h + b"\r\n" for h in headers)
        + b"\r\n"
        + body
    )


LENGTH = b"Content-Length: %d"
AMBIGUOUS = {
    "length and chunks": post(
        LENGTH % (5 + len(HIDDEN)), b"Transfer-Encoding: chunked", body=b"0\r\n\r\n" + HIDDEN
    ),
    "two lengths": post(LENGTH % 0, LENGTH % len(HIDDEN), body=HIDDEN),
    "a length with a sign": post(b"Content-Length: +0", body=HIDDEN),
    "a length in words": post(b"Content-Length: 0x0", body=HIDDEN),
    "an unknown coding": post(b"Transfer-Encoding: xchunked", body=b"0\r\n\r\n" + HIDDEN),
    "two codings": post(b"Transfer-Encoding: chunked, identity", body=b"0\r\n\r\n" + HIDDEN),
    "a space before the colon": post(b"Content-Length : 0", body=HIDDEN),
}


@pytest.mark.asvs("4.2.1")
def test_one_request_is_one_and_two_are_two(port: int) -> None:
    assert b"/first" in said(port, post(LENGTH % 3, b"Connection: close", body=b"abc"))
    whole = said(port, post(LENGTH % 3, body=b"abc") + HIDDEN)
    assert whole.count(b"HTTP/1.1 200") <= 2


@pytest.mark.asvs("4.2.1")
@pytest.mark.parametrize("how", AMBIGUOUS)
def test_a_request_whose_end_is_not_certain_hides_none(port: int, how: str) -> None:
    found = said(port, AMBIGUOUS[how])
    assert b"/hidden" not in found
    assert found.count(b"HTTP/1.") <= 1
