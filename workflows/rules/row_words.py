"""What rows say beside their conditions, in the words in which vignettes write it a second time.

Nothing follows from it that could betray a slip: which body, whose consent, what is told, who may ask.
"""

from __future__ import annotations

from workflows.rules.pack import Pack
from workflows.rules.pack_model import Fact, Hold, Packet, Profile

#: Kinds of keys in `expect`. Those of needs are read of somebody who has it; `urgency X` is a need's own.
OF_NEEDS = ("function", "consent", "urgency", "route", "packet")
LEDGER = (*OF_NEEDS, "lift", "screen", "question", "group")

#: What a key reads as whose row is missing.
NOTHING = "nothing"


def ledger_word(pack: Pack, kind: str, id_: str) -> str:
    """What the pack says beside its conditions; `nothing` where the row is missing.

    Of a need its function, consent, urgency, routes and what is told; of a hold (`lift`) the decision that
    ends it, and by whom; of an action (`screen`) the questions that must be answered before it; of a fact
    (`question`) who asks it, where, how it is sealed, what protects; of a profile (`group`) what it is for.
    """
    match kind:
        case "screen":
            asked = (fact.id for fact in pack.facts.values() if id_ in fact.mandatory_for)
            return ", ".join(asked) or NOTHING
        case "lift":
            return _lifted(pack.holds[id_]) if id_ in pack.holds else NOTHING
        case "question":
            return _asked(pack.facts[id_]) if id_ in pack.facts else NOTHING
        case "group":
            return _grouped(pack.profiles[id_]) if id_ in pack.profiles else NOTHING
        case _:
            return _of_need(pack, kind, id_) if id_ in pack.needs else NOTHING


def _asked(fact: Fact) -> str:
    """`yes-no; by border_official, protection_officer; anywhere; sealed as protection; protects yes`."""
    by = ", ".join(sorted(role.value for role in fact.who))
    span = f"{'' if fact.least is None else fact.least}..{'' if fact.most is None else fact.most}"
    parts = {
        fact.kind: True,
        f"{'seen' if fact.observed else 'told'}, by {by}": bool(by),
        "in private" if fact.private else "anywhere": True,
        f"sealed as {fact.purpose}": True,
        f"restricted {fact.restricted}": bool(fact.restricted),
        f"decided by {fact.decided_by}": bool(fact.decided_by),
        f"protects {', '.join(fact.protective)}": bool(fact.protective),
        span: span != "..",
        f"codes {', '.join(fact.specific_need)}": bool(fact.specific_need),
    }
    return "; ".join(part for part, said in parts.items() if said)


def _grouped(profile: Profile) -> str:
    """`protection; now when presumed, now when possible; SC-UC`: group, urgency, codes of specific needs."""
    urgency = (f"{word.value} when {grade}" for grade, word in profile.urgency.items())
    return "; ".join([profile.group, ", ".join(urgency), *profile.specific_need])


def _lifted(hold: Hold) -> str:
    """`final_negative by asylum`; a hold that nobody lifts falls away by itself alone."""
    decided = hold.lifted_by_decision
    return f"{decided} by {hold.lifted_by_body}" if decided else "nobody"


def _of_need(pack: Pack, kind: str, need: str) -> str:
    row = pack.needs[need]
    match kind:
        case "function":
            return row.function
        case "urgency":
            return row.urgency.value
        case "consent":
            asked = "yes" if row.consent else "no"
            return asked if row.automatic else f"{asked}, offer only"
        case "route":
            routes = (r.agency for r in pack.routes if r.need == need)
            return ", ".join(dict.fromkeys(routes)) or "none"
        case _:
            return _told(pack.packets[need])


def _told(packet: Packet) -> str:
    """`name, birth, with_parent; profiles UAC, SPC; may carry gbv`: the last two where there are any."""
    parts = [", ".join((*packet.fields, *packet.facts))]
    for word, more in (("profiles", packet.profiles), ("may carry", packet.may_carry)):
        parts += [f"{word} {', '.join(more)}"] if more else []
    return "; ".join(parts)
