"""Words for the codes of a screening, in the reader's language; and which languages the packs speak.

The packs' own texts (facts, profiles, holds, needs, deadlines) come from the pack; here are the words of
states, tasks and answers, which no pack knows.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from flask_babel import gettext, lazy_gettext

from app.locale import (
    Language,
    country_name,
    current_language,
    in_own,
    language_name,
    language_of,
    listed,
)
from config.codes import countries, rows
from models.vocabulary import Clock, LegalBasis, ReferralState, TaskKind
from workflows.casework import CaseStatus
from workflows.rules.pack import Pack
from workflows.rules.pack_model import Fact

#: Iranian Persian is read by the text in Dari, where it has none: the letters and nearly all words are the
#: same. The packs write these two languages without their script.
_NEAR = {"fa": "fa_AF", "uz_Latn": "uz", "zh_Hans": "zh"}
#: What is said to a person at the interview, told before it, and stands on the slip.
SAY, INFORM, RECEIPT = "text.say.", "text.inform.", "text.receipt."
#: What stands on a turned screen.
ALONE = "text.alone."
#: The share of these texts from which a language counts as spoken by the pack.
_ENOUGH = 0.9


@lru_cache(maxsize=64)
def text_language(code: str | None, offered: tuple[str, ...]) -> str | None:
    """The locale among `offered` that a speaker of ISO 639-3 `code` reads, or None."""
    locale = next((row["locale"] for row in rows("languages") if row["code"] == code), None)
    if locale is None:
        return None
    return next((one for one in (locale, _NEAR.get(locale)) if one in offered), None)


@lru_cache(maxsize=64)
def spoken_at(languages: tuple[str, ...]) -> tuple[str, ...]:
    """ISO 639-3 codes of a post's languages, which packs write as locales."""
    by_locale = {row["locale"]: row["code"] for row in reversed(rows("languages"))}
    plain = {locale.partition("_")[0]: code for locale, code in by_locale.items()}
    found = [by_locale.get(one) or plain.get(one.partition("_")[0]) for one in languages]
    return tuple(dict.fromkeys(code for code in found if code))


def speaking(pack: Pack, kind: str) -> tuple[str, ...]:
    """The locales in which the pack has its texts of a kind: a prefix of text ids, as SAY."""
    wanted = [text_id for text_id in pack.texts["en"] if text_id.startswith(kind)]
    return tuple(
        code
        for code, texts in pack.texts.items()
        if sum(text_id in texts for text_id in wanted) >= _ENOUGH * len(wanted)
    )


def person_language(code: str | None, pack: Pack, kind: str = SAY) -> Language | None:
    """The language of the pack's texts of a kind for somebody who speaks `code`, or None."""
    found = text_language(code, speaking(pack, kind))
    return None if found is None else language_of(found)


def said(pack: Pack, text_id: str, language: str | None = None) -> str | None:
    """A text of the pack, in the reader's language or in `language`; None where it has none."""
    found = pack.texts["en"].get(text_id)
    return found and pack.text(text_id, language or current_language().code)


def names_in(names: Mapping[str, str]) -> str:
    """A name of an agency, desk or post in the reader's language."""
    return in_own(names)


#: Lazy, so that a list of 25 lines does not translate every state 25 times.
_STATUS = {
    CaseStatus.REGISTERED: lazy_gettext("Registered"),
    CaseStatus.INFORMED: lazy_gettext("Informed"),
    CaseStatus.SCREENED: lazy_gettext("Screened"),
    CaseStatus.REFERRED: lazy_gettext("Referred"),
    CaseStatus.IN_CARE: lazy_gettext("In care"),
    CaseStatus.CLOSED: lazy_gettext("Closed"),
}


def status_word(status: CaseStatus) -> str:
    """The state of a case."""
    return str(_STATUS[status])


def referral_word(state: ReferralState) -> str:
    """The state of a referral, as its sender sees it."""
    words = {
        ReferralState.DRAFT: gettext("Not sent"),
        ReferralState.SENT: gettext("Sent, not answered yet"),
        ReferralState.RECEIVED: gettext("Arrived at the desk, not opened yet"),
        ReferralState.SEEN: gettext("Opened by the desk, not answered yet"),
        ReferralState.NEEDS_INFORMATION: gettext("The desk asks you something"),
        ReferralState.WAITING_LIST: gettext("On the waiting list: another desk may be quicker"),
        ReferralState.ACCEPTED: gettext("Accepted"),
        ReferralState.SERVICE_STARTED: gettext("Service started"),
        ReferralState.NO_SHOW: gettext("The person did not come: choose another desk"),
        ReferralState.REFUSED: gettext("Refused: choose another desk"),
        ReferralState.REDIRECTED: gettext("Another desk was named"),
        ReferralState.NO_ANSWER: gettext("No answer in time: choose another desk"),
        ReferralState.WITHDRAWN: gettext("Taken back"),
        ReferralState.OUTCOME_REPORTED: gettext("Outcome reported"),
        ReferralState.CLOSED: gettext("Closed"),
    }
    return words[state]


