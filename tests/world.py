"""A small world to test the spine on: posts, desks, an account for each role, and verbs for its people.

It is prepared once (`prepare`) and copied for each test; every verb goes through the product's own workflows.
The clock stands still until a test moves it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import select

from config.settings import Settings
from models.accounts import User
from models.cases import Case, Need
from models.network import Desk
from models.referrals import Referral
from models.session import Storage
from models.vocabulary import ENFORCEMENT, LegalBasis, NeedState, Role, Sex
from workflows import approvals, arrivals, desks, letters, referrals, screening
from workflows.accounts import SYSTEM_ACTOR, CreateUser, make_user
from workflows.errors import ApprovalMissing
from workflows.packs import Shelf, sync_network
from workflows.policy import Actor
from workflows.work import Work, begin

PASSWORD = "a passphrase that is long"
#: A Tuesday, at noon in Almaty.
START = datetime(2026, 11, 24, 7, 0, tzinfo=UTC)
POST, OTHER_POST, FOREIGN_POST = "korday", "zhibek_zholy", "panji_poyon"
BORDER, GUARDIANS, AKIMAT = (
    "kaz.kaz_border_service",
    "kaz.kaz_guardianship",
    "kaz.kaz_akimat_asylum",
)
CHILD_DESK, ASYLUM_DESK = f"{GUARDIANS}.zhambyl", f"{AKIMAT}.zhambyl"

#: name: (role, agency, post, desks)
ACCOUNTS: dict[str, tuple[Role, str, str | None, tuple[str, ...]]] = {
    "officer": (Role.BORDER_OFFICIAL, BORDER, POST, ()),
    "colleague": (Role.BORDER_OFFICIAL, BORDER, POST, ()),
    "elsewhere": (Role.BORDER_OFFICIAL, BORDER, OTHER_POST, ()),
    "abroad": (Role.BORDER_OFFICIAL, "tjk.tjk_border_troops", FOREIGN_POST, ()),
    "guardian": (Role.PROTECTION_OFFICER, GUARDIANS, None, (CHILD_DESK,)),
    "guardian2": (Role.PROTECTION_OFFICER, GUARDIANS, None, (CHILD_DESK,)),
    "asylum": (Role.PROTECTION_OFFICER, AKIMAT, None, (ASYLUM_DESK,)),
    "supervisor": (Role.SUPERVISOR, BORDER, POST, ()),
    "administrator": (Role.ADMINISTRATOR, BORDER, None, ()),
    "monitor": (Role.MONITOR, BORDER, POST, ()),
}


@dataclass
class Clock:
    """A clock that stands still until it is moved."""

    now: datetime = START

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **by: float) -> None:
        self.now += timedelta(**by)


@dataclass
class World:
    """One installation with its clock and accounts."""

    storage: Storage
    settings: Settings
    shelf: Shelf
    secrets: dict[str, str]
    clock: Clock = field(default_factory=Clock)
    _actors: dict[str, Actor] = field(default_factory=dict)

    @property
    def now(self) -> datetime:
        return self.clock.now

    def actor(self, name: str) -> Actor:
        """The account's actor, as the door would make it."""
        if not self._actors:
            with self.work() as work:
                self._actors = {
                    user.name: _actor(user) for user in work.session.scalars(select(User))
                }
        return self._actors[name]

    @contextmanager
    def work(self, who: str | Actor = SYSTEM_ACTOR) -> Iterator[Work]:
        """A unit of work of an account."""
        actor = self.actor(who) if isinstance(who, str) else who
        with begin(
            self.storage, actor, now=self.now, settings=self.settings, shelf=self.shelf
        ) as work:
            yield work

    def pack(self, code: str = "kaz") -> Any:
        return self.shelf.get(code, self.now.date())

    def register(self, name: str = "Zarifa", who: str = "officer", **given: Any) -> str:
        """Register somebody; returns the case number."""
        return self.registered(name, who, **given).case_number

    def registered(
        self, name: str = "Zarifa", who: str = "officer", **given: Any
    ) -> arrivals.Registered:
        given.setdefault("post", ACCOUNTS[who][2])
        given.setdefault("names", (arrivals.NameForm(text=name),))
        with self.work(who) as work:
            return arrivals.register(work, arrivals.RegisterArrival(**given))

    def inform(self, number: str, who: str = "officer", **changed: Any) -> None:
        given = {"language": "prs", "how": "read_aloud", "interpreter": "here", "understood": True}
        with self.work(who) as work:
            screening.inform(
                work, screening.RecordInformation(case_number=number, **{**given, **changed})
            )

    def answer(
        self, number: str, who: str = "officer", source: Any = screening.Source.SELF, **answers: Any
    ) -> screening.Screened:
        with self.work(who) as work:
            return screening.answer(
                work,
                screening.RecordAnswers(case_number=number, answers=answers, source=source),
                decided=source is screening.Source.DECISION,
            )

    def child(self, name: str = "Zarifa", who: str = "officer", **given: Any) -> str:
        """A child who travels alone: registered, informed, asked; returns the case number."""
        birth = arrivals.Birth(kind="age", age=15)
        given = {"sex": Sex.FEMALE, "birth": birth, "nationalities": ("AFG",), **given}
        number = self.register(name, who, **given)
        self.inform(number, who)
        self.answer(
            number, who, with_parent="no", with_responsible_adult="no", fear_of_return="yes"
        )
        return number

    def proposal(self, number: str, need: str, who: str = "officer") -> referrals.Proposal:
        with self.work(who) as work:
            return next(p for p in referrals.propose(work, number) if p.need == need)

    def send(
        self,
        number: str,
        need: str = "guardian",
        desk: str = CHILD_DESK,
        who: str = "officer",
        basis: LegalBasis = LegalBasis.BEST_INTEREST,
        **more: Any,
    ) -> str:
        """Send a referral; returns its number."""
        need_id = self.proposal(number, need, who).need_id
        command = referrals.SendReferral(
            case_number=number, need_id=need_id, desk=desk, legal_basis=basis, **more
        )
        try:
            with self.work(who) as work:
                return referrals.send(work, command).number
        except ApprovalMissing:
            self.countersigned(command, who)
        with self.work(who) as work:
            return referrals.send(work, command).number

    def countersigned(
        self, command: referrals.SendReferral, who: str, *, agrees: bool = True
    ) -> None:
        """A second account of the agency agrees that a child's best interests stand in for consent."""
        with self.work(who) as work:
            asked = referrals.countersign(work, command)
        second = replace(
            self.actor("guardian2"),
            role=Role.SUPERVISOR,
            agency_id=self.actor(who).agency_id,
            country=self.actor(who).country,
            desk_ids=frozenset(),
        )
        with self.work(second) as work:
            approvals.answer(work, asked.id, asked.version, approve=agrees)

    def sent(self, **given: Any) -> tuple[str, str]:
        """A child alone whose referral to the guardians is sent: case number, referral number."""
        number = self.child(**given)
        return number, self.send(number)

    def accept(self, referral: str, who: str = "guardian") -> None:
        with self.work(who) as work:
            desks.accept(work, desks.AcceptReferral(number=referral))

    def finish(self, number: str, who: str = "officer") -> None:
        with self.work(who) as work:
            screening.finish(work, number)

    def deliver(self) -> letters.Delivered:
        with self.work() as work:
            return letters.deliver(work)

    def case(self, work: Work, number: str) -> Case:
        return work.session.scalars(select(Case).where(Case.number == number)).one()

    def rows(self, model: Any, *where: Any) -> list[Any]:
        """Rows as they lie in the database, detached; sealed fields stay sealed."""
        with self.work() as work:
            return list(work.session.scalars(select(model).where(*where)))

    def referral(self, number: str) -> Referral:
        """The row of a referral as it is now."""
        found: Referral = self.rows(Referral, Referral.number == number)[0]
        return found

    def need_state(self, number: str) -> NeedState:
        """How the need of a referral stands."""
        found: NeedState = self.rows(Need, Need.id == self.referral(number).need_id)[0].state
        return found

    def desk_id(self, code: str) -> Any:
        return self.rows(Desk, Desk.code == code)[0].id

    def of(self, model: Any, number: str) -> list[Any]:
        """The rows of a case."""
        case = self.rows(Case, Case.number == number)[0]
        return self.rows(model, model.case_id == case.id)

    def with_settings(self, **changed: Any) -> None:
        """Other settings for the units of work from here on."""
        self.settings = replace(self.settings, **changed)


def _actor(user: User) -> Actor:
    return Actor(
        user_id=user.id,
        role=user.role,
        agency_id=user.agency_id,
        country=user.post.country if user.post else user.agency.country,
        post_id=user.post_id,
        desk_ids=frozenset(desk.id for desk in user.desks),
        force=user.agency.kind in ENFORCEMENT,
    )


def prepare(storage: Storage, settings: Settings, shelf: Shelf) -> dict[str, str]:
    """Bring in the network of two packs and the accounts; returns name -> authenticator secret."""
    secrets = {}
    with begin(storage, SYSTEM_ACTOR, now=START, settings=settings, shelf=shelf) as work:
        for code in ("kaz", "tjk"):
            sync_network(work.session, shelf.get(code, START.date()))
        for name, (role, agency, post, desk_codes) in ACCOUNTS.items():
            command = CreateUser(
                name=name, password=PASSWORD, role=role, agency=agency, post=post, desks=desk_codes
            )
            secrets[name] = make_user(work, command).totp_secret
    return secrets
