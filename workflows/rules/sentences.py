"""A pack read aloud: each row as a sentence with what must be so for it, its sources and its place.

The pack's own words in the reader's language; only the words that join them stand here. English where
the pack has no translation.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from workflows.rules.conditions import (
    AtLeast,
    Condition,
    Is,
    Maybe,
    NotEstablished,
    OneOf,
    Output,
    ProfileIs,
    Within,
)
from workflows.rules.pack import Pack
from workflows.rules.pack_model import Fact, Origin
from workflows.rules.words import GRADES

_JOINING = {
    "en": {
        "all": "all of", "any": "one or more of", "some": "{n} or more of", "yes": "yes", "no": "no",
        "under": "under {n}", "over": "over {n}", "between": "from {a} to {b}", "before": "before {n}",
        "after": "after {n}", "maybe": "not ruled out: {x}", "not": "not established: {x}",
        "at least": "at least {x}", "when": "when", "source": "source", "from": "from",
    },
    "ru": {
        "all": "всё из", "any": "хотя бы одно из", "some": "не менее {n} из", "yes": "да", "no": "нет",
        "under": "меньше {n}", "over": "больше {n}", "between": "от {a} до {b}", "before": "до {n}",
        "after": "после {n}", "maybe": "не исключено: {x}", "not": "не установлено: {x}",
        "at least": "не ниже: {x}", "when": "если", "source": "источник", "from": "от",
    },
    "fa_AF": {
        "all": "همهٔ این‌ها", "any": "یکی یا بیشتر از این‌ها", "some": "{n} یا بیشتر از این‌ها",
        "yes": "بلی", "no": "نخیر", "under": "کمتر از {n}", "over": "بیشتر از {n}",
        "between": "از {a} تا {b}", "before": "پیش از {n}", "after": "پس از {n}",
        "maybe": "رد نشده است: {x}", "not": "ثابت نشده است: {x}", "at least": "دست‌کم {x}",
        "when": "اگر", "source": "منبع", "from": "از",
    },
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Sentence:
    """One line; `parts` are the lines below it that it speaks of."""

    text: str
    parts: tuple[Sentence, ...] = ()

    def __str__(self) -> str:
        """All of it in one line, parts in brackets."""
        if not self.parts:
            return self.text
        return f"{self.text} ({'; '.join(str(part) for part in self.parts)})"


def condition_says(pack: Pack, condition: Condition, language: str = "en") -> Sentence:
    """What must be so: a tree for a page, and as text one line."""
    word = _JOINING.get(language, _JOINING["en"])
    match condition:
        case AtLeast():
            n, parts = condition.n, condition.parts
            head = word["any"] if n == 1 else word["some"].format(n=n)
            head = word["all"] if n == len(parts) else head
            return Sentence(head, tuple(condition_says(pack, part, language) for part in parts))
        case Maybe() | NotEstablished():
            join = word["maybe" if isinstance(condition, Maybe) else "not"]
            return Sentence(join.format(x=condition_says(pack, condition.leaf, language)))
        case ProfileIs():
            grade = GRADES[condition.level].value
            least = _text(pack, f"grade.{grade}", language, grade)
            says = pack.text(f"profile.{condition.code}", language)
            if grade == "open":
                return Sentence(word["maybe"].format(x=says))
            return Sentence(f"{says}: {word['at least'].format(x=least)}")
        case Output():
            return Sentence(f"{condition.kind} {condition.id}: {condition.word}")
        case Is() | Within() | OneOf():
            return Sentence(_leaf_says(pack, condition, language))


def _leaf_says(pack: Pack, leaf: Is | Within | OneOf, language: str) -> str:
    word = _JOINING.get(language, _JOINING["en"])
    id_, _, item = leaf.slot.partition(".")
    fact = pack.facts[id_]
    asks = _asked(pack, fact, language)
    if isinstance(leaf, Is):
        thing = f"{asks} {_option(pack, fact, item, language)}" if item else asks
        return f"{thing}: {word['yes' if leaf.yes else 'no']}"
    if isinstance(leaf, OneOf):
        return f"{asks}: {', '.join(_option(pack, fact, o, language) for o in sorted(leaf.words))}"
    lo, hi = (_number(fact, n) for n in (leaf.lo, leaf.hi))
    if leaf.lo is not None and leaf.hi is not None:
        return f"{asks}: {word['between'].format(a=lo, b=hi)}"
    days = fact.kind == "date"
    if leaf.lo is None:
        bound = _number(fact, (leaf.hi or 0) + 1)
        return f"{asks}: {word['before' if days else 'under'].format(n=bound)}"
    bound = _number(fact, leaf.lo - 1)
    return f"{asks}: {word['after' if days else 'over'].format(n=bound)}"


def _number(fact: Fact, n: int | None) -> str:
    return date.fromordinal(n).isoformat() if n and fact.kind == "date" else str(n)


def _asked(pack: Pack, fact: Fact, language: str) -> str:
    return _text(pack, f"fact.{fact.id}", language, fact.id.replace("_", " ")).rstrip("?؟.: ")


def _option(pack: Pack, fact: Fact, option: str, language: str) -> str:
    return _text(pack, f"fact.{fact.id}.{option}", language, option)


def _text(pack: Pack, id_: str, language: str, otherwise: str) -> str:
    try:
        return pack.text(id_, language)
    except KeyError:
        return otherwise


def read_aloud(pack: Pack, language: str = "en") -> Iterator[str]:
    """The whole pack, line by line: head, treaties, then every row as a sentence."""
    yield f"{pack.name}: {pack.title} ({pack.status}), {pack.sha256}"
    inherits = f", over {pack.base}" if pack.base else ""
    yield f"owner: {pack.owner}; licence: {pack.licence}; valid from: {pack.valid_from}{inherits}"
    if pack.asylum_procedure:
        note = f" - {pack.asylum_procedure_note}" if pack.asylum_procedure_note else ""
        yield f"asylum procedure: {pack.asylum_procedure}{note}"
    for treaty in pack.treaties:
        since = f" since {treaty.since}" if treaty.since else ""
        note = f" ({treaty.note})" if treaty.note else ""
        yield f"treaty {treaty.treaty}: {treaty.status}{since}{note}{_rests(treaty)}"
    yield from _rows(pack, language)
    yield from _network(pack, language)


def _rows(pack: Pack, language: str) -> Iterator[str]:
    when = _JOINING.get(language, _JOINING["en"])["when"]
    for id_, condition in pack.derived.items():
        if_so = condition_says(pack, condition, language)
        yield f"fact {id_}: {_asked(pack, pack.facts[id_], language)}; {when} {if_so}"
    for profile in pack.profiles.values():
        means = pack.text(f"profile.{profile.code}.means", language)
        says = pack.text(f"profile.{profile.code}", language)
        yield f"profile {profile.code}: {says}. {means}{_rests(profile)}"
        for rule in pack.rules.values():
            if rule.profile == profile.code:
                says = _text(pack, f"rule.{rule.id}", language, rule.says)
                if_so = condition_says(pack, rule.when, language)
                yield f"  {rule.id} ({rule.strength}): {says}; {when} {if_so}{_rests(rule)}"
                yield from _reason(rule.origin)
    for need in pack.needs.values():
        says = pack.text(f"need.{need.id}", language)
        if_so = condition_says(pack, need.when, language)
        yield f"need {need.id} ({need.function}): {says}; {when} {if_so}{_rests(need)}"
    for hold in pack.holds.values():
        shuts = ", ".join(sorted(hold.shuts))
        says = pack.text(f"hold.{hold.id}", language)
        if_so = condition_says(pack, hold.when, language)
        locked = ", locked" if hold.origin.locked else ""
        yield f"hold {hold.id} (shuts {shuts}{locked}): {says}; {when} {if_so}{_rests(hold)}"


def _reason(origin: Origin) -> Iterator[str]:
    if origin.reason:
        yield f"    {origin.pack}: {origin.reason}"


def _network(pack: Pack, language: str) -> Iterator[str]:
    for deadline in pack.deadlines:
        limit = f"{deadline.amount} {deadline.unit}" if deadline.amount else "immediately"
        only = f", only if {deadline.only_if}" if deadline.only_if else ""
        says = pack.text(f"deadline.{deadline.id}", language)
        starts = f"{limit} from {deadline.starts}{only}, {deadline.clock}"
        yield f"deadline {deadline.id}: {says}; {starts}{_rests(deadline)}"
    for route in pack.routes:
        names = pack.agencies[route.agency].names
        only = f", only if {route.only_if}" if route.only_if else ""
        name = names.get(language) or names["en"]
        yield f"route {route.need} in {route.area}: {route.order} {name}{only}{_rests(route)}"
    for post in pack.posts.values():
        name = post.names.get(language) or post.names["en"]
        facing = f" to {post.facing}" if post.facing else ""
        yield f"post {post.id}: {name}, {post.kind}{facing}{_rests(post)}"


def _rests(row: object) -> str:
    source: Sequence[str] = getattr(row, "source", ())
    return f" [{', '.join(source)}; {getattr(row, 'basis', '')}]" if source else ""
