"""How many questions until the urgent is settled, and until all is: the next question against a form.

The form asks everything in the order of its cards, the official's part and then the protection officer's,
and jumps where anybody would: questions about children for adults, about pregnancy for men, about papers
of refugees for those who never had any.
"""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from bench.rules_people import people, seen
from models.vocabulary import Grade, Role
from workflows.rules.ask import interview
from workflows.rules.assess import assess
from workflows.rules.goals import URGENT, open_goals, standing
from workflows.rules.pack import Pack
from workflows.rules.pack_model import Fact
from workflows.rules.values import Answer, Days, Facts

OFFICIAL, OFFICER = Role.BORDER_OFFICIAL, Role.PROTECTION_OFFICER


@dataclass
class Asked:
    """One person: questions and screens until the stops. `official` stops are those of that role alone."""

    kind: str
    questions: int = 0
    screens: int = 0
    stops: dict[str, tuple[int, int]] = field(default_factory=dict)

    def reach(self, stop: str) -> None:
        """Note the first time that a stop is reached."""
        self.stops.setdefault(stop, (self.questions, self.screens))


def answers(facts: Facts, fact: str) -> bool | None:
    """Yes, no, or not known."""
    value = facts[fact].value if fact in facts else None
    return value if isinstance(value, bool) else None


def _adult(facts: Facts, day: date) -> bool:
    born = facts["birth"].value if "birth" in facts else None
    old = isinstance(born, Days) and born.hi is not None and (day - born.hi).days > 18 * 366
    return old and answers(facts, "may_be_child") is not True


def _man(facts: Facts) -> bool:
    return "sex" in facts and getattr(facts["sex"].value, "words", None) == frozenset({"M"})


def _skips(fact: Fact, facts: Facts, day: date) -> bool:
    """The jumps of the form."""
    if fact.card == "with_child":
        return _adult(facts, day)
    if fact.id in {"pregnant_or_nursing", "late_pregnancy", "widow_or_head"}:
        not_pregnant = (
            fact.id == "late_pregnancy" and answers(facts, "pregnant_or_nursing") is False
        )
        return _man(facts) or not_pregnant
    needs = {
        "refugee_document": "refugee_elsewhere",
        "unhcr_card_claimed": "refugee_elsewhere",
        "wants_family_found": "family_missing",
        "sole_carer": "brings_child",
    }
    if fact.id == "no_documents":
        return answers(facts, "has_own_passport") is True
    return fact.id in needs and answers(facts, needs[fact.id]) is False


def by_form(pack: Pack, kind: str, truth: Facts, day: date, *, gate: bool) -> Asked:
    """The printed form. `gate`: the protection officer's part only where the first shows a sign."""
    facts, asked = dict(seen(pack, truth)), Asked(kind)
    for role in (OFFICIAL, OFFICER):
        if role is OFFICER and gate and not has_sign(pack, facts, day):
            continue
        _note(pack, facts, asked, role, day)
        card = ""
        for fact in _printed(pack, role):
            if fact.id in facts or _skips(fact, facts, day):
                continue
            if fact.card != card:
                card, asked.screens = fact.card, asked.screens + 1
            asked.questions += 1
            facts[fact.id] = truth[fact.id]
            _note(pack, facts, asked, role, day)
        asked.reach(f"{role.value} urgent")
        asked.reach(f"{role.value} complete")
    asked.reach("urgent")
    asked.reach("complete")
    return asked


def _printed(pack: Pack, role: Role) -> list[Fact]:
    own = [
        fact
        for fact in pack.facts.values()
        if fact.askable
        and not fact.decided_by
        and (OFFICIAL in fact.who if role is OFFICIAL else OFFICIAL not in fact.who)
    ]
    return sorted(own, key=lambda fact: pack.cards[fact.card].order)


def _note(pack: Pack, facts: Facts, asked: Asked, role: Role, day: date) -> None:
    """Note the stops that the answers so far have reached."""
    if "urgent" in asked.stops:
        return
    goals = open_goals(standing(pack, facts, day), facts)
    urgent = {fact for goal in goals if goal.tier == URGENT for fact in goal.facts}
    if all(role not in pack.facts[fact].who for fact in urgent):
        asked.reach(f"{role.value} urgent")
    if not urgent:
        asked.reach("urgent")


