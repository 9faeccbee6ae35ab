"""Distinct random words in every sealed field, through the real pages and workflows; then a search for them.

Looked for in the databases, their WAL and journals, the keys database, the program's log, exports and
temporary folders, in every encoding of `tests/vault/canaries.py`.
"""

from __future__ import annotations

import io
import logging
import tempfile
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from datetime import time, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import select

from app.factory import create_app
from app.work import Engines
from models.accounts import User
from models.base import Base
from models.cases import Deadline, Hold, Need, Task
from models.documents import DOCUMENT_PURPOSES
from models.tracing import TracingCandidate
from models.vault.sealed import SealedField, sealed_fields
from models.vocabulary import (
    Action,
    DeadlineState,
    Factor,
    FlagKind,
    GlassReason,
    HoldState,
    LegalBasis,
    NoteAudience,
    OutcomeCode,
    Purpose,
    QuestionReason,
    RequestKind,
    RequestState,
    Sex,
    SoughtRelation,
    TaskChangeKind,
)
from tests.canaries.houses import (
    filled_fields,
    sleep_and_come_back,
    try_new_rules,
    turn_a_screen,
)
from tests.canaries.others import hear_from_outside, keep_apart_and_leave
from tests.documents.made import printed
from tests.policy.surface import session_of, token_in
from tests.policy.test_approvals import second_supervisor
from tests.sign_in.authenticator import Authenticator
from tests.supervision.rows import agreed
from tests.vault.canaries import scan_for
from tests.world import ASYLUM_DESK, World
from workflows import (
    appointments,
    approvals,
    attachments,
    breakglass,
    caseflags,
    casenotes,
    child_forms,
    desk_tasks,
    desks,
    drafts,
    federation,
    holds,
    merging,
    passkeys,
    questions,
    releases,
    retention,
    rights,
    screening,
    search,
    sessions,
    summaries,
    taskcare,
    tasks,
    tracing,
)
from workflows.arrivals import Birth, Companion, Document, NameForm
from workflows.child_fields import FormKind
from workflows.rules.answers import Source

#: Sealed fields whose content is codes of the pack, numbers and days: no word of a person can be put in.
CODED = {
    "deadline.content",
    "need.content",
    "hold.content",
    "pack_trial.content",
    "task.detail",
    *("answer.statements", "turned_screen.content", "assessment.content"),
    "case_file.urgent_needs",
    "person.birth",
    "user_account.totp_secret",
    "passkey.credential",
}


class Canaries:
    """One random word for each place, in scripts by turns so that no encoding hides one."""

    def __init__(self) -> None:
        self.words: dict[str, str] = {}

    def __call__(self, place: str) -> str:
        stem = ("Zarifa", "Фаррух", "ظریفه")[len(self.words) % 3]
        letters = "".join(chr(ord("a") + int(digit, 16)) for digit in uuid4().hex)
        return self.words.setdefault(place, f"{stem}{letters}")


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of its own for whatever a library writes aside."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    for name in ("TMPDIR", "SQLITE_TMPDIR"):
        monkeypatch.setenv(name, str(folder))
    return folder


def register(world: World, canary: Canaries) -> tuple[str, str]:
    """Somebody with a canary in every field that takes words, and a companion."""
    with world.work("administrator") as work:
        for user in work.session.scalars(select(User)):
            user.display_name = canary(f"user_account.display_name {user.name}")
    mother = world.register(canary("person.names companion"))
    number = world.register(
        names=(
            NameForm(text=canary("person.names")),
            NameForm(text=canary("person.names own"), kind="own_script"),
            NameForm(text=canary("person.names document"), kind="document"),
        ),
        sex=Sex.FEMALE,
        birth=Birth(kind="age", age=15),
        nationalities=("AFG",),
        languages=(canary("person.traits"),),
        documents=(Document(kind="passport", number=canary("person.documents")),),
        phone=canary("person.contact"),
        companions=(Companion(case_number=mother, relationship=canary("kin_link.claim")),),
    )
    keep_apart_and_leave(world, canary, number, mother)
    return mother, number


def ask_and_answer(world: World, canary: Canaries, referral: str) -> None:
    """A desk asks the sender, who answers."""
    asked = questions.AskSender(
        number=referral, reason=QuestionReason.SAFETY, text=canary("referral_question.asks")
    )
    with world.work("guardian") as work:
        questions.ask(work, asked)
    said = questions.AnswerQuestion(number=referral, text=canary("referral_question.answer"))
    with world.work("officer") as work:
        questions.answer(work, said)


