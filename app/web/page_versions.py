"""Which version of a thing a page was made from, as the page sends it back."""

from __future__ import annotations

from flask import request

from app.work import StalePage

#: Digits of the largest version that is read; no honest page sends more.
_LONGEST = 9


def version_in(text: str | None, otherwise: int = -1) -> int:
    """The version in a hidden field; `otherwise` where there is none: no thing ever has that one."""
    return int(text) if text and text.isdecimal() and len(text) <= _LONGEST else otherwise


def version_sent() -> int:
    """The version in this request's form, for buttons without a form to show again. Raises `StalePage`."""
    found = version_in(request.form.get("version"))
    if found < 0:
        raise StalePage
    return found