#: What a task is, and what to do.
_TASKS: dict[TaskKind, tuple[Any, Any]] = {
    TaskKind.PRIVATE_INTERVIEW: (
        lazy_gettext("Ask in private"),
        lazy_gettext("Ask the questions that somebody else should ask, alone with the person."),
    ),
    TaskKind.SPEAK_ALONE: (
        lazy_gettext("A word alone"),
        lazy_gettext(
            "Speak with this person apart from the others: what they fear, what they wish, whether they "
            "want to claim for themselves. Then say that it is done."
        ),
    ),
    TaskKind.REFER_NEED: (
        lazy_gettext("Refer a need"),
        lazy_gettext("Choose a desk, check the packet, send it."),
    ),
    TaskKind.CHOOSE_ANOTHER_DESK: (
        lazy_gettext("Choose another desk"),
        lazy_gettext("A need has no desk. Choose one and send the referral."),
    ),
    TaskKind.ANSWER_REFERRAL: (
        lazy_gettext("Answer a referral"),
        lazy_gettext("Read the packet and answer."),
    ),
    TaskKind.STILL_NEEDED: (
        lazy_gettext("Is it still needed?"),
        lazy_gettext("A later answer no longer carries a need. Ask whether it is still wanted."),
    ),
    TaskKind.DECIDE_HOLD: (
        lazy_gettext("Decide on a safeguard"),
        lazy_gettext("The competent body decides whether it still holds."),
    ),
    TaskKind.MEET_DEADLINE: (
        lazy_gettext("Keep a legal time limit"),
        lazy_gettext("A time limit of this case is near. Open the case and do what is due."),
    ),
    TaskKind.ANSWER_QUESTION: (
        lazy_gettext("A desk asks"),
        lazy_gettext("A desk cannot answer before it knows more. Answer it."),
    ),
    TaskKind.ANSWER_SOON: (
        lazy_gettext("Answer soon"),
        lazy_gettext("Half of the time to answer is over."),
    ),
    TaskKind.URGENT_NEED: (
        lazy_gettext("Urgent need"),
        lazy_gettext("Bring help now: care, food, a safe place. Then say that it is done."),
    ),
    TaskKind.ASK_CONSENT_AGAIN: (
        lazy_gettext("Ask again whether the person agrees"),
        lazy_gettext("Their agreement to tell a desk ends soon. Ask them anew, or take it back."),
    ),
    TaskKind.MISSED_APPOINTMENT: (
        lazy_gettext("Missed appointment"),
        lazy_gettext("Ask why the person did not come, and make a new appointment."),
    ),
}


def task_words(kind: TaskKind) -> tuple[str, str]:
    """What a task is, and what to do."""
    name, act = _TASKS[kind]
    return str(name), str(act)


def basis_word(basis: LegalBasis) -> str:
    """On what ground a packet leaves."""
    words = {
        LegalBasis.CONSENT: gettext("The person agrees"),
        LegalBasis.VITAL_INTEREST: gettext(
            "Life or health is in danger and the person cannot agree"
        ),
        LegalBasis.BEST_INTEREST: gettext("It is in the best interests of a child"),
        LegalBasis.LEGAL_DUTY: gettext("The law obliges us to tell"),
    }
    return words[basis]


def clock_word(clock: Clock) -> str:
    """Whose time runs."""
    words = {
        Clock.AUTHORITY: gettext("Time of the authority"),
        Clock.PERSON: gettext("Time of the person"),
        Clock.AGENCY: gettext("Time of the agency"),
    }
    return words[clock]


def body_word(function: str) -> str:
    """The competent body by what it does, for *may be lifted by*."""
    words = {
        "asylum": gettext("the body that decides on asylum"),
        "trafficking": gettext("the body that identifies victims of trafficking"),
        "child": gettext("the child protection body"),
        "statelessness": gettext("the body that decides on statelessness"),
        "migration": gettext("the migration body"),
        "health": gettext("a doctor"),
    }
    return words.get(function, gettext("the answers themselves, once all are given"))


def unknown_word(why: str) -> str:
    """Why an answer is not known."""
    words = {
        "contradictory": gettext("Answers differ"),
        "restricted": gettext("A restricted answer"),
        "withdrawn": gettext("Taken back"),
        "declined": gettext("Does not want to say"),
        "does_not_know": gettext("Does not know"),
        "not_asked": gettext("Not asked"),
    }
    return words.get(why, why)


def value_words(pack: Pack, fact: Fact, value: Any) -> str:
    """An answer as JSON (`values.value_to_json`) in words."""
    if value == "yes":
        return gettext("Yes")
    if value == "no":
        return gettext("No")
    if isinstance(value, list):
        low, high = (str(one) if one is not None else "" for one in value)
        return low if low == high else f"{low} – {high}".strip()
    if isinstance(value, dict) and "one of" in value:
        return listed(option_word(pack, fact, one) for one in value["one of"])
    if isinstance(value, dict):
        items = [option_word(pack, fact, one) for one, so in value.items() if so == "yes"]
        return listed(items) or gettext("None of these")
    return "" if value is None else str(value)


def option_word(pack: Pack, fact: Fact, option: str) -> str:
    """One option of a choice: a country, a language, or the pack's own word."""
    if fact.open_list == "countries":
        return country_name(option)
    if fact.open_list == "languages":
        return language_name(option)
    return said(pack, f"fact.{fact.id}.{option}") or option


def bearing_word(pack: Pack, name: str) -> str:
    """`profile X`, `hold H.x` or `before RETURN`, as a question's reason."""
    kind, _, code = name.partition(" ")
    if kind == "before":
        return gettext("needed before any return")
    return said(pack, f"{kind}.{code}") or code


@lru_cache(maxsize=1)
def state_codes() -> tuple[str, ...]:
    """ISO codes of the countries of the code list."""
    return tuple(code for code, row in countries().items() if row.kind == "country")


@lru_cache(maxsize=1)
def other_issuers() -> tuple[tuple[str, str], ...]:
    """(code, name) of what ICAO Doc 9303 puts in documents in place of a state: XXA, XXB, UNO ..."""
    return tuple(
        (code, f"{gettext(row.name)} ({code})")
        for code, row in countries().items()
        if row.kind not in ("country", "none") and code.isalnum()
    )
