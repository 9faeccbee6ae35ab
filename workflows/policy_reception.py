"""PURE. Who may do what at a site, who may know where somebody sleeps, and how it goes on for them.

Part of the one table (`workflows.policy_table`).
"""

from __future__ import annotations

from models.vocabulary import Purpose
from workflows.acts import Act
from workflows.relations import Condition, Rule, rule

_rule, _C = rule, Condition
_P = Purpose

RECEPTION: tuple[Rule, ...] = (
    _rule("desk.sites", "protection_officer", "system", (Act.VIEW_RECEPTION,)),
    # A site is kept by a desk, whose officers work there. They give beds to whom the desk has in care; what
    # those need first is told to civil desks alone, as neutral signs.
    _rule(
        "desk.reception",
        "protection_officer",
        "desk",
        (Act.VIEW_RECEPTION, Act.KEEP_SITES),
        (_C.MY_DESK,),
    ),
    _rule(
        "desk.bed",
        "protection_officer",
        "case",
        (Act.PLACE_PERSON,),
        (_C.ACCEPTED_BY_MY_DESK,),
        (_P.CONTACT,),
    ),
    _rule(
        "desk.triage",
        "protection_officer",
        "case",
        (Act.VIEW_TRIAGE,),
        (_C.ACCEPTED_BY_MY_DESK,),
        (_P.PROTECTION,),
        civil=True,
    ),
    # How it may go on for the person: alternatives, moving on, solutions, return; never by a force.
    _rule(
        "desk.way_on",
        "protection_officer",
        "case",
        (Act.PLAN_WAY_ON,),
        (_C.ACCEPTED_BY_MY_DESK,),
        (_P.LEGAL,),
        civil=True,
    ),
    # Where somebody sleeps is what a trafficker looks for: one page of one case, and no list.
    _rule(
        "desk.whereabouts",
        "protection_officer",
        "case",
        (Act.VIEW_WHEREABOUTS,),
        (_C.ACCEPTED_BY_MY_DESK,),
        (_P.CONTACT,),
        civil=True,
    ),
    # How full the sites of one's agency are, in numbers; more people than beds is a supervisor's to allow.
    _rule(
        "supervisor.reception",
        "supervisor",
        "desk",
        (Act.VIEW_RECEPTION, Act.ALLOW_OVERFULL),
        (_C.SAME_AGENCY,),
    ),
    _rule("supervisor.occupancy", "supervisor", "system", (Act.VIEW_RECEPTION,)),
    # A closed case is opened again by whoever answers for it; nothing opens but the way to a desk.
    _rule("supervisor.reopen", "supervisor", "case", (Act.REOPEN_CASE,), (_C.SAME_AGENCY,)),
)
