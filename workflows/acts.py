"""PURE. The closed list of everything somebody may want to do; who may is in `workflows.policy`."""

from __future__ import annotations

from enum import StrEnum


class Act(StrEnum):
    """Everything somebody may want to do. Every route names one; every log entry too."""

    REGISTER = "register"
    VIEW_TODAY = "view_today"
    VIEW_CASE = "view_case"
    SEARCH = "search"
    CHECK_REGISTERED = "check_registered"
    RECORD_URGENT_NEEDS = "record_urgent_needs"
    INFORM = "inform"
    ANSWER = "answer"
    VIEW_ASSESSMENT = "view_assessment"
    RECORD_CONSENT = "record_consent"
    PROPOSE_REFERRAL = "propose_referral"
    SEND_REFERRAL = "send_referral"
    WITHDRAW_REFERRAL = "withdraw_referral"
    PRINT_RECEIPT = "print_receipt"
    FINISH_SCREENING = "finish_screening"
    VIEW_QUEUE = "view_queue"
    READ_PACKET = "read_packet"
    READ_PACKET_IDENTITY = "read_packet_identity"
    CONFIRM_WITHDRAWAL = "confirm_withdrawal"
    ACCEPT_REFERRAL = "accept_referral"
    REFUSE_REFERRAL = "refuse_referral"
    REDIRECT_REFERRAL = "redirect_referral"
    ASK_SENDER = "ask_sender"
    ANSWER_QUESTION = "answer_question"
    PUT_ON_WAITING_LIST = "put_on_waiting_list"
    START_SERVICE = "start_service"
    RECORD_NO_SHOW = "record_no_show"
    REPORT_OUTCOME = "report_outcome"
    CLOSE_REFERRAL = "close_referral"
    VIEW_HOLDS = "view_holds"
    LIFT_HOLD = "lift_hold"
    RECORD_DECISION = "record_decision"
    INTERVIEW = "interview"
    CLOSE_CASE = "close_case"
    VIEW_TASKS = "view_tasks"
    DO_TASK = "do_task"
    VIEW_ACCESSES = "view_accesses"
    VIEW_BOARD = "view_board"
    EXPORT_FIGURES = "export_figures"
    VERIFY_LOG = "verify_log"
    VIEW_PACKS = "view_packs"
    TRY_RULES = "try_rules"
    PROPOSE_PACK = "propose_pack"
    PUBLISH_PACK = "publish_pack"
    MANAGE_USERS = "manage_users"
    MANAGE_NETWORK = "manage_network"
    VIEW_DIRECTORY = "view_directory"
    KEEP_SERVICES = "keep_services"
    VIEW_HEALTH = "view_health"
    SEE_TO_LETTERS = "see_to_letters"
    USE_OWN_SESSION = "use_own_session"
    CHANGE_OWN_ACCOUNT = "change_own_account"
    SIGN_IN = "sign_in"
    TICK = "tick"
    DELIVER = "deliver"
    ERASE = "erase"
    CHECK_PACKS = "check_packs"
    RECHECK = "recheck"
    REASSESS = "reassess"
    ATTACH_DOCUMENT = "attach_document"
    VIEW_DOCUMENTS = "view_documents"
    READ_DOCUMENT = "read_document"
    RECORD_REQUEST = "record_request"
    ANSWER_REQUEST = "answer_request"
    MAKE_SUMMARY = "make_summary"
    RECORD_CORRECTION = "record_correction"
    VIEW_RETENTION = "view_retention"
    KEEP_BACK = "keep_back"
    PROPOSE_ERASURE = "propose_erasure"
    APPROVE_ERASURE = "approve_erasure"
    RETAIN = "retain"
    VIEW_APPROVALS = "view_approvals"
    APPROVE = "approve"
    SEAL_LOG = "seal_log"
    BREAK_GLASS = "break_glass"
    READ_GLASS = "read_glass"
    REVIEW_GLASS = "review_glass"
    REVIEW_ALERT = "review_alert"
    RAISE_ALERT = "raise_alert"
    MANAGE_KEYS = "manage_keys"
    CLOSE_BOOKS = "close_books"
    VIEW_NOTES = "view_notes"
    WRITE_NOTE = "write_note"
    FLAG_CASE = "flag_case"
    ARRANGE_TASK = "arrange_task"
    HAND_OVER_WORK = "hand_over_work"
    VIEW_APPOINTMENTS = "view_appointments"
    ARRANGE_APPOINTMENT = "arrange_appointment"
    ISSUE_RECEIPT_CODE = "issue_receipt_code"
    SEE_OWN_STATE = "see_own_state"
    ASK_FOR_OWN_RIGHT = "ask_for_own_right"
    VIEW_COMPLAINTS = "view_complaints"
    ANSWER_COMPLAINT = "answer_complaint"
    COMPARE_RECORDS = "compare_records"
    MERGE_RECORDS = "merge_records"
    VIEW_TRACING = "view_tracing"
    TRACE = "trace"


#: Acts that take out or change so much that whoever sits there proves again who they are, if they did not
#: within the last minutes (`step_up_limit`): asked by the door before the act, not for looking (ASVS 7.5.3).
STEP_UP: frozenset[Act] = frozenset(
    {
        Act.EXPORT_FIGURES,
        Act.MAKE_SUMMARY,
        Act.APPROVE_ERASURE,
        Act.BREAK_GLASS,
        Act.APPROVE,
        Act.MANAGE_KEYS,
        Act.MANAGE_USERS,
        Act.CHANGE_OWN_ACCOUNT,
    }
)
