"""Referrals by machine, from both sides: propose, preview, send, withdraw; read, answer, report, close."""

from __future__ import annotations

from uuid import UUID

from flask_smorest import Blueprint

from app.api.answers import (
    ApprovalAnswer,
    CareAnswer,
    ConsentsAnswer,
    ProposalsAnswer,
    QueueAnswer,
    ReferralAnswer,
)
from app.api.door import reads, writes
from app.schemas.desks import (
    AcceptReferralSchema,
    AskSenderSchema,
    PutOnWaitingListSchema,
    RedirectReferralSchema,
    RefuseReferralSchema,
    ReportOutcomeSchema,
)
from app.schemas.queries import AfterSchema, DeskSchema
from app.schemas.referrals import (
    AnswerQuestionSchema,
    RenewConsentSchema,
    SendReferralSchema,
    TakeBackConsentSchema,
)
from models.vocabulary import ReferralState
from workflows import (
    casenumbers,
    desk_lists,
    desk_steps,
    desks,
    questions,
    referrals,
    taking_back,
)
from workflows.desk_steps import PutOnWaitingList
from workflows.desks import (
    AcceptReferral,
    PacketRead,
    RedirectReferral,
    RefuseReferral,
    ReportOutcome,
)
from workflows.moving import Moved
from workflows.packets import PacketPreview
from workflows.policy import Act
from workflows.questions import AnswerQuestion, AskSender
from workflows.referrals import SendReferral
from workflows.taking_back import RenewConsent, TakeBackConsent
from workflows.work import Work

blueprint = Blueprint("referrals", __name__, description="Propose, send, answer, report, close.")


@reads(blueprint, "/cases/<case_number>/proposals", Act.PROPOSE_REFERRAL, gives=ProposalsAnswer)
def propose(work: Work, case_number: str) -> ProposalsAnswer:
    """The needs of a case, most urgent first, each with the desks that may meet it."""
    found = referrals.propose(work, case_number)
    return ProposalsAnswer(casenumbers.parse(case_number), found)


@reads(
    blueprint,
    "/cases/<case_number>/needs/<uuid:need_id>/packet",
    Act.PROPOSE_REFERRAL,
    query=DeskSchema,
    gives=PacketPreview,
)
def preview_packet(work: Work, case_number: str, need_id: UUID, desk: str) -> PacketPreview:
    """The packet for a need and a desk, exactly as it would be sent. Sends nothing."""
    return referrals.preview(work, case_number, need_id, desk)


@writes(
    blueprint,
    "/cases/<case_number>/referrals",
    Act.SEND_REFERRAL,
    takes=SendReferralSchema,
    gives=ReferralAnswer,
    status=201,
)
def send(work: Work, command: SendReferral) -> ReferralAnswer:
    """Send a referral: packet, letter and the desk's clock in one transaction.

    Refused where the person's consent is asked for and missing, and towards the person's country of origin.
    """
    sent = referrals.send(work, command)
    return ReferralAnswer(sent.number, sent.state)


@writes(
    blueprint,
    "/cases/<case_number>/referrals/countersign",
    Act.SEND_REFERRAL,
    takes=SendReferralSchema,
    gives=ApprovalAnswer,
    status=201,
)
def countersign(work: Work, command: SendReferral) -> ApprovalAnswer:
    """Ask another account to agree that a child's best interests stand in for consent to this referral."""
    asked = referrals.countersign(work, command)
    return ApprovalAnswer(asked.state, asked.expires_at)


@writes(blueprint, "/referrals/<number>/withdraw", Act.WITHDRAW_REFERRAL, gives=ReferralAnswer)
def withdraw(work: Work, number: str) -> ReferralAnswer:
    """Take back a referral that no desk has taken; the need is open again."""
    referrals.withdraw(work, number)
    return ReferralAnswer(casenumbers.parse(number), ReferralState.WITHDRAWN)


@reads(blueprint, "/cases/<case_number>/consents", Act.RECORD_CONSENT, gives=ConsentsAnswer)
def list_consents(work: Work, case_number: str) -> ConsentsAnswer:
    """What the person agreed to, recipient by recipient. `version` is what changing one needs as If-Match."""
    return ConsentsAnswer(taking_back.of_case(work, case_number))


@writes(
    blueprint,
    "/cases/<case_number>/consents/<uuid:consent_id>/take-back",
    Act.RECORD_CONSENT,
    takes=TakeBackConsentSchema,
    match="version",
    gives=ConsentsAnswer,
)
def take_back_consent(work: Work, command: TakeBackConsent) -> ConsentsAnswer:
    """Take a consent back: what was sent on it ends, its desk is told, and the need is open again."""
    taking_back.take_back(work, command)
    return ConsentsAnswer(taking_back.of_case(work, command.case_number))


@writes(
    blueprint,
    "/cases/<case_number>/consents/<uuid:consent_id>/renew",
    Act.RECORD_CONSENT,
    takes=RenewConsentSchema,
    match="version",
    gives=ConsentsAnswer,
)
def renew_consent(work: Work, command: RenewConsent) -> ConsentsAnswer:
    """Keep that the person, asked anew, agrees to the same up to another last day."""
    taking_back.renew(work, command)
    return ConsentsAnswer(taking_back.of_case(work, command.case_number))


