"""A purpose whose key is not on this machine, or not now: what is written goes on, what is read is denied.

A step that only writes may want to know what stands there already: to leave a part as it was, or to fill a
form in. Where that cannot be opened, it goes on without. Nothing that is shown or decided may be read
through here: for that the error is the answer (test class 5 of security.md 7).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from models.vault.errors import NotHeld

T = TypeVar("T")


def unless_absent(read: Callable[[], T], otherwise: T) -> T:
    """What `read` gives, or `otherwise` where the key of its purpose is not here now."""
    try:
        return read()
    except NotHeld:
        return otherwise
