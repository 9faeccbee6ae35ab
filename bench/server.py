"""Starts the product as docs/deployment.md says, waits for its first page, and ends it again."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from bench.places import Place

ROOT = Path(__file__).resolve().parent.parent
WORKERS, THREADS = 2, 4
_LONGEST_START = 120.0


@dataclass(frozen=True)
class Server:
    """A running server: its master process, its port, and seconds from its start to its first page."""

    pid: int
    port: int
    first_page: float


@contextmanager
def served(place: Place) -> Iterator[Server]:
    """Run gunicorn over `wsgi.py` for this register within the block."""
    port = _free_port()
    command = [
        sys.executable, "-m", "gunicorn", "--workers", str(WORKERS), "--threads", str(THREADS),
        "--bind", f"127.0.0.1:{port}", "--log-level", "warning", "wsgi:app",
    ]  # fmt: skip
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SERAI_")}
    log = place.folder / "server.log"
    began = time.perf_counter()
    with log.open("ab") as file:
        process = subprocess.Popen(
            command, cwd=ROOT, env={**kept, **place.environment}, stdout=file, stderr=file
        )
    try:
        _wait(process, port, began, log)
        yield Server(process.pid, port, time.perf_counter() - began)
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait(process: subprocess.Popen[bytes], port: int, began: float, log: Path) -> None:
    while time.perf_counter() - began < _LONGEST_START:
        if process.poll() is not None:
            break
        if _answers(port):
            return
        time.sleep(0.02)
    tail = log.read_text(encoding="utf-8", errors="replace")[-2000:]
    raise RuntimeError(f"the server did not start; the end of {log}:\n{tail}")


def _answers(port: int) -> bool:
    """Whether the sign-in page comes."""
    connection = HTTPConnection("127.0.0.1", port, timeout=_LONGEST_START)
    try:
        connection.request("GET", "/sign-in", headers={"X-Forwarded-Proto": "https"})
        return connection.getresponse().status == 200
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
