"""The suite keeps to its own rules: no network, no unknown marks, warnings are errors."""

from __future__ import annotations

import socket
import warnings

import pytest
from pytest_socket import SocketConnectBlockedError


def test_no_test_reaches_beyond_this_machine() -> None:
    """The guard warns and then refuses; since warnings are errors, either may come first."""
    refused = (SocketConnectBlockedError, UserWarning)
    with socket.socket() as outside, pytest.raises(refused, match=r"192\.0\.2\.1"):
        outside.connect(("192.0.2.1", 80))


def test_a_test_may_talk_to_this_machine() -> None:
    with socket.socket() as server, socket.socket() as client:
        server.bind(("127.0.0.1", 0))
        server.listen()
        client.connect(server.getsockname())

        assert client.getpeername() == server.getsockname()


def test_a_warning_fails_a_test() -> None:
    with pytest.raises(DeprecationWarning, match="old"):
        warnings.warn("old", DeprecationWarning, stacklevel=1)


def test_only_named_marks_exist(pytestconfig: pytest.Config) -> None:
    ours = {line.split(":")[0] for line in pytestconfig.getini("markers")}

    assert ours >= {"postgres", "browser"}
    assert pytestconfig.getoption("strict_markers")
