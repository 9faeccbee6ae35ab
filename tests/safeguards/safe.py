"""What the tests of safeguards share: somebody asked everything, bodies that decide, holds as they lie."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from models.accounts import User
from models.cases import Hold
from models.network import Agency, Desk
from models.referrals import Referral
from models.vocabulary import HOLDING, Action, LegalBasis, Purpose, Role, Sex
from tests.world import PASSWORD, World
from workflows import decisions, desks
from workflows.accounts import CreateUser, make_user
from workflows.arrivals import Birth
from workflows.policy import Actor
from workflows.rules.pack import Pack

#: For a test of what is written and read back: it runs on each database.
on_both_databases = pytest.mark.parametrize(
    "safe", ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)], indirect=True
)


class Safe:
    """A world, and the verbs that the tests of safeguards need beside its own."""

    def __init__(self, world: World) -> None:
        self.world = world

    def body(self, number: str, need: str, who: str = "officer") -> Actor:
        """An officer of the body that the pack asks first for a need, with the case in their care."""
        chosen = self.world.proposal(number, need, who).desks[0]
        referral = self.world.send(number, need, chosen.desk, who, basis=LegalBasis.VITAL_INTEREST)
        actor = self.officer_of(chosen.desk)
        with self.world.work(actor) as work:
            desks.accept(work, desks.AcceptReferral(number=referral))
        return actor

    def referral_of(self, number: str, actor: Actor) -> str:
        """The number of the referral of a case at an officer's desk."""
        mine = [r for r in self.world.of(Referral, number) if r.desk_id in actor.desk_ids]
        found: str = mine[-1].number
        return found

    def officer_of(self, code: str) -> Actor:
        """A protection officer's account at a desk."""
        with self.world.work() as work:
            desk = work.session.scalars(select(Desk).where(Desk.code == code)).one()
            agency = work.session.get_one(Agency, desk.agency_id)
            name = f"officer.{code}"[:60]
            known = work.session.scalars(select(User.id).where(User.name == name)).first()
            command = CreateUser(
                name=name,
                password=PASSWORD,
                role=Role.PROTECTION_OFFICER,
                agency=agency.code,
                desks=(code,),
            )
            user_id = known or make_user(work, command).user_id
            return Actor(
                user_id=user_id,
                role=Role.PROTECTION_OFFICER,
                agency_id=agency.id,
                country=agency.country,
                desk_ids=frozenset({desk.id}),
            )

    def asked_everything(self, who: str = "officer", **told: Any) -> str:
        """A man of 32 who answered every question, nothing of it protective but for what is `told`."""
        number = self.world.register("Farrukh", who, sex=Sex.MALE, birth=Birth(kind="age", age=32))
        self.world.inform(number, who)
        answers = {**nothing_protective(self.world.pack()), **told}
        self.world.answer(number, who, **answers)
        return number

    def decide(self, who: Any, number: str, fact: str, value: str = "yes", **given: Any) -> Any:
        """A decision of a body, as the page would send it."""
        world = self.world
        with world.work(who) as work:
            seen = decisions.deciding(work, number).version
        told = {
            "on": world.now.date(),
            "reference": "D-0000/26",
            "reason": "Heard in person; nothing speaks against it.",
            "seen": seen,
            **given,
        }
        with world.work(who) as work:
            command = decisions.RecordDecision(case_number=number, fact=fact, value=value, **told)
            return decisions.record(work, command)

    def holding(self, number: str) -> dict[str, tuple[str, str]]:
        """What shuts something now: code -> (state, cause). Opened without a trace, for the test alone."""
        return {code: (state, cause) for code, state, cause, _ in self.rows(number)}

    def shut(self, number: str) -> set[Action]:
        """The actions that are shut by rows in the database."""
        world = self.world
        with world.work() as work:
            case = world.case(work, number)
            found = work.session.scalars(
                select(Hold).where(Hold.case_id == case.id, Hold.state.in_(HOLDING))
            )
            return {action for row in found for action in actions_of(row)}

    def rows(self, number: str) -> list[tuple[str, str, str, UUID]]:
        """The holds of a case that shut something: code, state, cause, id."""
        world = self.world
        with world.work() as work:
            case = world.case(work, number)
            work.vault.grant(case.person_id, *Purpose)
            found = work.session.scalars(
                select(Hold).where(Hold.case_id == case.id, Hold.state.in_(HOLDING))
            ).all()
            lines = [
                (row.content["code"], row.state.value, row.content["cause"], row.id)
                for row in found
                if row.content
            ]
            work.start_again()
        return sorted(lines)


def actions_of(row: Hold) -> tuple[Action, ...]:
    """The actions that a row of a hold shuts."""
    return (row.action,)


def nothing_protective(pack: Pack) -> dict[str, Any]:
    """An answer to every question that somebody may ask, none of which protects."""
    raw: dict[str, Any] = {}
    for fact in pack.facts.values():
        if fact.computed or fact.derived or fact.decided_by:
            continue
        if fact.kind == "yes-no":
            raw[fact.id] = "yes" if fact.protective == ("no",) else "no"
        elif fact.kind == "choice" and fact.options and fact.id != "sex":
            raw[fact.id] = fact.options[0]
        elif fact.kind == "several":
            raw[fact.id] = "none"
    return raw
