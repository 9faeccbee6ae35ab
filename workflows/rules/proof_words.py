"""A person whom the prover found, in plain words and as answers of a vignette."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from workflows.rules.pack import Pack
from workflows.rules.pack_model import Fact
from workflows.rules.values import Choice, Days, Facts, Interval, Json, Several, Value

_WORDS = {
    "en": {
        "yes": "yes", "no": "no", "to": "to", "or": "or", "from": "from", "up to": "up to",
        "nothing": "Nobody was asked anything.", "rest": "{n} questions not answered.", "said": "said",
        "becomes": "When this becomes so: {facts}",
    },
    "ru": {
        "yes": "да", "no": "нет", "to": "до", "or": "или", "from": "от", "up to": "до",
        "nothing": "Ни о чём не спрашивали.", "rest": "Без ответа вопросов: {n}.", "said": "сказано",
        "becomes": "Когда становится так: {facts}",
    },
    "fa_AF": {
        "yes": "بلی", "no": "نخیر", "to": "تا", "or": "یا", "from": "از", "up to": "تا",
        "nothing": "هیچ چیز پرسیده نشده است.", "rest": "{n} سؤال بی‌جواب است.", "said": "گفته شده",
        "becomes": "وقتی چنین شود: {facts}",
    },
}  # fmt: skip


def in_words(pack: Pack, facts: Facts, language: str = "en") -> str:
    """The person as one line: each answered fact with its own wording, and how many are not."""
    words = _WORDS.get(language, _WORDS["en"])
    bits = [said(pack, fact, facts[fact].value, language) for fact in _first(pack, facts)]
    asked = sum(not (f.computed or f.derived) for f in pack.facts.values())
    rest = words["rest"].format(n=asked - sum(not pack.facts[f].computed for f in facts))
    return f"{'; '.join(bits)}. ({rest})" if bits else words["nothing"]


def _first(pack: Pack, facts: Facts) -> list[str]:
    """Age first, then as in the pack."""
    known = [fact for fact in pack.facts if fact in facts]
    return sorted(known, key=lambda fact: not pack.facts[fact].computed)


def said(pack: Pack, fact: str, value: Value | None, language: str = "en") -> str:
    """One answer: `Age: 17`, `Asks for asylum: yes`."""
    words = _WORDS.get(language, _WORDS["en"])
    row = pack.facts[fact]
    return f"{_wording(pack, row, language)}: {_value(pack, row, value, words, language)}"


def becomes(pack: Pack, facts: Facts, changed: list[str], language: str = "en") -> str:
    """The answers that differ in the second of two people."""
    words = _WORDS.get(language, _WORDS["en"])
    bits = [said(pack, f, facts[f].value if f in facts else None, language) for f in changed]
    return words["becomes"].format(facts="; ".join(bits))


def _wording(pack: Pack, fact: Fact, language: str) -> str:
    try:
        return pack.text(f"fact.{fact.id}", language)
    except KeyError:
        return fact.id.replace("_", " ").capitalize()


def _value(
    pack: Pack, fact: Fact, value: Value | None, words: Mapping[str, str], language: str
) -> str:
    match value:
        case None:
            return "?"
        case bool():
            return words["yes"] if value else words["no"]
        case Interval() | Days():
            return _span(value.lo, value.hi, words)
        case Choice():
            return f" {words['or']} ".join(
                _option(pack, fact, w, language) for w in sorted(value.words)
            )
        case Several():
            items = [(i, i in value.yes) for i in fact.options if i in value.yes | value.no]
            return (
                ", ".join(
                    f"{_option(pack, fact, item, language)}: {words['yes' if so else 'no']}"
                    for item, so in items
                )
                or words["said"]
            )


def _span(lo: int | date | None, hi: int | date | None, words: Mapping[str, str]) -> str:
    if lo is not None and lo == hi:
        return str(lo)
    if lo is None:
        return words["said"] if hi is None else f"{words['up to']} {hi}"
    return f"{words['from']} {lo}" + ("" if hi is None else f" {words['to']} {hi}")


def _option(pack: Pack, fact: Fact, word: str, language: str) -> str:
    try:
        return pack.text(f"fact.{fact.id}.{word}", language)
    except KeyError:
        return word


def as_answers(pack: Pack, facts: Facts) -> dict[str, Json]:
    """The person as `facts` of a vignette: what `answers.facts_from_raw` reads back."""
    return {fact: _raw(facts[fact].value) for fact in _first(pack, facts)}


def _raw(value: Value | None) -> Json:
    match value:
        case bool():
            return "yes" if value else "no"
        case Interval(lo=lo, hi=hi) if lo is not None and lo == hi:
            return lo
        case Interval(lo=lo, hi=hi):
            return f"{'' if lo is None else lo}..{'' if hi is None else hi}"
        case Days(lo=first, hi=last):
            return f"{first or ''}..{last or ''}" if first != last else str(first)
        case Choice():
            words = sorted(value.words)
            return words[0] if len(words) == 1 else list[Json](words)
        case Several():
            so: dict[str, Json] = dict.fromkeys(sorted(value.yes), "yes")
            return {**so, **dict.fromkeys(sorted(value.no), "no")}
        case None:
            return "not_asked"