def tell_a_story(world: World, canary: Canaries, number: str) -> None:
    """Inform, ask, send with notes, accept, report, lift: every sealed field gets something."""
    world.inform(number, how=canary("case_file.information"))
    world.answer(number, with_parent="no", with_responsible_adult="no", fear_of_return="yes")
    with world.work("officer") as work:
        look = screening.RecordUrgentNeeds(case_number=number, seen=("medical",))
        screening.record_urgent_needs(work, look)
        tasks.ask_in_private(
            work, tasks.AskInPrivate(case_number=number, facts=("sexual_violence_said",))
        )
    referral = world.send(number, note=canary("referral.content"))
    world.send(
        number,
        "asylum_procedure",
        ASYLUM_DESK,
        basis=LegalBasis.CONSENT,
        consented=True,
        note=canary("packet.needs"),
    )
    world.deliver()
    ask_and_answer(world, canary, referral)
    world.accept(referral)
    work_on(world, canary, referral)
    find_twice(world, canary, referral)
    world.answer(number, source=Source.DECISION, best_interests_return="yes")
    with world.work("guardian") as work:
        assert desks.read_packet(work, referral).identity
        hold = next(
            h
            for h in holds.holds_of(work, number)
            if h.state is HoldState.LIFTABLE and h.action is Action.RETURN and h.code == "H.child"
        )
        reason = canary("hold.content")
        lift = holds.LiftHold(
            case_number=number, hold_id=hold.id, reason=reason, version=hold.version
        )
        holds.lift(work, lift)
    with world.work("guardian") as work:
        note = canary("referral.outcome")
        outcome = OutcomeCode.PROCEDURE_OPENED
        desks.report_outcome(work, desks.ReportOutcome(number=referral, outcome=outcome, note=note))
    with world.work("officer") as work:
        search.find(work, canary("person.names"))
    try_new_rules(world)
    break_glass(world, canary, number)
    hear_from_outside(world, canary)


def work_on(world: World, canary: Canaries, referral: str) -> None:
    """Notes for two audiences, a flag, an appointment."""
    with world.work("guardian") as work:
        for audience, field in (
            (NoteAudience.HOLDERS, "case_note.shared"),
            (NoteAudience.PROTECTION, "case_note.protected"),
        ):
            casenotes.write(
                work,
                casenotes.WriteNote(number=referral, audience=audience, text=canary(field)),
            )
        flag = caseflags.RaiseFlag(
            number=referral,
            kinds=(FlagKind.OTHER,),
            text=canary("case_flag.content"),
            expires_on=world.now.date(),
        )
        caseflags.raise_flag(work, flag)
        visit = appointments.MakeAppointment(
            number=referral,
            day=world.now.date() + timedelta(days=1),
            time=time(12, 0),
            place=canary("appointment.content"),
        )
        appointments.make(work, visit)
    with world.work() as work:
        # What must be done at once keeps every task of the case from resting.
        for clock in work.session.scalars(select(Deadline)):
            clock.state = DeadlineState.MET
    # Twice, so that the first reason stands in how the task stood before the second change.
    for field in ("task_change_row.before", "task_care.reason"):
        with world.work("guardian") as work:
            line = next(
                one for one in desk_tasks.of_desk(work, resting=field == "task_care.reason")
            )
            picked = (taskcare.Picked(task_id=line.id, version=line.version),)
            rest = taskcare.ChangeTasks(
                picked=picked,
                kind=TaskChangeKind.SNOOZE,
                until=world.now + timedelta(minutes=5),
                reason=canary(field),
            )
            assert taskcare.change(work, rest).done


def find_twice(world: World, canary: Canaries, referral: str) -> None:
    """The person was registered twice, somebody says."""
    other, again = world.sent(name="Shirin Twice")
    world.accept(again)
    reason = canary("person_merge.content")
    with world.work("guardian") as work:
        merging.propose(
            work, merging.ProposeMerge(number=referral, other=other, leads=True, reason=reason)
        )
    sought = tracing.OpenTracing(
        number=referral,
        names=(canary("tracing_request.content"), "Shirin Twice"),
        relation=SoughtRelation.MOTHER,
        wished=True,
        safe=True,
    )
    filled = child_forms.FillForm(
        number=referral,
        kind=FormKind.REGISTRATION,
        values={"status": "unaccompanied", "nickname": canary("case_form.content")},
        seen=0,
    )
    with world.work("guardian") as work:
        child_forms.fill(work, filled)
        request = tracing.open_request(work, sought)
        for found in work.session.scalars(
            select(TracingCandidate).where(TracingCandidate.request_id == request)
        ):
            found.content = {"reasons": [], "says": canary("tracing_candidate.content")}


