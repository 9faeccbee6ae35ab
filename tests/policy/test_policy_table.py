"""The policy table by itself: default deny, no purpose where none is due, no act forgotten."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.vocabulary import Purpose, Role
from workflows import policy
from workflows.errors import NotAllowed, NotFound
from workflows.policy import RULES, SYSTEM, Act, Actor, Condition, Resource, allows, require

HERE, THERE = uuid4(), uuid4()
#: Acts that nobody with an account does: the clock, the worker, an operator at the command line.
OF_THE_SYSTEM = {
    *(Act.TICK, Act.DELIVER, Act.ERASE, Act.RETAIN, Act.SEAL_LOG, Act.RAISE_ALERT),
    *(Act.CHECK_PACKS, Act.RECHECK, Act.REASSESS),
    Act.MANAGE_KEYS,
    Act.MANAGE_NETWORK,
    Act.NAME_FOCAL_POINT,
    Act.CLOSE_BOOKS,
    # The person, at a browser of their own: no account.
    *(Act.SEE_OWN_STATE, Act.ASK_FOR_OWN_RIGHT),
    # The person who holds a screen that was turned to them.
    Act.ANSWER_ALONE,
}
KINDS = ("post", "case", "referral", "task", "approval", "desk", "system")
#: Whoever acts in these tests, so that a thing may relate to them.
ME = UUID(int=7)


def actor(role: Role, **changed: object) -> Actor:
    """Somebody at HERE, in every respect."""
    whole = Actor(
        user_id=ME,
        role=role,
        agency_id=HERE,
        country="KAZ",
        post_id=HERE,
        desk_ids=frozenset({HERE}),
        session_id=ME,
    )
    return replace(whole, **changed)  # type: ignore[arg-type]  # names of its own fields


def thing(kind: str, place: object = HERE, **changed: object) -> Resource:
    """A thing that relates to HERE in every respect."""
    desks = frozenset({place})
    whole = Resource(
        kind=kind,  # type: ignore[arg-type]  # one of KINDS
        post_id=place,  # type: ignore[arg-type]  # a UUID
        agency_id=place,  # type: ignore[arg-type]  # a UUID
        country="KAZ" if place == HERE else "TJK",
        screened=False,
        needs_new_desk=True,
        referred_desks=desks,  # type: ignore[arg-type]  # of UUIDs
        accepted_desks=desks,  # type: ignore[arg-type]  # of UUIDs
        desk_id=place,  # type: ignore[arg-type]  # a UUID
        taken=True,
        glass_of=frozenset({ME}) if place == HERE else frozenset(),
        visit_id=ME if place == HERE else THERE,
        about_keys=place == HERE,
        screen_id=ME if place == HERE else THERE,
    )
    return replace(whole, **changed)  # type: ignore[arg-type]  # names of its own fields


def acts_of(role: Role, kind: str) -> set[Act]:
    return {a for r in RULES for a in r.acts if role in r.roles and r.kind == kind}


def test_every_act_has_a_rule() -> None:
    ruled = {act for rule in RULES for act in rule.acts}
    assert set(Act) - ruled == set()
    assert {a for r in RULES for a in r.acts if r.roles == {Role.SYSTEM}} == OF_THE_SYSTEM


def test_rules_have_one_name_each_and_no_row_for_nobody() -> None:
    assert len({rule.id for rule in RULES}) == len(RULES)
    assert all(rule.roles and rule.acts for rule in RULES)


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("kind", KINDS)
def test_what_no_rule_names_is_refused_even_to_those_who_have_every_relation(
    role: Role, kind: str
) -> None:
    for act in Act:
        found = allows(actor(role), act, thing(kind))
        assert (found is not None) == (act in acts_of(role, kind)), act


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("kind", KINDS)
def test_a_thing_without_any_relation_opens_nothing_but_what_needs_none(
    role: Role, kind: str
) -> None:
    unconditional = {
        act
        for rule in RULES
        if role in rule.roles and rule.kind == kind and not rule.conditions
        for act in rule.acts
    }
    empty = Resource(kind=kind)  # type: ignore[arg-type]  # one of KINDS
    for act in Act:
        for stranger in (actor(role), actor(role, post_id=None, desk_ids=frozenset())):
            found = allows(stranger, act, empty)
            assert (found is not None) == (act in unconditional), act


def test_nothing_of_a_person_is_opened_without_a_relation_to_the_person() -> None:
    assert {rule.id for rule in RULES if not rule.conditions and rule.purposes} == set()
    assert {rule.id for rule in RULES if not rule.conditions and rule.kind != "system"} == set()


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_each_condition_of_a_rule_matters(rule: policy.Rule) -> None:
    """Take one relation away and the rule no longer allows."""
    broken = {
        Condition.SAME_POST: {"post_id": THERE},
        Condition.SAME_AGENCY: {"agency_id": THERE},
        Condition.SAME_COUNTRY: {"country": "TJK"},
        Condition.SCREENING_OPEN: {"screened": True},
        Condition.NEEDS_NEW_DESK: {"needs_new_desk": False},
        Condition.REFERRED_TO_MY_DESK: {"referred_desks": frozenset({THERE})},
        Condition.ACCEPTED_BY_MY_DESK: {"accepted_desks": frozenset({THERE})},
        Condition.MY_DESK: {"desk_id": THERE},
        Condition.TAKEN: {"taken": False},
        Condition.GLASS: {"glass_of": frozenset({THERE})},
        Condition.OWN_RECEIPT: {"visit_id": THERE},
        Condition.ABOUT_KEYS: {"about_keys": False},
        Condition.OWN_SCREEN: {"screen_id": THERE},
    }
    assert set(broken) == set(Condition)
    role = next(iter(rule.roles))
    whole = thing(rule.kind)
    assert all(policy.term_holds(t, whole) for t in policy.terms(rule, actor(role)))
    for condition in rule.conditions:
        lacking = replace(whole, **broken[condition])  # type: ignore[arg-type]  # its own fields
        assert not all(policy.term_holds(t, lacking) for t in policy.terms(rule, actor(role)))


def test_an_administrator_and_a_monitor_have_no_purpose() -> None:
    for role in (Role.ADMINISTRATOR, Role.SYSTEM):
        assert {p for rule in RULES if role in rule.roles for p in rule.purposes} == set()
    # A monitor reads complaints, which come to nobody else.
    opening = {rule.id for rule in RULES if Role.MONITOR in rule.roles and rule.purposes}
    assert opening == {"monitor.complaints"}


def test_an_administrator_reaches_no_person_post_or_referral() -> None:
    rules = [rule for rule in RULES if Role.ADMINISTRATOR in rule.roles]
    assert {rule.kind for rule in rules} == {"system", "approval"}
    # Of what waits for a second account, keys alone.
    about = {rule.conditions for rule in rules if rule.kind == "approval"}
    assert about == {(Condition.ABOUT_KEYS,)}


def test_nobody_is_granted_the_keys_of_accounts_or_of_the_log() -> None:
    granted = {purpose for rule in RULES for purpose in rule.purposes}
    assert granted & {Purpose.ACCOUNT, Purpose.AUDIT} == set()


@pytest.mark.asvs("8.2.3")
def test_a_border_official_sees_only_the_head_of_a_case_once_it_is_screened() -> None:
    official = actor(Role.BORDER_OFFICIAL)
    screened = thing("case", screened=True, needs_new_desk=False)
    left = {act for act in Act if allows(official, act, screened)}
    # To take what the person asks for is writing only.
    # A new code for the receipt tells nothing either.
    # What the person asks, wants to have on paper, or no longer agrees to: nothing opens by it.
    # Who came together is known by case numbers: a member who is found to be a stranger is taken out.
    assert left == {
        *(Act.VIEW_CASE, Act.RECORD_REQUEST, Act.ISSUE_RECEIPT_CODE, Act.RECORD_CONSENT),
        Act.VIEW_GROUP,
    }
    for act in left:
        rule = allows(official, act, screened)
        assert rule is not None
        assert rule.purposes == frozenset()


def test_a_border_official_gets_the_screen_back_only_to_find_another_desk() -> None:
    official = actor(Role.BORDER_OFFICIAL)
    waiting = thing("case", screened=True, needs_new_desk=True)
    left = {act for act in Act if allows(official, act, waiting)}
    assert left == {
        *(Act.VIEW_CASE, Act.RECORD_REQUEST, Act.ISSUE_RECEIPT_CODE),
        *(Act.PROPOSE_REFERRAL, Act.SEND_REFERRAL, Act.RECORD_CONSENT, Act.VIEW_GROUP),
    }


@pytest.mark.parametrize(
    ("role", "act", "kind"),
    [
        (Role.BORDER_OFFICIAL, Act.WITHDRAW_REFERRAL, "referral"),
        (Role.BORDER_OFFICIAL, Act.CLOSE_REFERRAL, "referral"),
        (Role.BORDER_OFFICIAL, Act.DO_TASK, "task"),
        (Role.SUPERVISOR, Act.DO_TASK, "task"),
        (Role.BORDER_OFFICIAL, Act.SEND_REFERRAL, "case"),
        (Role.SUPERVISOR, Act.SEND_REFERRAL, "case"),
    ],
)
def test_what_is_sent_on_taken_back_or_done_after_the_screening_opens_nothing(
    role: Role, act: Act, kind: str
) -> None:
    rule = allows(actor(role), act, thing(kind, screened=True))
    assert rule is not None
    assert rule.purposes == frozenset()


def test_a_protection_officer_is_granted_no_identity_before_acceptance() -> None:
    officer = actor(Role.PROTECTION_OFFICER)
    for kind in KINDS:
        before = thing(kind, taken=False, accepted_desks=frozenset(), glass_of=frozenset())
        purposes = {
            purpose
            for act in Act
            if (rule := allows(officer, act, before)) is not None
            for purpose in rule.purposes
        }
        assert purposes <= {Purpose.PROTECTION}, kind


def test_what_a_role_may_not_do_at_all_and_what_is_not_theirs_are_told_apart() -> None:
    """A role learns what its role is; nobody learns whether a thing exists."""
    official = actor(Role.BORDER_OFFICIAL)
    with pytest.raises(NotAllowed):
        require(official, Act.MANAGE_USERS, SYSTEM)
    with pytest.raises(NotFound):
        require(official, Act.ANSWER, thing("case", THERE))
    assert require(official, Act.ANSWER, thing("case")).id == "border.screen"


@given(
    role=st.sampled_from(Role),
    act=st.sampled_from(Act),
    kind=st.sampled_from(KINDS),
    seed=st.tuples(*[st.booleans()] * 8),
)
def test_more_relations_never_take_a_permission_away(
    role: Role, act: Act, kind: str, seed: tuple[bool, ...]
) -> None:
    post, agency, country, screened, new, referred, desk, taken = seed
    partly = thing(
        kind,
        post_id=HERE if post else None,
        agency_id=HERE if agency else None,
        country="KAZ" if country else None,
        screened=screened,
        needs_new_desk=new,
        referred_desks=frozenset({HERE}) if referred else frozenset(),
        accepted_desks=frozenset({HERE}) if referred and taken else frozenset(),
        desk_id=HERE if desk else None,
        taken=taken,
    )
    if allows(actor(role), act, partly) is not None:
        assert allows(actor(role), act, thing(kind)) is not None


FORCE = replace(actor(Role.PROTECTION_OFFICER), force=True)


def test_a_force_opens_no_document_no_whole_file_and_breaks_no_glass() -> None:
    """The protection firewall: police, border and security bodies, even with the case in care."""
    never = {
        *(Act.ATTACH_DOCUMENT, Act.VIEW_DOCUMENTS, Act.READ_DOCUMENT, Act.MAKE_SUMMARY),
        *(Act.RECORD_CORRECTION, Act.BREAK_GLASS, Act.READ_GLASS),
    }
    civil = actor(Role.PROTECTION_OFFICER)
    assert {act for act in never if allows(civil, act, thing("case"))} == never
    assert {act for act in never if allows(FORCE, act, thing("case"))} == set()
    medical = {
        act
        for act in Act
        if (rule := allows(FORCE, act, thing("case"))) and Purpose.MEDICAL in rule.purposes
    }
    assert medical == set()


def test_being_a_force_never_gives_anything() -> None:
    for role in Role:
        for kind in KINDS:
            for act in Act:
                if allows(actor(role, force=True), act, thing(kind)):
                    assert allows(actor(role), act, thing(kind))
