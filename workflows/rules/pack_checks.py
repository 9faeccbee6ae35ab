"""What can only be asked when a pack is whole: sources, packets, unused facts, formulas' inputs."""

from __future__ import annotations

from collections.abc import Iterator

from workflows.rules.conditions import slots
from workflows.rules.faults import PackError
from workflows.rules.pack_draft import Draft
from workflows.rules.pack_model import Fact

#: What each computed fact reads: the fact's id and kind.
READS = {"age_from_birth": ("birth", "date"), "days_since_arrival": ("arrived_on", "date")}


def check_whole(draft: Draft, code: str) -> None:
    """Raise `PackError` for the first thing that does not fit together.

    Facts of the base are not asked for their use again: a country may retire what read them.
    """
    check_cited(draft)
    for fact in draft.facts.values():
        _check_formula(draft, fact)
    used = frozenset(_used(draft))
    for fact in draft.facts.values():
        own = fact.origin.pack == code
        if own and fact.id not in used and not fact.record_only:
            allowed = "facts that something reads, or `record only: yes` (data minimisation)"
            raise PackError(
                fact.origin.file, fact.origin.line, f"{fact.id} is read by nothing", allowed
            )
    for need in draft.needs.values():
        if need.id not in draft.packets:
            file = f"{code}/packets.yaml"
            raise PackError(file, 0, f"no packet for the need {need.id}", "a packet for each need")


def check_cited(draft: Draft) -> None:
    """Raise `PackError` for the first source that is named but does not exist; then forget them."""
    for document, place, source in draft.cited:
        if source not in draft.sources:
            raise document.error(place, f"the source {source}", "a source of sources.yaml")
    draft.cited.clear()


def _check_formula(draft: Draft, fact: Fact) -> None:
    if fact.computed in READS:
        id_, kind = READS[fact.computed]
        read = draft.facts.get(id_)
        if read is None or read.kind != kind:
            found = f"{fact.computed} without the fact {id_}"
            raise PackError(
                fact.origin.file, fact.origin.line, found, f"a fact {id_} of kind {kind}"
            )


def _used(draft: Draft) -> Iterator[str]:
    conditions = [
        *(rule.when for rule in draft.rules.values()),
        *(need.when for need in draft.needs.values()),
        *(hold.when for hold in draft.holds.values()),
    ]
    for condition in conditions:
        yield from (slot.partition(".")[0] for slot in slots(condition, draft.derived))
    for deadline in draft.deadlines:
        starters = [s for s in (deadline.starts, deadline.only_if) if s is not None]
        yield from (starter.id for starter in starters if starter.kind == "fact")
    for fact in draft.facts.values():
        if fact.computed in READS:
            yield READS[fact.computed][0]
        if fact.derived or fact.mandatory_for:
            yield fact.id
        if fact.derived:
            yield from (s.partition(".")[0] for s in slots(draft.derived[fact.id], draft.derived))
    yield from (hold.lifted_by_decision for hold in draft.holds.values())