def break_glass(world: World, canary: Canaries, number: str) -> None:
    """A case is opened by somebody whose it is not, with words on why."""
    command = breakglass.Break(
        case_number=number, reason=GlassReason.OTHER, says=canary("glass.says")
    )
    with world.work("asylum") as work:
        breakglass.break_glass(work, command)


def keep_and_ask(world: World, canary: Canaries, number: str) -> None:
    """A document for each purpose, a request with its answer, a correction, a file kept back."""
    with world.work("officer") as work:
        for purpose in DOCUMENT_PURPOSES:
            name = canary(f"document.{purpose.value}")
            content = printed(canary(f"document_piece {purpose}").encode())
            command = attachments.AttachDocument(
                case_number=number, purpose=purpose, name=name, content=content
            )
            attachments.attach(work, command)
        says = canary("person_request.says")
        asked = rights.take(
            work, rights.TakeRequest(case_number=number, kind=RequestKind.ACCESS, says=says)
        )
        right = canary("correction.content")
        rights.correct(work, rights.Correct(case_number=number, about="names", says=right))
    with world.work("guardian") as work:
        answer = rights.AnswerRequest(
            case_number=number,
            request_id=asked.id,
            state=RequestState.REFUSED,
            text=canary("person_request.answer"),
            version=1,
        )
        rights.answer(work, answer)
        assert summaries.summary(work, number).documents
    with world.work("supervisor") as work:
        reason = canary("kept_back.reason")
        retention.keep_back(work, retention.KeepBack(case_number=number, reason=reason))


def sign_in_in_every_way(world: World, canary: Canaries) -> None:
    """A passkey, a session, a subject of a provider, and what was typed when the screen was locked."""
    site = passkeys.Site("localhost", "http://localhost")
    with world.work("officer") as work:
        made = Authenticator().make(passkeys.register_options(work, site))
        passkeys.register(work, site, made, canary("passkey.label"))
        drafts.keep(work, "/register", [("name", canary("draft.content"))])
    with world.work() as work:
        subject = canary("external_identity.subject")
        federation.link(work, "officer", "https://login.example.org", subject)
        user = work.session.scalars(select(User).where(User.name == "officer")).one()
        sessions.open_session(work, user, Factor.CODE, "192.0.2.1", canary("user_session.device"))


def ask_pages(app: Flask, world: World, canary: Canaries, number: str) -> int:
    """Ask real pages, right and wrong, with canaries in what is typed; returns how many requests."""
    client = app.test_client()
    client.set_cookie("serai", session_of(world, "officer"))
    token = token_in(client.get("/sign-in").get_data(as_text=True))
    typed = canary("typed into a form")
    statuses = [
        client.get(path).status_code
        for path in ("/today", "/search", "/tasks", f"/cases/{number}", f"/cases/{number}/outcome")
    ]
    statuses += [
        client.post(
            path, data={"csrf_token": token_, "name": typed, "birth-year": typed}
        ).status_code
        for path in ("/register", "/search", "/register/candidates", f"/cases/{number}/inform")
        for token_ in (token, "forged")
    ]
    statuses += [
        client.get("/cases/" + typed).status_code,
        client.get("/nowhere", query_string={"name": typed}).status_code,
        client.post("/api/v1/arrivals", json={"names": [typed]}).status_code,
        client.post("/api/v1/arrivals", data=typed).status_code,
        client.post("/sign-in", data={"name": typed, "password": typed}).status_code,
    ]
    assert max(statuses) < 500
    return len(statuses)


def break_something(app: Flask, world: World, canary: Canaries, number: str) -> None:
    """An unexpected fault in the middle of a page with a person's name in hand."""
    secret = canary("in the message of a fault")

    def fail(*_: Any, **__: Any) -> None:
        raise RuntimeError(f"a value in a message: {secret}")

    patch = pytest.MonkeyPatch()
    patch.setattr("workflows.casework.find_case", fail)
    client = app.test_client()
    client.set_cookie("serai", session_of(world, "colleague"))
    answer = client.get(f"/cases/{number}/outcome")
    patch.undo()
    assert answer.status_code == 500
    assert secret not in answer.get_data(as_text=True)


