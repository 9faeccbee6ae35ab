"""Requests that carry files: larger than others, and never written to a disk on their way to the vault.

The framework puts what is larger than half a megabyte into a temporary file; a stolen disk would keep it.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from functools import wraps
from typing import IO, Any

from flask import Request, request

from app.work import engines

#: What surrounds a file in a form, in bytes.
_AROUND = 64 * 1024


class MemoryRequest(Request):
    """A request whose files stay in memory."""

    def _get_file_stream(
        self,
        total_content_length: int | None,  # the framework's own signature
        content_type: str | None,
        filename: str | None = None,
        content_length: int | None = None,
    ) -> IO[bytes]:
        return io.BytesIO()


def takes_files(view: Callable[..., Any]) -> Callable[..., Any]:
    """Let a request be as large as the largest file. Goes outside `opens`, which reads the form's token."""

    @wraps(view)
    def roomy(**arguments: Any) -> Any:
        make_room()
        return view(**arguments)

    return roomy


def make_room(share: float = 1.0) -> None:
    """Let this request be `share` times the largest file, and what is around it."""
    request.max_content_length = int(engines().settings.largest_file * share) + _AROUND
