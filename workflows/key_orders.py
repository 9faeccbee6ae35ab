"""Key operations under four eyes: one administrator asks, another human approves, the command carries it out.

An order says exactly what is to be done: the operation, the keys, whom it gives or trusts. The command line
finds the approval by it. Three ways need none: the first installation, while no administrator has an account;
what only closes (lock, take back, travel), since to wait would be the danger; and what two custodians open
(recover, drill), who are two already. Whoever is alone may act alone, with a reason of the list: that stands
before every administrator until another one has looked into it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select

from models.accounts import User
from models.agency_keys import AgencyKey
from models.approvals import Approval
from models.network import Agency
from models.vault.contract import INDEX
from models.vocabulary import PERSON_PURPOSES, ApprovalState, Purpose, Role
from workflows import approvals
from workflows.approvals import Request
from workflows.errors import ApprovalMissing, InvalidCommand
from workflows.policy import Act
from workflows.work import Work

#: Within which another administrator looks into what somebody did alone.
LOOKED_WITHIN = timedelta(hours=72)
_STANDS = timedelta(days=366)
DATA_KEYS = "data-keys"
#: What can be rotated, and what members can be given.
ROTATED = (*(purpose.value for purpose in Purpose), DATA_KEYS, INDEX)
SHARED = tuple(purpose.value for purpose in PERSON_PURPOSES)
_LONGEST_NAME, _MOST_NAMES = 64, 20


class Operation(StrEnum):
    """What an order asks for."""

    ROTATE = "rotate"
    STRENGTHEN = "strengthen"
    GIVE = "give"
    CUSTODIANS = "custodians"
    AGENCY_MAKE = "agency_make"
    AGENCY_CONFIRM = "agency_confirm"
    AGENCY_REVOKE = "agency_revoke"


#: Of which keys an operation may speak; none: it takes none.
KEYS_OF = {
    Operation.ROTATE: ROTATED,
    Operation.STRENGTHEN: SHARED,
    Operation.GIVE: SHARED,
}
_ABOUT_ACCOUNTS = frozenset({Operation.STRENGTHEN, Operation.GIVE})
_ABOUT_AGENCIES = frozenset(
    {Operation.AGENCY_MAKE, Operation.AGENCY_CONFIRM, Operation.AGENCY_REVOKE}
)
#: Goes on where it was killed: the approval counts until it is done.
_RESUMED = frozenset({Operation.ROTATE, Operation.STRENGTHEN})


class Alone(StrEnum):
    """Why nobody else was asked."""

    THEFT = "theft"
    NOBODY_ELSE = "nobody_else"
    UNREACHABLE = "unreachable"


@dataclass(frozen=True, kw_only=True)
class Order:
    """`keys`: purposes, `data-keys`, `index`. `whom`: sign-in names, an agency's code, or a key's id."""

    operation: Operation
    keys: tuple[str, ...] = ()
    whom: tuple[str, ...] = ()

    def what(self) -> dict[str, object]:
        """What an approval is bound to, in whatever order it was typed."""
        return {
            "operation": self.operation.value,
            "keys": sorted(set(self.keys)),
            "whom": sorted({name.strip().casefold() for name in self.whom}),
        }


@dataclass(frozen=True)
class DoneAlone:
    """Without a second account. `name`: a sign-in name, which is no real one. `own`: the reader's."""

    id: UUID
    told: dict[str, object]
    name: str
    at: datetime
    look_by: datetime
    own: bool
    version: int


@dataclass(frozen=True)
class Orders:
    """What stands before an administrator."""

    requests: tuple[Request, ...]
    alone: tuple[DoneAlone, ...]


@dataclass(frozen=True)
class Leave:
    """By what right a command goes on. `alone`: a reason and the sign-in name of who acts."""

    reason: Alone
    name: str


def ask(work: Work, order: Order) -> UUID:
    """Ask another administrator to approve an order.

    Raises:
        InvalidCommand: `keys` or `whom` do not fit the operation, or name nobody.
    """
    work.allow(Act.MANAGE_KEYS, detail={"order": order.operation.value})
    sound = _sound(work, order)
    return approvals.ask(work, Act.MANAGE_KEYS, sound.what())


def listed(work: Work) -> Orders:
    """Orders of the last day, and what was done alone and nobody has looked into."""
    work.allow(Act.MANAGE_KEYS, detail={"view": "orders"})
    rows = work.session.execute(
        select(Approval, User.name)
        .join(User, User.id == Approval.asked_by)
        .where(
            Approval.act == Act.MANAGE_KEYS.value,
            Approval.state.in_([ApprovalState.ASKED, ApprovalState.APPROVED]),
            Approval.expires_at > work.now,
        )
        .order_by(Approval.asked_at)
    ).all()
    alone = [(row, name) for row, name in rows if "alone" in row.told]
    return Orders(
        requests=tuple(approvals.shown(work, row) for row, _ in rows if "alone" not in row.told),
        alone=tuple(
            DoneAlone(
                id=row.id,
                told=dict(row.told),
                name=name,
                at=row.asked_at,
                look_by=row.asked_at + LOOKED_WITHIN,
                own=row.asked_by == work.actor.user_id,
                version=row.version,
            )
            for row, name in alone
            if row.state is ApprovalState.ASKED
        ),
    )


def unseen(work: Work) -> int:
    """How many operations were done alone and not looked into. The caller's act has been allowed."""
    told = work.session.scalars(
        select(Approval.told).where(
            Approval.act == Act.MANAGE_KEYS.value, Approval.state == ApprovalState.ASKED
        )
    )
    return sum("alone" in one for one in told)


