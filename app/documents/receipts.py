"""The words of the slip a person takes along, in their language. No profile and no need stands on it.

Who finds the slip learns that somebody asked for help at a post, and no more: requests are told by neutral
words, and an agency whose name would tell what happened to the person is not named.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext

from app.locale import moment
from workflows.post_outcomes import ReferralShown

#: Functions whose bodies have names that tell nothing about the person.
_NEUTRAL = frozenset(
    {
        "accommodation",
        "civil_registry",
        "health",
        "interpreter",
        "legal_aid",
        "migration",
        "relief",
        "un_migration",
        "un_refugee",
    }
)


@dataclass(frozen=True)
class Request:
    """One line of the slip: what was asked for, where to go, until when somebody answers."""

    number: str
    what: str
    where: str
    when: str


def requests_of(
    sent: Iterable[ReferralShown], post: str, language: str, show: Mapping[str, str]
) -> list[Request]:
    """The requests that still count, in neutral words; `show`: referral number to its printed form."""
    return [
        Request(
            number=show[row.number],
            what=_what(row.function),
            where=_where(row, post, language),
            when=gettext("Answer by %(moment)s", moment=moment(_until(row))),
        )
        for row in sent
    ]


def _until(row: ReferralShown) -> datetime:
    return row.due_at


def _what(function: str) -> str:
    words = {
        "accommodation": gettext("A place to stay"),
        "relief": gettext("Food, water, clothing"),
        "health": gettext("Care"),
        "mhpss": gettext("Care"),
        "legal_aid": gettext("Advice"),
        "interpreter": gettext("An interpreter"),
        "migration": gettext("Papers"),
        "civil_registry": gettext("Papers"),
        "labour": gettext("Advice"),
    }
    return words.get(function, gettext("Support"))


def _where(row: ReferralShown, post: str, language: str) -> str:
    if row.function not in _NEUTRAL:
        return gettext("Ask at this post: %(post)s", post=post)
    names = row.desk_names
    return names.get(language) or names.get("en") or post
