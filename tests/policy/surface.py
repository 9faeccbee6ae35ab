"""Every route of the application asked as every role, about one's own thing and about somebody else's.

`python -m tests.policy.matrix` writes what is answered to `matrix.csv`; a person reads the difference
before it is committed. The test compares the file with the application.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import time, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import make_url, select

from app.factory import create_app
from app.work import Engines
from models.accounts import MachineToken, SignIn, User
from models.agency_keys import OutsideParcel, OutsideThread
from models.cases import Case, Hold, Need, Task
from models.figures import ClosedPeriod
from models.network import Agency, Desk, Service
from models.people import Consent
from models.publication import PackVersion
from models.tracing import TracingCandidate
from models.vocabulary import (
    ErasureGround,
    FlagKind,
    LegalBasis,
    LetterState,
    NeedState,
    NoteAudience,
    OutsideKind,
    OutsideSide,
    OutsideState,
    Purpose,
    RefusalReason,
    RequestKind,
    Role,
    SaidBy,
    SoughtRelation,
)
from tests.documents.made import printed
from tests.world import ASYLUM_DESK, BORDER, CHILD_DESK, GUARDIANS, PASSWORD, POST, World
from workflows import (
    agreements,
    apart,
    appointments,
    attachments,
    caseflags,
    casenotes,
    closing,
    desks,
    erasure,
    families,
    kinship,
    log,
    merging,
    publishing,
    rights,
    screening,
    sites,
    tracing,
)
from workflows.accounts import make_token
from workflows.policy import Actor

SIGNED_OUT = "signed_out"
_AGREED: dict[str, Any] = {"basis": LegalBasis.CONSENT, "consented": True}
#: Who asks, by role: an account of the world.
ASKERS = {
    Role.BORDER_OFFICIAL: "officer",
    Role.PROTECTION_OFFICER: "guardian",
    Role.SUPERVISOR: "supervisor",
    Role.ADMINISTRATOR: "administrator",
    Role.MONITOR: "monitor",
}
COLUMNS = (SIGNED_OUT, *(role.value for role in ASKERS))
#: Refusals that write nothing but their line in the log.
NOTHING_DONE = frozenset({400, 403, 404, 409, 422})
#: Kept by the frame for static files; opens no work.
ASSETS = re.compile(r"^/(static|assets)/")
#: What one's own things and somebody else's are called in addresses, by placeholder.
Things = dict[str, str]


@dataclass(frozen=True)
class Cell:
    """One question: this method at this address, about this thing."""

    method: str
    path: str
    thing: str


class Surface:
    """The application on a world with something of everybody's, and a way to ask it."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.own, self.other = _own(world), _other(world)
        self.app: Flask = create_app(world.settings, storage=world.storage, clock=world.clock)
        self.app.extensions["serai"] = Engines(
            world.storage, world.shelf, world.settings, world.clock
        )
        self.tokens = {name: session_of(world, name) for name in ASKERS.values()}
        self.machines = {name: machine_of(world, name) for name in ASKERS.values()}
        self.browsers = {name: self._browser(name) for name in (None, *ASKERS.values())}
        self._save()

    def cells(self) -> Iterator[Cell]:
        """Every route and method; those with a placeholder about two things."""
        for rule in sorted(self.app.url_map.iter_rules(), key=lambda rule: rule.rule):
            if ASSETS.match(rule.rule):
                continue
            for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
                things = ("own", "other") if rule.arguments & PERSONAL else ("-",)
                for thing in things:
                    yield Cell(method, rule.rule, thing)

    def ask(self, cell: Cell, column: str) -> int:
        """The status that a role gets; what was changed is put back."""
        name = None if column == SIGNED_OUT else ASKERS[Role(column)]
        path = fill(cell.path, self.other if cell.thing == "other" else self.own)
        client, form = self.browsers[name]
        if path.startswith("/api/"):
            status = self._ask_as_machine(cell.method, path, name)
        elif cell.method == "GET":
            status = client.get(path).status_code
        else:
            status = client.post(path, data={"csrf_token": form}).status_code
        if cell.method != "GET" and status not in NOTHING_DONE:
            self._put_back()
            self.browsers[name] = self._browser(name)
        return status

    def _ask_as_machine(self, method: str, path: str, name: str | None) -> int:
        headers = {"Idempotency-Key": uuid4().hex, "If-Match": '"1"'}
        if name:
            headers["Authorization"] = f"Bearer {self.machines[name]}"
        body = {} if method == "GET" else {"json": {}}
        client = self.app.test_client(use_cookies=False)
        return client.open(path, method=method, headers=headers, **body).status_code

    def _browser(self, name: str | None) -> tuple[FlaskClient, str]:
        client = self.app.test_client()
        if name:
            client.set_cookie("serai", self.tokens[name])
        page = client.get("/sign-in").get_data(as_text=True)
        return client, token_in(page)

    def _save(self) -> None:
        self.world.storage.engine.dispose()
        for path in self._files():
            shutil.copy(path, path.with_suffix(".saved"))

    def _put_back(self) -> None:
        self.world.storage.engine.dispose()
        for path in self._files():
            shutil.copy(path.with_suffix(".saved"), path)
        # The chain of this writer ended in entries that are no more.
        log.forget()

    def _files(self) -> list[Path]:
        return [Path(str(make_url(self.world.settings.database_url).database))]