def has_sign(pack: Pack, facts: Facts, day: date) -> bool:
    """Whether something points to trafficking, so that a specialist follows."""
    found = assess(pack, facts, day)
    wanted = (Grade.POSSIBLE, Grade.PRESUMED)
    return any(found.grade(c) in wanted for c in pack.profiles if c.startswith("VOT")) or any(
        need.function == "trafficking" for need in found.needs.values()
    )


def by_goals(pack: Pack, kind: str, truth: Facts, day: date, *, gate: bool, screens: bool) -> Asked:
    """The next question (or the next screen of related ones), the official first."""
    facts, asked = dict(seen(pack, truth)), Asked(kind)
    for role in (OFFICIAL, OFFICER):
        if role is OFFICER and gate and not has_sign(pack, facts, day):
            continue
        card = ""
        while True:
            state = interview(pack, facts, role, private=True, as_of=day)
            if state.urgent_settled:
                asked.reach(f"{role.value} urgent")
                if not state.urgent_for_others:
                    asked.reach("urgent")
            if state.card is None:
                break
            if screens or state.card.id != card:
                card, asked.screens = state.card.id, asked.screens + 1
            for fact in [i.fact for i in state.card.items] if screens else [state.card.first]:
                asked.questions += not pack.facts[fact].observed
                facts[fact] = truth.get(fact, Answer(value=False))
        asked.reach(f"{role.value} complete")
    asked.reach("urgent")
    asked.reach("complete")
    return asked


#: What is counted: the stop, and whether the specialist's part waits for a sign.
_COUNTED: Mapping[str, tuple[str, bool]] = {
    "urgent settled, official": (f"{OFFICIAL.value} urgent", True),
    "complete for the official": (f"{OFFICIAL.value} complete", True),
    "urgent settled, specialist after a sign": ("urgent", True),
    "complete, specialist after a sign": ("complete", True),
    "urgent settled, specialist for everybody": ("urgent", False),
    "complete, specialist for everybody": ("complete", False),
}


def compare(pack: Pack, number: int, day: date, seed: int = 21) -> dict[str, Any]:
    """Mean and p90 of questions and screens at every stop, for the form and for ours."""
    crowd = list(people(pack, number, day, seed))
    found: dict[bool, dict[str, list[Asked]]] = {}
    for gate in (True, False):
        ways: Mapping[str, Callable[[str, Facts], Asked]] = {
            "form": lambda k, t: by_form(pack, k, t, day, gate=gate),  # noqa: B023  # called below
            "ours": lambda k, t: by_goals(pack, k, t, day, gate=gate, screens=False),  # noqa: B023
            "ours, by screens": lambda k, t: by_goals(pack, k, t, day, gate=gate, screens=True),  # noqa: B023
        }
        found[gate] = {name: [way(k, t) for k, t in crowd] for name, way in ways.items()}
    stops = {
        name: {way: _figures(rows, stop) for way, rows in found[gate].items()}
        for name, (stop, gate) in _COUNTED.items()
    }
    return {"people": number, "seed": seed, "stops": stops}


def _figures(rows: Sequence[Asked], stop: str) -> dict[str, float]:
    questions = [row.stops[stop][0] for row in rows if stop in row.stops]
    screens = [row.stops[stop][1] for row in rows if stop in row.stops]
    return {
        "questions": round(statistics.fmean(questions), 1),
        "questions_p90": _p90(questions),
        "screens": round(statistics.fmean(screens), 1),
        "screens_p90": _p90(screens),
    }


def _p90(values: Iterable[int]) -> int:
    ordered = sorted(values)
    return ordered[int(0.9 * len(ordered))]


def lines(found: Mapping[str, Any]) -> list[Sequence[str]]:
    """Rows for a table: form, ours and the difference; mean (p90)."""
    rows: list[Sequence[str]] = [
        ("questions until", "form", "ours", "fewer", "by screens", "screens: form", "ours")
    ]
    for name, ways in found["stops"].items():
        form, ours, screens = ways["form"], ways["ours"], ways["ours, by screens"]
        fewer = 1 - ours["questions"] / form["questions"] if form["questions"] else 0.0
        rows.append(
            (
                name,
                *(f"{way['questions']} ({way['questions_p90']})" for way in (form, ours)),
                f"{fewer:.0%}",
                f"{screens['questions']} ({screens['questions_p90']})",
                *(f"{way['screens']} ({way['screens_p90']})" for way in (form, screens)),
            )
        )
    return rows