@writes(blueprint, "/referrals/<number>/confirm", Act.CONFIRM_WITHDRAWAL, gives=ReferralAnswer)
def confirm_withdrawal(work: Work, number: str) -> ReferralAnswer:
    """Say that the desk has read that a consent is gone, and has done what the person wishes."""
    return _after(taking_back.confirm(work, number))


@reads(blueprint, "/referrals/waiting", Act.VIEW_QUEUE, query=AfterSchema, gives=QueueAnswer)
def queue(work: Work, after: str | None) -> QueueAnswer:
    """Referrals that wait for one of the account's desks: most urgent first, then by time left."""
    page = desk_lists.queue(work, after)
    return QueueAnswer(page.rows, page.after)


@reads(blueprint, "/referrals/taken", Act.VIEW_QUEUE, query=AfterSchema, gives=QueueAnswer)
def taken(work: Work, after: str | None) -> QueueAnswer:
    """Referrals that the account's desks have taken and not closed, newest answer first."""
    page = desk_lists.taken(work, after)
    return QueueAnswer(page.rows, page.after)


@reads(blueprint, "/referrals/<number>/packet", Act.READ_PACKET, gives=PacketRead)
def read_packet(work: Work, number: str) -> PacketRead:
    """The packet as far as the desk may read it: what is needed at once, who it is once it was taken."""
    return desks.read_packet(work, number)


@reads(blueprint, "/referrals/<number>/case", Act.VIEW_HOLDS, gives=CareAnswer)
def show_care(work: Work, number: str) -> CareAnswer:
    """The case of a referral that the desk has taken: its number, state, holds and clocks."""
    file = desk_lists.case_file(work, number)
    return CareAnswer(
        number=file.referral.number,
        state=file.referral.state,
        case_number=file.referral.case_number,
        status=file.status.value,
        holds=file.holds,
        deadlines=file.deadlines,
    )


@writes(
    blueprint,
    "/referrals/<number>/accept",
    Act.ACCEPT_REFERRAL,
    takes=AcceptReferralSchema,
    gives=ReferralAnswer,
)
def accept(work: Work, command: AcceptReferral) -> ReferralAnswer:
    """Take a referral: the agency has the duty from now on, and may read who the person is."""
    return _after(desks.accept(work, command))


@writes(
    blueprint,
    "/referrals/<number>/refuse",
    Act.REFUSE_REFERRAL,
    takes=RefuseReferralSchema,
    gives=ReferralAnswer,
)
def refuse(work: Work, command: RefuseReferral) -> ReferralAnswer:
    """Refuse a referral for a coded reason; the need is open again at once."""
    return _after(desks.refuse(work, command))


@writes(
    blueprint,
    "/referrals/<number>/redirect",
    Act.REDIRECT_REFERRAL,
    takes=RedirectReferralSchema,
    gives=ReferralAnswer,
)
def redirect(work: Work, command: RedirectReferral) -> ReferralAnswer:
    """Pass a referral on to another desk.

    What left on the person's consent goes back to its sender, since consent was given for one recipient.
    """
    return _after(desks.redirect(work, command))


@writes(
    blueprint,
    "/referrals/<number>/ask",
    Act.ASK_SENDER,
    takes=AskSenderSchema,
    gives=ReferralAnswer,
)
def ask(work: Work, command: AskSender) -> ReferralAnswer:
    """Ask the sender before answering: the desk's clock stops and the sender's runs; at most twice."""
    return _after(questions.ask(work, command))


@writes(
    blueprint,
    "/referrals/<number>/answer",
    Act.ANSWER_QUESTION,
    takes=AnswerQuestionSchema,
    gives=ReferralAnswer,
)
def answer_question(work: Work, command: AnswerQuestion) -> ReferralAnswer:
    """Answer what the desk has asked: its clock goes on with what it had left."""
    return _after(questions.answer(work, command))


@writes(
    blueprint,
    "/referrals/<number>/wait",
    Act.PUT_ON_WAITING_LIST,
    takes=PutOnWaitingListSchema,
    gives=ReferralAnswer,
)
def wait(work: Work, command: PutOnWaitingList) -> ReferralAnswer:
    """Put the person on the desk's waiting list until a day; the need stays open with its sender."""
    return _after(desk_steps.wait(work, command))


@writes(blueprint, "/referrals/<number>/start", Act.START_SERVICE, gives=ReferralAnswer)
def start(work: Work, number: str) -> ReferralAnswer:
    """Say that the service has begun."""
    return _after(desk_steps.start_service(work, number))


@writes(blueprint, "/referrals/<number>/no-show", Act.RECORD_NO_SHOW, gives=ReferralAnswer)
def no_show(work: Work, number: str) -> ReferralAnswer:
    """Say that the person did not come; the need is open again."""
    return _after(desk_steps.no_show(work, number))


@writes(
    blueprint,
    "/referrals/<number>/outcome",
    Act.REPORT_OUTCOME,
    takes=ReportOutcomeSchema,
    gives=ReferralAnswer,
)
def report_outcome(work: Work, command: ReportOutcome) -> ReferralAnswer:
    """Say what came of a referral that was taken."""
    return _after(desks.report_outcome(work, command))


@writes(blueprint, "/referrals/<number>/close", Act.CLOSE_REFERRAL, gives=ReferralAnswer)
def close(work: Work, number: str) -> ReferralAnswer:
    """Close a referral whose outcome is known, or whose person did not come."""
    return _after(desks.close(work, number))


def _after(answered: Moved) -> ReferralAnswer:
    return ReferralAnswer(answered.number, answered.state)