def export(world: World, folder: Path) -> None:
    """The figures that a supervisor takes away, and a dump of the whole database as SQL."""
    second = second_supervisor(world)
    partner = agreed(world, second=second)
    tables = ("week-post", "profile-sex")
    request = releases.FiguresRequest(period="2026-11", tables=tables, agreement=partner)
    with world.work("supervisor") as work:
        asked = releases.ask(work, request)
    with world.work(second) as work:
        approvals.answer(work, asked.id, asked.version, approve=True)
    with world.work("supervisor") as work:
        for name, text in releases.release(work, request).files.items():
            (folder / f"release-{name}").write_text(text, encoding="utf-8")
    with world.storage.engine.connect() as connection:
        raw = connection.connection.dbapi_connection
        assert raw is not None
        (folder / "dump.sql").write_text("\n".join(raw.iterdump()), encoding="utf-8")


def name_of(field: SealedField) -> str:
    return f"{field.table}.{field.name}"


@pytest.mark.asvs("14.2.4", "16.2.5", "16.3.4", "16.5.1")
def test_no_word_of_a_person_is_found_anywhere_outside_the_vault(
    world: World,
    tmp_path: Path,
    temporary: Path,
    capfd: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
    figure: Callable[[str], None],
) -> None:
    caplog.set_level(logging.DEBUG)
    canary = Canaries()
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        app = create_app(world.settings, storage=world.storage, clock=world.clock)
        app.extensions["serai"] = Engines(world.storage, world.shelf, world.settings, world.clock)
        _, number = register(world, canary)
        tell_a_story(world, canary, number)
        keep_and_ask(world, canary, number)
        sleep_and_come_back(world, canary, number)
        turn_a_screen(world, canary)
        sign_in_in_every_way(world, canary)
        requests = ask_pages(app, world, canary, number)
        break_something(app, world, canary, number)
    export(world, tmp_path)
    said = capfd.readouterr()
    logs = (out.getvalue(), err.getvalue(), said.out, said.err, caplog.text)
    (tmp_path / "program.log").write_text("\n".join(logs), encoding="utf-8")
    assert '"event": "unexpected"' in (tmp_path / "program.log").read_text(encoding="utf-8")

    everywhere = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert {
        "serai.db",
        "serai.db-wal",
        "keys.db",
        "dump.sql",
        "program.log",
        "release-manifest.json",
    } <= {path.name for path in everywhere}
    fields = {name_of(field) for field in sealed_fields(Base)}
    assert fields - filled_fields(world) == set(), "every sealed field holds something"
    assert fields - CODED - {place.split(" ", maxsplit=1)[0] for place in canary.words} <= {
        "arrival.circumstances",
        "consent.terms",
        "packet.identity",
    }, "every sealed field that takes words has a canary"
    assert scan_for(canary.words.values(), [tmp_path]) == []
    assert scan_for(["korday"], [tmp_path / "serai.db", tmp_path / "serai.db-wal"])
    figure(
        f"canaries: {len(canary.words)} words x {len(everywhere)} files, {requests} requests: 0 found"
    )
    assert temporary.is_dir()


def test_the_scan_finds_what_is_planted_in_each_place(world: World, tmp_path: Path) -> None:
    canary = Canaries()
    world.register(canary("person.names"))
    planted = canary("planted")
    with world.storage.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE post SET zone = ? WHERE code = 'korday'", (planted,))
    for name in ("program.log", "export.csv", "temporary.tmp"):
        (tmp_path / name).write_text(f"before {planted} after", encoding="utf-8")
    found = {finding.path.name for finding in scan_for([planted], [tmp_path])}
    assert {"program.log", "export.csv", "temporary.tmp", "serai.db-wal"} <= found
    assert scan_for([canary.words["person.names"]], [tmp_path]) == []


def test_every_coded_field_really_holds_codes_only(world: World) -> None:
    """The exceptions above are not taken on trust: what they hold is words of the pack."""
    canary = Canaries()
    _, number = register(world, canary)
    tell_a_story(world, canary, number)
    words = set(canary.words.values()) - {canary.words["hold.content"]}
    with world.work() as work:
        case = world.case(work, number)
        work.vault.grant(case.person_id, *Purpose)
        for model, name in ((Need, "content"), (Hold, "content"), (Task, "detail")):
            for row in work.session.scalars(select(model).where(model.case_id == case.id)):
                assert not any(word in str(getattr(row, name)) for word in words)
        assert case.urgent_needs == ["medical"]
