"""Why two names look alike, in words: the reasons of `workflows.names.compare` in the reader's language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from flask_babel import gettext, ngettext

from workflows.names.compare import Reason


def as_codes(reasons: Iterable[Reason]) -> list[dict[str, Any]]:
    """Reasons as plain data, to be kept for the next page: codes and counts, never a name."""
    return [{"code": reason.code, "params": dict(reason.params)} for reason in reasons]


def words_of(codes: Iterable[Mapping[str, Any]]) -> list[str]:
    """A sentence for each reason, said once; a code without words is left out."""
    found = (_word(one["code"], one.get("params") or {}) for one in codes)
    return list(dict.fromkeys(word for word in found if word))


def _word(code: str, params: Mapping[str, Any]) -> str:
    if code == "ending_differs":
        return gettext("only the ending differs")
    if code == "more_words":
        count = int(params.get("count", 1))
        return ngettext("%(num)s word more", "%(num)s words more", count)
    if code == "birth_year_same":
        return gettext("same year of birth")
    if code == "birth_year_within":
        count = int(params.get("years", 1))
        return ngettext("births %(num)s year apart", "births %(num)s years apart", count)
    if code == "birth_year_apart":
        return gettext("years of birth differ")
    return _of_part(code)


def _of_part(code: str) -> str:
    parts = {
        "family_name": gettext("family name"),
        "given_name": gettext("given name"),
        "name_part": gettext("part of the name"),
    }
    for start, part in parts.items():
        if code.startswith(f"{start}_"):
            return _how(code.removeprefix(f"{start}_"), part)
    return ""


def _how(how: str, part: str) -> str:
    if how == "same":
        return gettext("%(part)s is the same", part=part)
    if how == "other_script":
        return gettext("%(part)s is the same in another script", part=part)
    if how == "spelling":
        return gettext("%(part)s is spelt in another way", part=part)
    if how == "near":
        return gettext("%(part)s is nearly the same", part=part)
    return ""