@contextmanager
def carried_out(
    working: Callable[[], AbstractContextManager[Work]], order: Order, leave: Leave | None
) -> Iterator[None]:
    """Around what a command does in several transactions. What can be resumed keeps its leave until done.

    Raises:
        ApprovalMissing: nobody has approved exactly this, and nobody acts alone.
        InvalidCommand: no open account of an administrator has the name.
    """
    with working() as work:
        resumed = _begin(work, order, leave)
    yield
    if resumed:
        # It was begun in time: where its day ended meanwhile, there is nothing left to be used up.
        with suppress(ApprovalMissing), working() as work:
            work.allow(Act.MANAGE_KEYS, detail={"order": order.operation.value, "done": True})
            approvals.use(work, Act.MANAGE_KEYS, order.what(), whoever_asked=True)


def begin(work: Work, order: Order, leave: Leave | None) -> None:
    """In the one transaction that carries an order out. Raises as `carried_out`."""
    if _begin(work, order, leave):
        approvals.use(work, Act.MANAGE_KEYS, order.what(), whoever_asked=True)


def _begin(work: Work, order: Order, leave: Leave | None) -> bool:
    """Whether an approval stands that is still to be used up."""
    work.allow(Act.MANAGE_KEYS, detail={"order": order.operation.value})
    if leave is not None:
        _alone(work, order, leave)
        return False
    if _is_first_installation(work):
        work.note(Act.MANAGE_KEYS, "first_installation", detail={"order": order.operation.value})
        return False
    if order.operation not in _RESUMED:
        approvals.use(work, Act.MANAGE_KEYS, order.what(), whoever_asked=True)
        return False
    if not approvals.stands(work, Act.MANAGE_KEYS, order.what()):
        raise ApprovalMissing
    return True


def _alone(work: Work, order: Order, leave: Leave) -> None:
    """Do without, and say so to every other administrator."""
    user = work.session.scalar(
        select(User).where(
            User.name == leave.name.strip().casefold(),
            User.role == Role.ADMINISTRATOR,
            User.disabled_on.is_(None),
        )
    )
    if user is None:
        raise InvalidCommand(field="by")
    told = {**order.what(), "alone": leave.reason.value}
    row = Approval(
        id=uuid4(),
        act=Act.MANAGE_KEYS.value,
        # Of its own, so that whoever looks into it approves nothing that could be done again.
        digest=approvals.digest(Act.MANAGE_KEYS, {**told, "once": uuid4().hex}),
        told=told,
        agency_id=user.agency_id,
        country=work.session.get_one(Agency, user.agency_id).country,
        asked_by=user.id,
        asked_at=work.now,
        expires_at=work.now + _STANDS,
    )
    work.session.add(row)
    work.session.flush()
    work.note(Act.MANAGE_KEYS, "alone", detail={"order": order.operation.value, "by": str(user.id)})


def _is_first_installation(work: Work) -> bool:
    # A closed account counts: whoever closes them all is not the first.
    found = select(User.id).where(User.role == Role.ADMINISTRATOR)
    return work.session.scalar(found.limit(1)) is None


def _sound(work: Work, order: Order) -> Order:
    """The order with names as they are kept. Raises `InvalidCommand`."""
    if not set(order.keys) <= set(KEYS_OF.get(order.operation, ())):
        raise InvalidCommand(field="keys")
    if bool(order.keys) != (order.operation in KEYS_OF):
        raise InvalidCommand(field="keys")
    whom = tuple(name.strip().casefold() for name in order.whom if name.strip())
    named = order.operation in _ABOUT_ACCOUNTS | _ABOUT_AGENCIES
    if bool(whom) != named or len(whom) > _MOST_NAMES:
        raise InvalidCommand(field="whom")
    if order.operation not in _ABOUT_ACCOUNTS and len(whom) > 1:
        raise InvalidCommand(field="whom")
    if any(len(name) > _LONGEST_NAME or not _is_known(work, order, name) for name in whom):
        raise InvalidCommand(field="whom")
    return replace(order, whom=whom)


def _is_known(work: Work, order: Order, name: str) -> bool:
    if order.operation in _ABOUT_ACCOUNTS:
        query = select(User.id).where(User.name == name, User.disabled_on.is_(None))
        return work.session.scalar(query) is not None
    if order.operation is Operation.AGENCY_MAKE:
        return work.session.scalar(select(Agency.id).where(Agency.code == name)) is not None
    return work.session.scalar(select(AgencyKey.id).where(AgencyKey.kid == name)) is not None


def command_of(told: Mapping[str, Any]) -> str:
    """What to type for an order, once it is approved."""
    operation, keys, whom = Operation(told["operation"]), list(told["keys"]), list(told["whom"])
    flags = {DATA_KEYS: "--data-keys", INDEX: "--index"}
    rotated = [flags.get(key, f"--purpose {key}") for key in keys]
    words = {
        Operation.ROTATE: ["keys rotate", *rotated],
        Operation.STRENGTHEN: ["keys strengthen", *keys, *(f"--member {name}" for name in whom)],
        Operation.GIVE: ["keys give", *keys, *(f"--to {name} --by YOU" for name in whom)],
        Operation.CUSTODIANS: ["keys custodians"],
        Operation.AGENCY_MAKE: ["agency key make", *whom, "--card FILE"],
        Operation.AGENCY_CONFIRM: ["agency key confirm", *whom],
        Operation.AGENCY_REVOKE: ["agency key revoke", *whom],
    }
    return " ".join(["serai", *words[operation]])
