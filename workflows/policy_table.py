"""PURE. The one table that says who may do what to what. Default deny: what is not here is refused."""

from __future__ import annotations

from models.vocabulary import Purpose
from workflows.acts import Act
from workflows.policy_reception import RECEPTION
from workflows.relations import Condition, Rule, rule

_rule, _C = rule, Condition
_P = Purpose
_EVERYBODY = "border_official protection_officer supervisor administrator monitor"
_SCREENING = (
    *(Act.RECORD_URGENT_NEEDS, Act.INFORM, Act.ANSWER),
    *(Act.TURN_SCREEN, Act.VIEW_ASSESSMENT, Act.RECORD_CONSENT),
    *(Act.PROPOSE_REFERRAL, Act.SEND_REFERRAL, Act.PRINT_RECEIPT),
    *(Act.FINISH_SCREENING, Act.VIEW_HOLDS),
)
_SCREENING_PURPOSES = (_P.IDENTITY, _P.CONTACT, _P.PROTECTION, _P.MEDICAL, _P.LEGAL)
_READING_RULES = (Act.VIEW_PACKS, Act.TRY_RULES)
_PUBLISHING = (Act.PROPOSE_PACK, Act.PUBLISH_PACK)
_DOCUMENTS = (Act.ATTACH_DOCUMENT, Act.VIEW_DOCUMENTS, Act.READ_DOCUMENT)
#: What a person may ask for, at whatever table they sit.
_RIGHTS = (Act.RECORD_REQUEST, Act.ANSWER_REQUEST)
_WHOLE_FILE = (Act.MAKE_SUMMARY, Act.RECORD_CORRECTION)
_NOTES = (Act.VIEW_NOTES, Act.WRITE_NOTE)
_GROUP = (Act.VIEW_GROUP, Act.KEEP_GROUP, Act.KEEP_APART)
_CARE = (_C.ACCEPTED_BY_MY_DESK,)
_QUEUE = (Act.VIEW_QUEUE, Act.VIEW_TASKS, Act.VIEW_APPOINTMENTS, Act.KEEP_SERVICES)
_WHO = (_P.PROTECTION, _P.IDENTITY)
_NEW_DESK = (Act.PROPOSE_REFERRAL, Act.SEND_REFERRAL, Act.RECORD_CONSENT)