#: Placeholders that stand for something of a person, so that whose it is matters.
PERSONAL = {"number", "case_number", "task", "task_id", "hold_id", "need_id", "referral"}
PERSONAL |= {
    "document_id",
    "request_id",
    "proposal_id",
    "glass_id",
    "note_id",
    "flag_id",
    "appointment_id",
    "merge_id",
    "consent_id",
    "tracing_id",
    "candidate_id",
    "link_id",
    "edge_id",
}
#: Of a desk: whose it is matters likewise.
PERSONAL |= {"service_id", "desk_code", "site_id", "room_id", "agreement_id"}


#: Parts of addresses of the API that are about a referral in care.
IN_CARE = {"start", "no-show", "case", "outcome", "close", "notes", "flags", "appointments"}
IN_CARE |= {"whereabouts", "ways"}


def token_in(page: str) -> str:
    """The CSRF token in a page."""
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    found = found or re.search(r'value="([^"]+)"[^>]*name="csrf_token"', page)
    assert found is not None
    return found[1]


def session_of(world: World, name: str) -> str:
    """A session of an account, as signing in would make it, without the cost of a password."""
    token = uuid4().hex
    with world.work() as work:
        user = work.session.scalars(select(User).where(User.name == name)).one()
        work.session.add(
            SignIn(
                id=uuid4(),
                token_sha256=sha256(token.encode()).hexdigest(),
                user_id=user.id,
                created_at=world.now,
                seen_at=world.now,
                authenticated_at=world.now,
            )
        )
    return token


def machine_of(world: World, name: str) -> str:
    """A machine's token for an account."""
    with world.work() as work:
        user = work.session.scalars(select(User.id).where(User.name == name)).one()
        return make_token(work, user, "test", 5)


def fill(rule: str, things: Things) -> str:
    """The address with its placeholders filled."""
    parts = rule.removeprefix("/api/v1").split("/")
    if parts[1] == "referrals" and IN_CARE & set(parts):
        parts[1] = "care"
    place = "/".join(parts[1:3]) if parts[1] == "network" else parts[1]

    def value(match: re.Match[str]) -> str:
        name = match[1]
        return things.get(f"{place}.{name}") or things[name]

    return re.sub(r"<(?:[^:<>]+:)?(\w+)>", value, rule)


def _own(world: World) -> Things:
    """A case of the officer's post, taken by one desk and refused by another; and a referral that waits."""
    number, taken = world.sent()
    world.accept(taken)
    refused = world.send(number, "asylum_procedure", ASYLUM_DESK, **_AGREED)
    with world.work("asylum") as work:
        command = desks.RefuseReferral(number=refused, reason=RefusalReason.NO_CAPACITY)
        desks.refuse(work, command)
    with world.work("officer") as work:
        look = screening.RecordUrgentNeeds(case_number=number, seen=("medical",))
        screening.record_urgent_needs(work, look)
    waiting = world.send(world.child("Marzia"))
    world.deliver()
    kept = _kept(world, taken, "guardian") | _twin(world, taken, "officer", CHILD_DESK, "guardian")
    kept |= _grouped(world, number, "officer")
    more = _rights(world, number, "officer", "supervisor")
    more |= _of_desk(world, CHILD_DESK) | _house(world, CHILD_DESK, "guardian")
    more |= _agreement(world, "supervisor")
    return {**_things(world, number, taken, waiting, ASYLUM_DESK), **more, **kept}


