"""The next card: urgent first, only what matters, for this role and setting, and two stops."""

from __future__ import annotations

import random
from datetime import date

import pytest

from models.vocabulary import Role
from workflows.rules.answers import facts_from_raw
from workflows.rules.ask import Interview, interview, next_card
from workflows.rules.assess import assess
from workflows.rules.packs import Pack
from workflows.rules.values import Answer, Facts, Interval, Several, WhyUnknown

DAY = date(2026, 3, 1)


def at(
    pack: Pack, *, role: Role = Role.BORDER_OFFICIAL, private: bool = False, **raw: object
) -> Interview:
    return interview(pack, facts_from_raw(pack.facts, raw), role, private=private, as_of=DAY)


def asked(state: Interview) -> set[str]:
    return {item.fact for item in state.card.items} if state.card else set()


def test_the_first_card_decides_something_urgent_and_says_what(base: Pack) -> None:
    state = at(base, needs_now="none")
    assert state.card is not None
    assert state.card.id == "leaving"
    decides = {item.fact: item.decides for item in state.card.items}
    assert "profile ASY" in decides["fear"]
    assert "hold H.refoulement" in decides["fear"]
    assert not state.urgent_settled
    assert not state.complete


def test_what_is_urgent_comes_before_what_is_only_mandatory(base: Pack) -> None:
    state = at(base, fear="yes")
    assert state.card is not None
    assert state.card.id != "leaving"
    told = {"fear": "yes", "war": "no", "birth": "1980", "needs_now": "none", "papers": "no"}
    told |= {"debt": "no", "locked": "no", "unpaid": "no", "hours": "8"}
    assert at(base, **told).urgent_settled
    assert not asked(at(base, **told)), (
        "while evidence shuts RETURN nothing need be asked before it"
    )
    decided = at(base, final_negative="yes", **told)
    assert decided.urgent_settled
    assert asked(decided) == {"asks"}


def test_an_adult_is_asked_nothing_about_children(base: Pack) -> None:
    no = dict.fromkeys(["fear", "asks", "war"], "no")
    state = at(base, birth="1980", **no)
    seen = asked(state) | set(state.elsewhere)
    while state.card:
        no |= {fact: "no" for fact in asked(state) if base.facts[fact].kind == "yes-no"}
        no |= {f: "none" for f in asked(state) if base.facts[f].kind == "several"}
        no |= {f: "does_not_know" for f in asked(state) if f not in no}
        state = at(base, birth="1980", **no)
        seen |= asked(state)
    assert not seen & {"with_parent", "with_adult", "link", "birth"}


def test_birth_is_asked_when_only_the_age_is_missing(base: Pack) -> None:
    no = dict.fromkeys(["fear", "asks", "war", "papers", "debt", "unpaid", "with_parent"], "no")
    state = at(base, needs_now="none", hours=8, locked="no", with_adult="no", link="stranger", **no)
    assert asked(state) == {"birth"}


def test_what_was_declined_is_not_asked_again_and_still_protects(base: Pack) -> None:
    state = at(base, fear="declined", asks="does_not_know", war="no")
    assert not asked(state) & {"fear", "asks", "war"}
    facts = facts_from_raw(base.facts, {"fear": "declined"})
    assert "H.refoulement" in assess(base, facts, DAY).holds


def test_private_questions_wait_for_a_private_setting(base: Pack) -> None:
    open_place = at(base)
    assert "locked" in open_place.elsewhere
    answers = {"birth": "1980", "fear": "no", "asks": "no", "war": "no", "needs_now": "none"}
    answers |= {"papers": "no", "unpaid": "no", "debt": "no", "hours": 8}
    assert at(base, **answers).card is None
    assert at(base, **answers).elsewhere == ("locked",)
    assert not at(base, **answers).complete
    private = at(base, private=True, **answers)
    assert asked(private) == {"locked"}


def test_questions_of_another_role_are_left_to_it(base: Pack) -> None:
    assert "seen_by" in at(base, needs_now=["food"]).elsewhere
    officer = at(base, role=Role.PROTECTION_OFFICER, needs_now=["food"], private=True)
    assert "seen_by" not in officer.elsewhere


def test_what_must_never_be_asked_is_never_proposed(base: Pack) -> None:
    state = at(base, role=Role.PROTECTION_OFFICER, private=True)
    assert "violence" not in asked(state) | set(state.elsewhere)


def walk_through(pack: Pack, seed: int, *, stop_at_urgent: bool = False) -> tuple[Facts, int]:
    """An invented person answers whatever is proposed; the answers and the number of cards."""
    luck = random.Random(seed)
    facts: dict[str, Answer] = {}
    for cards in range(40):
        state = interview(pack, facts, Role.PROTECTION_OFFICER, private=True, as_of=DAY)
        if state.card is None or (stop_at_urgent and state.urgent_settled):
            return facts, cards
        for item in state.card.items:
            facts[item.fact] = answer_of(pack, item.fact, luck)
    raise AssertionError("the interview does not end")


def answer_of(pack: Pack, id_: str, luck: random.Random) -> Answer:
    fact = pack.facts[id_]
    if luck.random() < 0.1:
        return Answer(None, WhyUnknown.DECLINED)
    if fact.kind == "yes-no":
        return Answer(luck.random() < 0.3)
    if fact.kind == "quantity":
        return Answer(Interval(n := luck.randint(0, 24), n))
    if fact.kind == "several":
        yes = frozenset(o for o in fact.options if luck.random() < 0.3)
        return Answer(Several(yes, frozenset(fact.options) - yes))
    return facts_from_raw(pack.facts, {id_: {"birth": "2010", "link": "relative"}.get(id_, "AFG")})[
        id_
    ]


@pytest.mark.parametrize("seed", range(25))
def test_every_interview_ends_complete(base: Pack, seed: int) -> None:
    facts, cards = walk_through(base, seed)
    state = interview(base, facts, Role.PROTECTION_OFFICER, private=True, as_of=DAY)
    assert state.complete
    assert state.urgent_settled
    assert cards >= 1


def test_urgent_things_are_settled_before_everything(base: Pack) -> None:
    urgent = sum(walk_through(base, seed, stop_at_urgent=True)[1] for seed in range(25))
    everything = sum(walk_through(base, seed)[1] for seed in range(25))
    assert urgent <= everything


def test_origin_changes_nothing_that_is_asked(country: Pack) -> None:
    with_origin = [at(country, origin=word) for word in ("KAZ", "TJK", "UZB")]
    assert len({state.card for state in with_origin}) == 1


def test_next_card_is_the_card_of_the_interview(base: Pack) -> None:
    card = next_card(base, {}, Role.BORDER_OFFICIAL, private=False, as_of=DAY)
    assert card == at(base).card
