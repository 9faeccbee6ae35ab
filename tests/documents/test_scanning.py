"""The scanner: clean, found, and all the ways in which it cannot be asked, which keep nothing."""

from __future__ import annotations

import socket
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from workflows.errors import FileRefused, ScannerUnreachable
from workflows.scanning import scan

CONTENT = b"x" * 200_000


@contextmanager
def clamd(path: Path, answer: Callable[[bytes], bytes]) -> Iterator[str]:
    """A socket that speaks clamd's INSTREAM; `answer` gets what was streamed."""
    listening = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    listening.bind(str(path))
    listening.listen(1)

    def serve() -> None:
        line, _ = listening.accept()
        with line, line.makefile("rb") as given:
            assert given.read(10) == b"zINSTREAM\x00"
            content = b""
            while size := int.from_bytes(given.read(4), "big"):
                content += given.read(size)
            line.sendall(answer(content))

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield f"clamd:{path}"
    finally:
        thread.join()
        listening.close()


def test_without_a_scanner_nothing_is_asked() -> None:
    scan(None, CONTENT)


def test_clamd_says_clean_of_the_very_bytes(tmp_path: Path) -> None:
    seen = []
    with clamd(tmp_path / "s", lambda content: seen.append(content) or b"stream: OK\x00") as at:
        scan(at, CONTENT)
    assert seen == [CONTENT]


@pytest.mark.asvs("5.4.3")
def test_clamd_finds_something(tmp_path: Path) -> None:
    found = b"stream: Eicar-Signature FOUND\x00"
    with clamd(tmp_path / "s", lambda _: found) as at, pytest.raises(FileRefused) as refused:
        scan(at, CONTENT)
    assert refused.value.params == {"reason": "malware"}


@pytest.mark.parametrize(
    "answer", [b"", b"INSTREAM size limit exceeded. ERROR\x00", b"stream: Okay\x00"]
)
def test_what_clamd_does_not_say_plainly_is_no_permission(tmp_path: Path, answer: bytes) -> None:
    with clamd(tmp_path / "s", lambda _: answer) as at, pytest.raises(ScannerUnreachable):
        scan(at, CONTENT)


def command(code: str) -> str:
    return f"command:{sys.executable} -c '{code}'"


def test_a_command_gets_the_file_and_says_clean_or_found() -> None:
    scan(command("import sys; sys.exit(len(sys.stdin.buffer.read()) != 200000)"), CONTENT)
    with pytest.raises(FileRefused):
        scan(command("import sys; sys.stdin.buffer.read(); sys.exit(1)"), CONTENT)


@pytest.mark.asvs("5.4.3", "16.5.2")
@pytest.mark.parametrize(
    "scanner",
    [
        "clamd:/nowhere/clamd.ctl",
        "clamd:127.0.0.1:1",
        "command:/nowhere/scanner",
        command("import sys; sys.stdin.buffer.read(); sys.exit(2)"),
    ],
)
def test_a_scanner_that_cannot_be_asked_lets_nothing_through(scanner: str) -> None:
    with pytest.raises(ScannerUnreachable):
        scan(scanner, CONTENT)


def test_a_scanner_that_takes_too_long_lets_nothing_through() -> None:
    with pytest.raises(ScannerUnreachable):
        scan(command("import time; time.sleep(60)"), CONTENT, patience=0.2)