def _agreement(world: World, supervisor: str | Actor) -> Things:
    """An agreement with a partner that waits for another account."""
    command = agreements.RecordAgreement(
        partner="A ministry",
        purpose="Planning",
        signed_by="Its head",
        ends_on=world.clock().date() + timedelta(days=90),
    )
    with world.work(supervisor) as work:
        return {"agreement_id": str(agreements.record(work, command))}


def _rights(world: World, number: str, who: str, supervisor: str | Actor) -> Things:
    """A document and a request of the person; and another person whose file is proposed to be erased."""
    asked = rights.TakeRequest(case_number=number, kind=RequestKind.ACCESS, says="Show me")
    with world.work(who) as work:
        request = rights.take(work, asked).id
    gone = world.register("Nasrin", who)
    command = erasure.ProposeErasure(case_number=gone, ground=ErasureGround.MISTAKE)
    with world.work(supervisor) as work:
        proposal = erasure.propose(work, command)
    return {
        "document_id": _document(world, number, who),
        "request_id": str(request),
        "proposal_id": str(proposal),
    }


def _grouped(world: World, number: str, who: str) -> Things:
    """Somebody with whom the person says they travel, and of whom they must be kept."""
    other = world.register("Rahima", who)
    with world.work(who) as work:
        joined = families.JoinGroup(case_number=number, other=other, relationship="SBF")
        families.join(work, joined)
        link = kinship.ClaimLink(case_number=number, other=other, relationship="SBF")
        away = apart.KeepApart(case_number=number, other=other, said_by=SaidBy.SELF)
        return {
            "link_id": str(kinship.claim_for(work, link)),
            "edge_id": str(apart.keep_apart(work, away)),
        }


def _kept(world: World, taken: str, desk: str | Actor) -> Things:
    """What a desk keeps on a case in its care."""
    note = casenotes.WriteNote(number=taken, audience=NoteAudience.OWN_DESK, text="Came by")
    flag = caseflags.RaiseFlag(
        number=taken, kinds=(FlagKind.INTERPRETER,), text="", expires_on=world.now.date()
    )
    visit = appointments.MakeAppointment(
        number=taken,
        day=world.now.date() + timedelta(days=1),
        time=time(12, 0),
        place="Room 4",
    )
    with world.work(desk) as work:
        return {
            "note_id": str(casenotes.write(work, note)),
            "flag_id": str(caseflags.raise_flag(work, flag)),
            "appointment_id": str(appointments.make(work, visit)),
        }


def _twin(world: World, taken: str, who: str, desk: str, taker: str | Actor) -> Things:
    """Another record in the same desk's care, and the proposal that both are of one person."""
    other = world.child("Zarifa B", who)
    referral = world.send(other, "guardian", desk, who)
    with world.work(taker) as work:
        desks.accept(work, desks.AcceptReferral(number=referral))
    command = merging.ProposeMerge(number=taken, other=other, leads=True, reason="The same scar")
    sought = tracing.OpenTracing(
        number=taken,
        names=("Zarifa B",),
        relation=SoughtRelation.SIBLING,
        wished=True,
        safe=True,
    )
    with world.work(taker) as work:
        proposed = merging.propose(work, command)
        request = tracing.open_request(work, sought)
    found = world.rows(TracingCandidate, TracingCandidate.request_id == request)
    return {
        "other": other,
        "merge_id": str(proposed),
        "form_kind": "registration",
        "tracing_id": str(request),
        "candidate_id": str(found[0].id),
    }


def _document(world: World, number: str, who: str) -> str:
    """A document of the person, kept at the post."""
    command = attachments.AttachDocument(
        case_number=number, purpose=Purpose.LEGAL, name="a.pdf", content=printed()
    )
    with world.work(who) as work:
        return str(attachments.attach(work, command).id)


def _other(world: World) -> Things:
    """The same of another country's post and desk."""
    number = world.child("Latifa", "abroad")
    need = world.proposal(number, "guardian", "abroad")
    desk = need.desks[0].desk
    taken = world.send(number, "guardian", desk, "abroad", **_AGREED)
    row = world.rows(Desk, Desk.code == desk)[0]
    agency = world.rows(Agency, Agency.id == row.agency_id)[0]
    taker = Actor(
        user_id=world.actor("guardian2").user_id,
        role=Role.PROTECTION_OFFICER,
        agency_id=agency.id,
        country=agency.country,
        desk_ids=frozenset({row.id}),
    )
    with world.work(taker) as work:
        desks.accept(work, desks.AcceptReferral(number=taken))
    kept = _kept(world, taken, taker) | _twin(world, taken, "abroad", desk, taker)
    kept |= _grouped(world, number, "abroad")
    kept |= _house(world, desk, taker)
    with world.work("abroad") as work:
        look = screening.RecordUrgentNeeds(case_number=number, seen=("medical",))
        screening.record_urgent_needs(work, look)
    waiting = world.send(world.child("Nahid", "abroad"), "guardian", desk, "abroad")
    abroad = replace(world.actor("abroad"), role=Role.SUPERVISOR)
    more = _rights(world, number, "abroad", abroad) | _of_desk(world, desk)
    more |= _agreement(world, abroad)
    return {**_things(world, number, taken, waiting, desk), **more, **kept}