RULES: tuple[Rule, ...] = (
    *RECEPTION,
    _rule(
        "own.session",
        _EVERYBODY,
        "system",
        (Act.USE_OWN_SESSION, Act.CHANGE_OWN_ACCOUNT, Act.SIGN_IN),
    ),
    # Nothing personal is in the directory; who refers must know whom to ask.
    _rule("directory.see", _EVERYBODY, "system", (Act.VIEW_DIRECTORY,)),
    # A border official works at one post, and sees inside a case only until it is screened: afterwards
    # number and state (interface.md 3, protection firewall).
    _rule(
        "border.register",
        "border_official",
        "post",
        (Act.REGISTER, Act.VIEW_TODAY),
        (_C.SAME_POST,),
    ),
    _rule(
        "border.search",
        "border_official",
        "post",
        (Act.SEARCH, Act.CHECK_REGISTERED),
        (_C.SAME_POST,),
        (_P.IDENTITY,),
    ),
    _rule("border.see", "border_official", "case", (Act.VIEW_CASE,), (_C.SAME_POST,)),
    _rule(
        "border.screen",
        "border_official",
        "case",
        (*_SCREENING, *_DOCUMENTS, *_WHOLE_FILE, *_GROUP, Act.CHECK_REGISTERED),
        (_C.SAME_POST, _C.SCREENING_OPEN),
        _SCREENING_PURPOSES,
    ),
    _rule("border.group", "border_official", "case", (Act.VIEW_GROUP,), (_C.SAME_POST,)),
    # A request is taken at any time; sealed for whoever answers it; nothing opens.
    _rule("border.request", "border_official", "case", (Act.RECORD_REQUEST,), (_C.SAME_POST,)),
    # What a person agreed to, they may take back or renew at any time; nothing opens.
    _rule("border.consent", "border_official", "case", (Act.RECORD_CONSENT,), (_C.SAME_POST,)),
    # A lost receipt is replaced at any time; the new code voids the old.
    _rule("border.code", "border_official", "case", (Act.ISSUE_RECEIPT_CODE,), (_C.SAME_POST,)),
    # A case may be sent on, and is not read for it: the packet passes unread (`packets.at_hand`).
    _rule(
        "border.new_desk", "border_official", "case", _NEW_DESK, (_C.SAME_POST, _C.NEEDS_NEW_DESK)
    ),
    _rule(
        "border.withdraw",
        "border_official",
        "referral",
        (Act.WITHDRAW_REFERRAL, Act.CLOSE_REFERRAL),
        (_C.SAME_POST,),
    ),
    # What a desk asks before it can answer, also after the screening: the one question that is open was
    # written for the post, and alone opens (`questions.to_answer`); no purpose does.
    _rule(
        "border.question", "border_official", "referral", (Act.ANSWER_QUESTION,), (_C.SAME_POST,)
    ),
    _rule("border.tasks", "border_official", "post", (Act.VIEW_TASKS,), (_C.SAME_POST,)),
    # To say that something is done, nothing is opened; what a task is about stays with its own page.
    _rule("border.task", "border_official", "task", (Act.DO_TASK,), (_C.SAME_POST,)),
    # A protection officer works for desks: reads what was sent to them, and identity once they took it.
    _rule("desk.queue", "protection_officer", "system", _QUEUE),
    # A desk alone knows whether its door is open: it keeps its own entries of the directory.
    _rule("desk.services", "protection_officer", "desk", (Act.KEEP_SERVICES,), (_C.MY_DESK,)),
    _rule(
        "desk.packet",
        "protection_officer",
        "referral",
        (Act.READ_PACKET,),
        (_C.MY_DESK,),
        (_P.PROTECTION,),
    ),
    _rule(
        "desk.answer",
        "protection_officer",
        "referral",
        (
            *(Act.ACCEPT_REFERRAL, Act.REFUSE_REFERRAL, Act.REDIRECT_REFERRAL),
            *(Act.ASK_SENDER, Act.PUT_ON_WAITING_LIST, Act.CONFIRM_WITHDRAWAL),
        ),
        (_C.MY_DESK,),
        (_P.PROTECTION,),
    ),
    _rule(
        "desk.identity",
        "protection_officer",
        "referral",
        (
            *(Act.READ_PACKET_IDENTITY, Act.REPORT_OUTCOME, Act.CLOSE_REFERRAL),
            *(Act.START_SERVICE, Act.RECORD_NO_SHOW),
        ),
        (_C.MY_DESK, _C.TAKEN),
        (_P.PROTECTION, _P.IDENTITY),
    ),
    _rule("desk.see", "protection_officer", "case", (Act.VIEW_CASE,), (_C.REFERRED_TO_MY_DESK,)),
    _rule(
        "desk.case",
        "protection_officer",
        "case",
        (Act.VIEW_HOLDS, Act.LIFT_HOLD, Act.VIEW_ACCESSES, Act.CLOSE_CASE, Act.FLAG_CASE),
        (_C.ACCEPTED_BY_MY_DESK,),
        (_P.PROTECTION, _P.LEGAL),
    ),
    # Whoever has somebody in care must know from whom they are kept. Changing it is for civil desks.
    _rule("desk.group", "protection_officer", "case", (Act.VIEW_GROUP,), _CARE, _WHO),
    _rule("desk.keep_group", "protection_officer", "case", _GROUP[1:], _CARE, _WHO, civil=True),
    # What a document is for decides who reads it: a purpose that is not here does not open.
    _rule(
        "desk.documents",
        "protection_officer",
        "case",
        _DOCUMENTS,
        (_C.ACCEPTED_BY_MY_DESK,),
        (_P.IDENTITY, _P.PROTECTION, _P.MEDICAL, _P.LEGAL),
        civil=True,
    ),
    _rule(
        "desk.rights",
        "protection_officer",
        "case",
        _RIGHTS,
        (_C.ACCEPTED_BY_MY_DESK,),
        (_P.LEGAL,),
    ),
    # The person's own file, for the person: whoever has them in care reads it out to them.
    _rule(
        "desk.whole_file",
        "protection_officer",
        "case",
        _WHOLE_FILE,
        (_C.ACCEPTED_BY_MY_DESK,),
        _SCREENING_PURPOSES,
        civil=True,
    ),
    # Notes: written for protection alone, they open to civil desks; a force reads what was written for all.
    _rule(
        "desk.notes_protection",
        "protection_officer",
        "case",
        _NOTES,
        (_C.ACCEPTED_BY_MY_DESK,),
        (_P.PROTECTION, _P.LEGAL),
        civil=True,
    ),
    _rule(
        "desk.notes",
        "protection_officer",
        "case",
        _NOTES,
        (_C.ACCEPTED_BY_MY_DESK,),
        (_P.LEGAL,),
    ),
    # The slip is in the person's language, which is told with who it is.
    _rule(
        "desk.appointments",
        "protection_officer",
        "case",
        (Act.VIEW_APPOINTMENTS, Act.ARRANGE_APPOINTMENT),
        (_C.ACCEPTED_BY_MY_DESK,),
        (_P.PROTECTION, _P.IDENTITY),
    ),
    # Two records that may be of one person are compared, and joined by two accounts, where both are in care.
    _rule(
        "desk.same_person",
        "protection_officer",
        "case",
        (Act.COMPARE_RECORDS, Act.MERGE_RECORDS),
        (_C.ACCEPTED_BY_MY_DESK,),
        (_P.IDENTITY, _P.LEGAL),
        civil=True,
    ),
    # Looking for family: sealed for protection, and never by a force.
    _rule(
        "desk.tracing",
        "protection_officer",
        "case",
        (Act.VIEW_TRACING, Act.TRACE),
        (_C.ACCEPTED_BY_MY_DESK,),
        (_P.PROTECTION, _P.IDENTITY),
        civil=True,
    ),
    # Forms on a child alone; the clocks that they end are sealed as legal.
    _rule(
        "desk.child_forms",
        "protection_officer",
        "case",
        (Act.VIEW_CHILD_FORMS, Act.FILL_CHILD_FORM),
        (_C.ACCEPTED_BY_MY_DESK,),
        (_P.PROTECTION, _P.IDENTITY, _P.LEGAL),
        civil=True,
    ),
    # The second account of a desk; what it approves, it must be allowed itself (`workflows.approvals`).
    _rule(
        "desk.approve",
        "protection_officer",
        "approval",
        (Act.APPROVE,),
        (_C.SAME_AGENCY,),
        civil=True,
    ),
    # Which body may decide what is the pack's to say (`workflows.decisions`).
    _rule(
        "desk.decide",
        "protection_officer",
        "case",
        (Act.RECORD_DECISION,),
        (_C.ACCEPTED_BY_MY_DESK,),
        (_P.PROTECTION, _P.LEGAL),
    ),
    # Which questions are this body's to ask is said by its role and functions (`workflows.interviews`).
    _rule("desk.interview", "protection_officer", "case", (Act.INTERVIEW,), _CARE, _WHO),
    _rule(
        "desk.task",
        "protection_officer",
        "task",
        (Act.DO_TASK, Act.ARRANGE_TASK),
        (_C.MY_DESK,),
        (_P.PROTECTION,),
    ),
    # A supervisor keeps the clocks of an agency, and finds a desk where one was lost.
    _rule(
        "supervisor.see",
        "supervisor",
        "case",
        (Act.VIEW_CASE, Act.VIEW_ACCESSES),
        (_C.SAME_AGENCY,),
    ),
    # Requests, kept-back files and erasure: the agency answers for them and reads nobody.
    _rule(
        "supervisor.rights",
        "supervisor",
        "case",
        (*_RIGHTS, Act.KEEP_BACK, Act.PROPOSE_ERASURE, Act.APPROVE_ERASURE),
        (_C.SAME_AGENCY,),
    ),
    _rule("supervisor.consent", "supervisor", "case", (Act.RECORD_CONSENT,), (_C.SAME_AGENCY,)),
    _rule("supervisor.today", "supervisor", "post", (Act.VIEW_TODAY,), (_C.SAME_AGENCY,)),
    _rule(
        "supervisor.new_desk",
        "supervisor",
        "case",
        _NEW_DESK,
        (_C.SAME_AGENCY, _C.NEEDS_NEW_DESK),
    ),
    _rule(
        "supervisor.question", "supervisor", "referral", (Act.ANSWER_QUESTION,), (_C.SAME_AGENCY,)
    ),
    _rule("supervisor.task", "supervisor", "task", (Act.DO_TASK,), (_C.SAME_AGENCY,)),
    _rule(
        "supervisor.board",
        "supervisor",
        "system",
        (
            Act.VIEW_BOARD,
            Act.EXPORT_FIGURES,
            Act.KEEP_AGREEMENTS,
            Act.VERIFY_LOG,
            Act.VIEW_TASKS,
            Act.VIEW_RETENTION,
            Act.VIEW_APPROVALS,
            *_READING_RULES,
        ),
    ),
    # Whose the work is, changes hands within one's own agency; nothing opens.
    _rule(
        "supervisor.hand_over",
        "supervisor",
        "system",
        (Act.HAND_OVER_WORK, Act.NAME_FOCAL_POINT),
        (_C.SAME_AGENCY,),
    ),
    # Broken glass: one case, an hour, read only, told at once and reviewed; never by a force.
    _rule(
        "glass.break",
        "protection_officer supervisor",
        "case",
        (Act.BREAK_GLASS,),
        (_C.SAME_COUNTRY,),
        civil=True,
    ),
    _rule(
        "glass.read",
        "protection_officer supervisor",
        "case",
        (Act.READ_GLASS,),
        (_C.GLASS,),
        _SCREENING_PURPOSES,
        civil=True,
    ),
    _rule(
        "glass.review",
        "supervisor",
        "case",
        (Act.REVIEW_GLASS,),
        (_C.SAME_AGENCY,),
        (_P.LEGAL,),
    ),
    _rule("supervisor.alerts", "supervisor", "system", (Act.REVIEW_ALERT,)),
    # Four eyes: another account than the one that asks; about a case, of the agency that holds it.
    _rule("supervisor.approve", "supervisor", "approval", (Act.APPROVE,), (_C.SAME_AGENCY,)),
    _rule(
        "supervisor.approve_figures", "supervisor", "approval", (Act.APPROVE,), (_C.SAME_COUNTRY,)
    ),
    # The rules of the own country; the second signature is another account's (`workflows.publishing`).
    _rule("supervisor.packs", "supervisor", "system", _PUBLISHING, (_C.SAME_COUNTRY,)),
    # An administrator has no purpose: sees no person.
    _rule(
        "administrator.system",
        "administrator",
        "system",
        (
            *(Act.MANAGE_USERS, Act.MANAGE_NETWORK, Act.VIEW_HEALTH, Act.VERIFY_LOG),
            *(Act.SEE_TO_LETTERS, Act.MANAGE_KEYS, Act.NAME_FOCAL_POINT),
            *(_READING_RULES + _PUBLISHING),
        ),
    ),
    # A key operation is asked for by one administrator, approved by another, and done by a command.
    _rule(
        "administrator.approve_keys", "administrator", "approval", (Act.APPROVE,), (_C.ABOUT_KEYS,)
    ),
    # The independent monitor reads figures, rules, the log's soundness and the state of cases.
    _rule(
        "monitor.system",
        "monitor",
        "system",
        (Act.VIEW_BOARD, Act.VERIFY_LOG, Act.VIEW_PACKS, Act.VIEW_RETENTION),
    ),
    _rule("monitor.see", "monitor", "case", (Act.VIEW_CASE,), (_C.SAME_COUNTRY,)),
    # Complaints come to the monitor alone, outside every line of command.
    _rule("monitor.list", "monitor", "system", (Act.VIEW_COMPLAINTS,)),
    _rule(
        "monitor.complaints",
        "monitor",
        "case",
        (Act.ANSWER_COMPLAINT,),
        (_C.SAME_COUNTRY,),
        (_P.LEGAL,),
    ),
    # The person, with number and code of the receipt, which opened the visit. Nothing sealed is shown.
    _rule(
        "person.own",
        "system",
        "case",
        (Act.SEE_OWN_STATE, Act.ASK_FOR_OWN_RIGHT),
        (_C.OWN_RECEIPT,),
    ),
    # The person who holds a screen that was turned to them: answers, and reads nothing back.
    _rule("person.alone", "system", "case", (Act.ANSWER_ALONE,), (_C.OWN_SCREEN,)),
    # The clock and the worker act for nobody; they read no identity. Erasure is an operator's command.
    _rule(
        "system.clock",
        "system",
        "system",
        (
            *(Act.TICK, Act.DELIVER, Act.ERASE, Act.RETAIN, Act.MANAGE_KEYS, Act.MANAGE_NETWORK),
            Act.NAME_FOCAL_POINT,
        ),
    ),
    # The worker seals the log and looks in it for what is unusual; it reads nobody.
    _rule("system.log", "system", "system", (Act.SEAL_LOG, Act.RAISE_ALERT)),
    # The books of a month are closed by the clock, so that nobody chooses when.
    _rule("system.books", "system", "system", (Act.CLOSE_BOOKS,)),
    # The worker checks versions, computes assessments again, and gives what a new version gives.
    _rule("system.rules", "system", "system", (Act.CHECK_PACKS, Act.RECHECK, Act.REASSESS)),
)
