"""A family registered at once: what they have in common is typed once, each member is a person of their own.

Each gets their own case, their own questions and their own outcome; each adult is spoken with alone, and may
claim alone (INV-26). What they say they are to each other is kept as a claim (`workflows.kinship`).
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from uuid import UUID

from sqlalchemy import select

from models.cases import Case, Task
from models.network import Post
from models.people import Arrival, Membership, Person
from models.vault.sealed import load_sealed
from models.vocabulary import (
    CameBy,
    ContactWish,
    Joined,
    LeftBecause,
    Role,
    SaidBy,
    Sex,
    TaskKind,
    Urgency,
)
from workflows import apart, arrivals, effects, groups, kinship, tasks
from workflows.arrivals import Birth, Document, NameForm, RegisterArrival, Registered
from workflows.casework import find_case, open_case
from workflows.errors import (
    ChangedMeanwhile,
    InAnotherGroup,
    InvalidCommand,
    NotAllowedNow,
    NotFound,
)
from workflows.policy import Act
from workflows.work import Work

LEAST, MOST = 2, 12
LONGEST = 500


@dataclass(frozen=True, kw_only=True)
class Common:
    """What the members of a group have in common, typed once; each of them may say otherwise later."""

    post: str
    nationalities: tuple[str, ...] = ()
    no_nationality: bool = False
    languages: tuple[str, ...] = ()
    interpreter: bool | None = None
    phone: str | None = None
    contact_wish: ContactWish | None = None
    came_from: str | None = None
    came_by: CameBy | None = None


@dataclass(frozen=True, kw_only=True)
class NewMember:
    """One of them. `relationship`: what they are, as claimed, to the first; the first has none."""

    names: tuple[NameForm, ...]
    sex: Sex = Sex.UNKNOWN
    birth: Birth = field(default_factory=Birth)
    relationship: str | None = None
    documents: tuple[Document, ...] = ()


@dataclass(frozen=True, kw_only=True)
class RegisterGroup:
    """Two to twelve persons who travel together."""

    common: Common
    members: tuple[NewMember, ...]


@dataclass(frozen=True, kw_only=True)
class AddMember:
    """Somebody new in the group of a case: met later, or born. `relationship`: to the person of that case."""

    case_number: str
    common: Common
    member: NewMember
    joined: Joined = Joined.LATER


@dataclass(frozen=True, kw_only=True)
class JoinGroup:
    """Somebody who is registered already becomes one of the group of a case."""

    case_number: str
    other: str
    relationship: str


@dataclass(frozen=True, kw_only=True)
class LeaveGroup:
    """The person of a case is no more of their group. `version` is that of the page."""

    case_number: str
    because: LeftBecause
    says: str = ""
    version: int


@dataclass(frozen=True)
class GroupRegistered:
    """The members in the order given, the first first, with who they may be already."""

    members: tuple[Registered, ...]


def register(work: Work, command: RegisterGroup) -> GroupRegistered:
    """Register a group and its members in one transaction: all of them or none.

    Raises:
        InvalidCommand: `field` is `members` for too few, too many or the same twice; else that of the member
            whose number is `row`, from 1.
        NotAllowed, NotFound: not at this post.
    """
    members = command.members
    if not LEAST <= len(members) <= MOST:
        raise InvalidCommand(field="members")
    _nobody_twice(members)
    made: list[Registered] = []
    for place, member in enumerate(members, 1):
        try:
            made.append(arrivals.register(work, _arrival(command.common, member)))
        except InvalidCommand as error:
            raise InvalidCommand(**{**error.params, "row": place}) from error
    cases = [work.session.get_one(Case, one.case_id) for one in made]
    group_id = groups.begin(work, cases[0].post_id)
    for place, (case, member) in enumerate(zip(cases, members, strict=True), 1):
        groups.enter(work, group_id, case.person_id, Joined.TRAVELLING)
        if place > 1:
            _claimed(work, case, cases[0], member.relationship or "U", place)
        if groups.may_be_adult(work, case):
            groups.speak_alone(work, case)
    own = {one.case_number for one in made}
    return GroupRegistered(
        tuple(
            replace(one, hints=tuple(hint for hint in one.hints if hint.case_number not in own))
            for one in made
        )
    )


def _claimed(work: Work, case: Case, first: Case, relationship: str, place: int) -> None:
    try:
        kinship.claim(work, case.person_id, first.person_id, relationship, SaidBy.TOGETHER)
    except InvalidCommand:
        raise InvalidCommand(field="relationship", row=place) from None


def _nobody_twice(members: tuple[NewMember, ...]) -> None:
    """Twins have two names, a grandson his own birth: the same name, sex and birth is the same line twice."""
    seen: dict[object, int] = {}
    for place, member in enumerate(members, 1):
        name = tuple(form.text.casefold() for form in member.names)
        key = (name, member.sex, member.birth)
        if key in seen:
            raise InvalidCommand(field="name", row=place, same_as=seen[key])
        seen[key] = place


def _arrival(common: Common, member: NewMember) -> RegisterArrival:
    return RegisterArrival(
        post=common.post,
        names=member.names,
        sex=member.sex,
        birth=member.birth,
        nationalities=common.nationalities,
        no_nationality=common.no_nationality,
        languages=common.languages,
        interpreter=common.interpreter,
        documents=member.documents,
        phone=common.phone,
        contact_wish=common.contact_wish,
        came_from=common.came_from,
        came_by=common.came_by,
        travels_alone=False,
    )


def add(work: Work, command: AddMember) -> Registered:
    """Register somebody into the group of a case; a person without a group gets one by it.

    Raises:
        InvalidCommand: as `arrivals.register`, or `relationship` for a circle.
    """
    case = open_case(work, command.case_number, Act.KEEP_GROUP)
    made = arrivals.register(work, _arrival(command.common, command.member))
    new = work.session.get_one(Case, made.case_id)
    _into(work, case, new, command.joined)
    said_by = SaidBy.TOGETHER
    kinship.claim(work, new.person_id, case.person_id, command.member.relationship or "U", said_by)
    hints = tuple(hint for hint in made.hints if not _of_group(work, case, hint.case_number))
    return replace(made, hints=hints)


def _of_group(work: Work, case: Case, number: str) -> bool:
    other = find_case(work, number)
    return other is not None and other.person_id in (
        case.person_id,
        *groups.others(work, case.person_id),
    )


def join(work: Work, command: JoinGroup) -> None:
    """Make somebody registered already one of the group of a case.

    Raises:
        InvalidCommand: `other` for no case that the actor may see; `relationship` for a circle.
        InAnotherGroup: they are of another group.
        NotAllowedNow: they are of this one.
    """
    case = open_case(work, command.case_number, Act.KEEP_GROUP)
    try:
        other = open_case(work, command.other, Act.KEEP_GROUP)
    except NotFound:
        raise InvalidCommand(field="other") from None
    if other.person_id == case.person_id:
        raise InvalidCommand(field="other")
    if apart.between(work, case.person_id, other.person_id):
        # Not told why: the page may be the one of whoever must not know.
        raise InvalidCommand(field="other")
    mine, theirs = (groups.membership(work, one.person_id) for one in (case, other))
    if mine is not None and theirs is not None and mine.group_id == theirs.group_id:
        raise NotAllowedNow
    if theirs is not None:
        raise InAnotherGroup
    _into(work, case, other, Joined.LATER)
    kinship.claim(work, other.person_id, case.person_id, command.relationship, SaidBy.TOGETHER)


def _into(work: Work, case: Case, new: Case, joined: Joined) -> None:
    present = groups.membership(work, case.person_id)
    group_id = groups.begin(work, case.post_id) if present is None else present.group_id
    groups.enter(work, group_id, case.person_id, Joined.TRAVELLING)
    groups.enter(work, group_id, new.person_id, joined)
    for one in (case, new):
        if groups.may_be_adult(work, one) and one.screened_on is None:
            groups.speak_alone(work, one)
    case.changed_on = work.now.date()


def leave(work: Work, command: LeaveGroup) -> None:
    """Take a person out of their group. A stranger's links are found false, and the children are asked again.

    Raises:
        NotAllowedNow: they are of no group.
        ChangedMeanwhile: somebody else changed it since the page was shown.
    """
    case = open_case(work, command.case_number, Act.KEEP_GROUP)
    row = groups.membership(work, case.person_id)
    if row is None:
        raise NotAllowedNow
    if row.version != command.version:
        raise ChangedMeanwhile
    others = _members(work, row.group_id, case.person_id)
    known = row.claim or {}
    row.claim = {
        **known,
        "left": {"because": command.because.value, "says": command.says.strip()[:LONGEST]},
    }
    row.left_on, row.left_by = work.now.date(), work.actor.user_id
    case.changed_on = work.now.date()
    work.session.flush()
    if command.because is LeftBecause.STRANGER:
        for person in (case.person_id, *others):
            if person != case.person_id:
                kinship.all_false(work, case.person_id, person, command.says)
        _ask_again(work, (case.person_id, *others))


def _members(work: Work, group_id: UUID, besides: UUID) -> tuple[UUID, ...]:
    with work.beyond():
        return tuple(
            work.session.scalars(
                select(Membership.person_id).where(
                    Membership.group_id == group_id,
                    Membership.left_on.is_(None),
                    Membership.person_id != besides,
                )
            )
        )


def _ask_again(work: Work, persons: tuple[UUID, ...]) -> None:
    """Who may be a child and was with a stranger: the post asks them at once who is with them."""
    with work.beyond():
        cases = work.session.scalars(
            select(Case).where(Case.person_id.in_(persons), Case.closed_on.is_(None))
        ).all()
        for case in cases:
            if not kinship.is_adult(work, case.person_id):
                effects.open_task(
                    work, case, TaskKind.SPEAK_ALONE, Role.BORDER_OFFICIAL, Urgency.NOW
                )


def spoken(work: Work, case_number: str) -> None:
    """Say that a person was spoken with alone: the task ends. Twice is once."""
    case = open_case(work, case_number, Act.KEEP_GROUP)
    tasks.end(work, case.id, Task.kind == TaskKind.SPEAK_ALONE)


def post_of(work: Work, case_number: str) -> str:
    """The code of the actor's post, for who is registered into the group of a case."""
    open_case(work, case_number, Act.KEEP_GROUP)
    post = None if work.actor.post_id is None else work.session.get(Post, work.actor.post_id)
    if post is None:
        raise NotAllowedNow
    return post.code


def common_of(work: Work, case_number: str) -> Common:
    """What the next member probably has in common with the person of a case, to begin their page with."""
    case = open_case(work, case_number, Act.KEEP_GROUP)
    person = work.session.get_one(
        Person, case.person_id, options=load_sealed(Person.traits, Person.contact)
    )
    arrival = work.session.get_one(
        Arrival, case.arrival_id, options=load_sealed(Arrival.circumstances)
    )
    traits, contact, way = person.traits or {}, person.contact or {}, arrival.circumstances or {}
    wish, came_by = contact.get("wish"), way.get("came_by")
    return Common(
        post=post_of(work, case_number),
        nationalities=tuple(traits.get("nationalities", ())),
        no_nationality=bool(traits.get("no_nationality")),
        languages=tuple(traits.get("languages", ())),
        interpreter=traits.get("interpreter"),
        phone=contact.get("phone"),
        contact_wish=ContactWish(wish) if wish else None,
        came_from=way.get("came_from"),
        came_by=CameBy(came_by) if came_by else None,
    )
