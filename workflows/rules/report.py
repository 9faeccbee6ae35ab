"""What a pack says of a person, whole and in words: for machines as plain data, for readers as lines.

It adds to an assessment what a reader looks up: wording, agencies by name in their order, the next
questions, and every source that is cited. It decides nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from models.vocabulary import Grade, Role
from workflows.rules import ask
from workflows.rules.assess import assess
from workflows.rules.assessment import Assessment
from workflows.rules.pack import Pack
from workflows.rules.pack_model import Fact, Route
from workflows.rules.parsing import allowed
from workflows.rules.values import Facts
from workflows.rules.words import GRADES


def report(
    pack: Pack, facts: Facts, as_of: date, *, role: Role, private: bool, language: str = "en"
) -> dict[str, Any]:
    """The assessment of `facts` on `as_of` as JSON, with words in `language` (else English).

    `profiles` is code -> grade; `needs` carry `agencies` in the order in which they are tried: one that
    depends on a profile is left out when the profile stands below it, one that depends on another
    agency stays with its condition. `next` are the facts of the card that `role` would be shown.
    """
    reading = assess(pack, facts, as_of)
    trace = reading.trace()
    stage = ask.interview(pack, facts, role, private=private, as_of=as_of)
    items = stage.card.items if stage.card else ()
    return {
        "pack": reading.pack,
        "sha256": reading.sha256,
        "as_of": as_of.isoformat(),
        "profiles": {code: one.grade.value for code, one in reading.profiles.items()},
        "holds": _holds(pack, trace, language),
        "shut": trace["shut"],
        "needs": _needs(pack, reading, trace, language),
        "urgency": reading.urgency.value,
        "deadlines": [
            {**row, "says": pack.text(f"deadline.{row['id']}", language)}
            for row in trace["deadlines"]
        ],
        "next": [item.fact for item in items],
        "questions": [
            {**described(pack, pack.facts[item.fact], language), "decides": list(item.decides)}
            for item in items
        ],
        "urgent_settled": stage.urgent_settled,
        "complete": stage.complete,
        "elsewhere": list(stage.elsewhere),
        "sources": _sources(pack, trace, language),
        "trace": trace,
    }


def _holds(pack: Pack, trace: Mapping[str, Any], language: str) -> dict[str, Any]:
    return {
        id_: {**hold, "says": pack.text(f"hold.{id_}", language)}
        for id_, hold in trace["holds"].items()
    }


def _needs(pack: Pack, now: Assessment, trace: Mapping[str, Any], language: str) -> dict[str, Any]:
    return {
        id_: {
            **need,
            "says": pack.text(f"need.{id_}", language),
            "agencies": list(_agencies(pack, now, id_, language)),
        }
        for id_, need in trace["needs"].items()
    }


def described(pack: Pack, fact: Fact, language: str = "en") -> dict[str, Any]:
    """A fact as JSON: what may be answered, in which words it is asked, by whom, what protects."""
    asked = bool(fact.ask or fact.ask_note)
    return {
        "fact": fact.id,
        "kind": fact.kind,
        "allowed": list(fact.options) or fact.open_list or None,
        "values": allowed(fact),
        "least": fact.least,
        "most": fact.most,
        "unit": fact.unit or ("years" if fact.kind == "years" else None),
        "ask": pack.text(f"fact.{fact.id}", language) if asked else "",
        "options": {one: pack.text(f"fact.{fact.id}.{one}", language) for one in fact.options},
        "card": fact.card or None,
        "asked": fact.askable,
        "who": sorted(role.value for role in fact.who),
        "private": fact.private,
        "observed": fact.observed,
        "protective": list(fact.protective),
        "mandatory_for": sorted(action.value for action in fact.mandatory_for),
        "computed": bool(fact.computed or fact.derived),
        "decided_by": fact.decided_by or None,
        "restricted": fact.restricted or None,
        "purpose": fact.purpose,
        "source": list(fact.source),
    }


def _agencies(pack: Pack, now: Assessment, need: str, language: str) -> Iterator[dict[str, Any]]:
    for route in pack.routes:
        if route.need == need and _may_stand(route, now):
            agency = pack.agencies[route.agency]
            yield {
                "agency": agency.id,
                "name": agency.names.get(language) or agency.names["en"],
                "area": route.area,
                "order": route.order,
                "only_if": str(route.only_if) if route.only_if else None,
                "channel": agency.channel,
                "contact": agency.contact,
                "verified": agency.verified.isoformat() if agency.verified else None,
                "source": list(route.source),
                "basis": route.basis,
            }


def _may_stand(route: Route, now: Assessment) -> bool:
    """Whether the condition of a route holds, or cannot be known here (another agency's state)."""
    wanted = route.only_if
    if wanted is None or wanted.kind != "profile":
        return True
    return GRADES.index(now.profiles[wanted.id].grade) >= GRADES.index(Grade(wanted.word))


def _sources(pack: Pack, trace: Mapping[str, Any], language: str) -> dict[str, Any]:
    """Title and link of every source that the trace, its holds and its needs cite."""
    cited = {
        source
        for reading in trace["profiles"].values()
        for rule in reading["because"]
        for source in rule["source"]
    }
    cited.update(source for row in trace["deadlines"] for source in row["source"])
    cited.update(source for id_ in trace["holds"] for source in pack.holds[id_].source)
    cited.update(source for id_ in trace["needs"] for source in pack.needs[id_].source)
    return {
        id_: {
            "title": pack.text(f"source.{id_}", language),
            "link": pack.sources[id_].link,
            "basis": pack.sources[id_].basis,
        }
        for id_ in sorted(cited)
    }


def lines(pack: Pack, found: Mapping[str, Any], language: str = "en") -> Iterator[str]:
    """A report as lines to read: what stands and why, what is shut, who helps, what to ask."""
    yield f"{found['pack']} ({found['sha256'][:12]}) on {found['as_of']}"
    yield f"urgency: {found['urgency']}; shut: {', '.join(found['shut']) or 'nothing'}"
    for code, reading in found["trace"]["profiles"].items():
        yield f"profile {code}: {reading['grade']} - {pack.text(f'profile.{code}', language)}"
        for rule in reading["because"]:
            says = pack.text(f"rule.{rule['rule']}", language)
            yield f"    {rule['rule']} ({rule['strength']}): {says} [{', '.join(rule['source'])}]"
    for id_, hold in found["holds"].items():
        yield f"hold {id_}: by {hold['by']}, shuts {', '.join(hold['shuts'])} - {hold['says']}"
    for id_, need in found["needs"].items():
        yield f"need {id_}: {need['urgency']} - {need['says']}"
        for one in need["agencies"]:
            only = f", only if {one['only_if']}" if one["only_if"] else ""
            yield f"    {one['order']} {one['name']} ({one['area']}{only})"
    for row in found["deadlines"]:
        limit = f"{row['amount']} {row['unit']}" if row["amount"] else "at once"
        yield f"deadline {row['id']}: {limit} from {row['starts']} ({row['clock']}) - {row['says']}"
    for row in found["questions"]:
        yield f"ask {row['fact']}: {row['ask']} ({row['values']})"
    if not found["questions"]:
        yield "ask: nothing more" if found["complete"] else "ask: nothing here, but elsewhere"
