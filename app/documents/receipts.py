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
from workflows.own_state import Help, help_of
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
            what=help_word(help_of(row.function)),
            where=_where(row, post, language),
            when=gettext("Answer by %(moment)s", moment=moment(_until(row))),
        )
        for row in sent
    ]


def _until(row: ReferralShown) -> datetime:
    return row.due_at


def help_word(help_: Help) -> str:
    """What was asked for, in the words of the slip."""
    words = {
        Help.STAY: gettext("A place to stay"),
        Help.RELIEF: gettext("Food, water, clothing"),
        Help.CARE: gettext("Care"),
        Help.ADVICE: gettext("Advice"),
        Help.INTERPRETER: gettext("An interpreter"),
        Help.PAPERS: gettext("Papers"),
        Help.SUPPORT: gettext("Support"),
    }
    return words[help_]


def _where(row: ReferralShown, post: str, language: str) -> str:
    if row.function not in _NEUTRAL:
        return gettext("Ask at this post: %(post)s", post=post)
    names = row.desk_names
    return names.get(language) or names.get("en") or post