def _of_desk(world: World, code: str) -> Things:
    """A desk and something that it offers."""
    service = world.rows(Service, Service.desk_id == world.desk_id(code))[0]
    return {"desk_code": code, "service_id": str(service.id)}


def _house(world: World, desk: str, keeper: str | Actor) -> Things:
    """A site of a desk with a room."""
    with world.work(keeper) as work:
        site = sites.add_site(work, sites.AddSite(desk=desk, name="House"))
        room = sites.add_room(work, sites.AddRoom(site_id=site, label="1", beds=2))
        return {"site_id": str(site), "room_id": str(room)}


def _version(world: World) -> UUID:
    """A version of a pack that runs beside the one in force; made once."""
    known = world.rows(PackVersion)
    if known:
        return known[0].id
    command = publishing.BringIn(
        pack="kaz", note="a reason", signature=publishing.Signature(password=PASSWORD)
    )
    with world.work("administrator") as work:
        made = publishing.bring_in(work, command)
    with world.work("administrator") as work:
        publishing.start_testing(work, made, 1)
    return made


def _period(world: World) -> str:
    """A month whose books are closed; made once."""
    if not world.rows(ClosedPeriod):
        world.clock.forward(days=-60)
        world.register("Anisa")
        world.clock.forward(days=60)
        with world.work() as work:
            closing.close_due(work)
    return str(world.rows(ClosedPeriod)[0].period)


def _parcel(world: World) -> str:
    """A letter for an agency outside that nobody there has taken."""
    with world.work() as work:
        thread = OutsideThread(
            id=uuid4(), thread=uuid4().hex, side=OutsideSide.SENDER, state=OutsideState.SEALED,
            ours=BORDER, peer=GUARDIANS, acts=[], opened_at=work.now, changed_at=work.now,
        )  # fmt: skip
        work.session.add(thread)
        work.session.flush()
        parcel = OutsideParcel(
            id=uuid4(), thread_id=thread.id, peer=GUARDIANS, kind=OutsideKind.REFERRAL,
            number=uuid4().hex, raw=b"sealed", state=LetterState.STUCK, tries=24,
            written_at=work.now, not_before=work.now,
        )  # fmt: skip
        work.session.add(parcel)
        return str(parcel.id)


def _things(world: World, number: str, taken: str, waiting: str, desk: str) -> Things:
    case = world.rows(Case, Case.number == number)[0]
    need = world.rows(Need, Need.case_id == case.id, Need.state == NeedState.OPEN)[0]
    user = world.rows(User, User.name == "colleague")[0]
    machine_of(world, "colleague")
    return {
        "number": number,
        "case_number": number,
        "parcel": _parcel(world),
        "referral": taken,
        "referrals.number": waiting,
        "care.number": taken,
        "task": str(world.rows(Task, Task.case_id == case.id)[0].id),
        "task_id": str(world.rows(Task, Task.case_id == case.id)[0].id),
        "hold_id": str(world.rows(Hold, Hold.case_id == case.id)[0].id),
        "need_id": str(need.id),
        "consent_id": str(world.rows(Consent, Consent.case_id == case.id)[0].id),
        "user_id": str(user.id),
        "token_id": str(world.rows(MachineToken)[0].id),
        # Nobody's: one's own are asked for in tests/sign_in.
        "passkey_id": str(user.id),
        "session_id": str(user.id),
        "desk": desk,
        "code": "kaz",
        # Nobody's: a page without the number of its version is refused before anything else.
        "approval_id": str(user.id),
        "alert_id": str(user.id),
        "change_id": str(user.id),
        "glass_id": str(user.id),
        "release_id": str(user.id),
        "report": "arrivals",
        "kind": "solution",
        "version_id": str(_version(world)),
        "period": _period(world),
        "scenario": "boy-14-alone",
        "network/desks.code": CHILD_DESK,
        "network/posts.code": POST,
    }
