"""Asking a scanner for malware before a file is kept: clamd by its socket, or a command.

The setting `SERAI_SCANNER` is `clamd:/run/clamav/clamd.ctl`, `clamd:HOST:PORT`, or `command:/path
argument ...`; a command gets the file on its standard input and exits 0 for clean, 1 for found. Where a
scanner is set and cannot be asked, nothing is kept.
"""

from __future__ import annotations

import shlex
import socket
import struct
import subprocess
from contextlib import closing

from workflows.errors import FileRefused, ScannerUnreachable

#: How long a scanner may take, in seconds: on the embedded database others wait meanwhile.
PATIENCE = 15.0
_CHUNK = 64 * 1024
_LONGEST_ANSWER = 4096


def scan(scanner: str | None, content: bytes, *, patience: float = PATIENCE) -> None:
    """Let the scanner look at a file. Without a scanner nothing is asked.

    Raises:
        FileRefused: reason `malware`.
        ScannerUnreachable: it cannot be asked, answers nothing that is known, or takes too long.
    """
    if scanner is None:
        return
    kind, _, rest = scanner.partition(":")
    try:
        clean = (
            _clamd(rest, content, patience) if kind == "clamd" else _run(rest, content, patience)
        )
    except (OSError, ValueError, subprocess.SubprocessError):
        raise ScannerUnreachable from None
    if not clean:
        raise FileRefused(reason="malware")


def _clamd(address: str, content: bytes, patience: float) -> bool:
    """INSTREAM of clamd(8): lengths and chunks, an empty one at the end; `stream: OK` for clean."""
    with closing(_connected(address, patience)) as line:
        line.sendall(b"zINSTREAM\x00")
        for start in range(0, len(content), _CHUNK):
            chunk = content[start : start + _CHUNK]
            line.sendall(struct.pack("!I", len(chunk)) + chunk)
        line.sendall(struct.pack("!I", 0))
        answer = b""
        while not answer.endswith(b"\x00") and len(answer) < _LONGEST_ANSWER:
            more = line.recv(_LONGEST_ANSWER)
            if not more:
                break
            answer += more
    said = answer.rstrip(b"\x00\n").decode("ascii", "replace")
    if said == "stream: OK":
        return True
    if said.startswith("stream: ") and said.endswith(" FOUND"):
        return False
    raise ValueError(said[:40])


def _connected(address: str, patience: float) -> socket.socket:
    if address.startswith("/"):
        line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        line.settimeout(patience)
        try:
            line.connect(address)
        except OSError:
            line.close()
            raise
        return line
    host, _, port = address.rpartition(":")
    return socket.create_connection((host, int(port)), timeout=patience)


def _run(command: str, content: bytes, patience: float) -> bool:
    done = subprocess.run(  # noqa: S603  # the deployment's own command, without a shell
        shlex.split(command),
        input=content,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        timeout=patience,
        check=False,
    )
    if done.returncode in (0, 1):
        return done.returncode == 0
    raise ValueError(done.returncode)
