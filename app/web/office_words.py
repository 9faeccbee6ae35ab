"""The words of closed vocabularies on the pages of desks, supervisors and administrators.

Codes come from `models.vocabulary` and the packs' closed lists; what a pack itself says in words is in the
pack, and the fields of a packet are in `app.web.packet_words`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext

from app.locale import in_own
from models.vocabulary import Role

Names = Mapping[str, str]

ROLES = {
    Role.BORDER_OFFICIAL: lazy_gettext("Border official"),
    Role.PROTECTION_OFFICER: lazy_gettext("Protection officer"),
    Role.SUPERVISOR: lazy_gettext("Supervisor"),
    Role.ADMINISTRATOR: lazy_gettext("Administrator"),
    Role.MONITOR: lazy_gettext("Independent monitor"),
}
REFERRAL_STATES = {
    "draft": lazy_gettext("Draft"),
    "sent": lazy_gettext("Waiting for an answer"),
    "received": lazy_gettext("Arrived, not opened yet"),
    "seen": lazy_gettext("Opened, waits for an answer"),
    "needs_information": lazy_gettext("The sender was asked"),
    "waiting_list": lazy_gettext("On the waiting list"),
    "accepted": lazy_gettext("In care"),
    "service_started": lazy_gettext("Service started"),
    "no_show": lazy_gettext("Did not come"),
    "refused": lazy_gettext("Refused"),
    "redirected": lazy_gettext("Passed on"),
    "no_answer": lazy_gettext("Not answered in time"),
    "withdrawn": lazy_gettext("Withdrawn by the sender"),
    "outcome_reported": lazy_gettext("Outcome reported"),
    "closed": lazy_gettext("Closed"),
}
CASE_STATES = {
    "registered": lazy_gettext("Registered"),
    "informed": lazy_gettext("Informed"),
    "screened": lazy_gettext("Screened"),
    "referred": lazy_gettext("Referred"),
    "in_care": lazy_gettext("In care"),
    "closed": lazy_gettext("Closed"),
}
REASONS = {
    "no_mandate": lazy_gettext("Not within our mandate"),
    "no_capacity": lazy_gettext("No places free"),
    "outside_area": lazy_gettext("Outside the area we serve"),
    "duplicate": lazy_gettext("Already with us"),
    "person_declined": lazy_gettext("The person does not want this"),
    "unsafe": lazy_gettext("Not safe for the person"),
    "unavailable": lazy_gettext("This service is not available now"),
}
QUESTIONS = {
    "need_unclear": lazy_gettext("What is needed is not clear"),
    "eligibility": lazy_gettext("Whether we may serve this person"),
    "safety": lazy_gettext("Whether it is safe"),
    "language": lazy_gettext("Language or interpreter"),
    "family": lazy_gettext("Who belongs with the person"),
    "whereabouts": lazy_gettext("Where the person can be met"),
}
OUTCOMES = {
    "service_provided": lazy_gettext("Service provided"),
    "procedure_opened": lazy_gettext("Procedure opened"),
    "referred_onward": lazy_gettext("Referred onward"),
    "not_reached": lazy_gettext("Person not reached"),
    "declined_by_person": lazy_gettext("Person declined"),
    "other": lazy_gettext("Other"),
    "none": lazy_gettext("None yet"),
    "accepted": lazy_gettext("Accepted"),
    "refused": lazy_gettext("Refused"),
}
BASES = {
    "consent": lazy_gettext("The person's consent"),
    "vital_interest": lazy_gettext("Vital interest"),
    "best_interest": lazy_gettext("Best interests of a child"),
    "legal_duty": lazy_gettext("Legal duty"),
}
WISHES = {
    "stop": lazy_gettext("Do nothing more with it; keep what the law demands"),
    "forget": lazy_gettext("Do nothing more with it, and erase what was told"),
}
CLOCKS = {
    "authority": lazy_gettext("Authority's clock"),
    "person": lazy_gettext("Person's clock"),
    "agency": lazy_gettext("Agency's clock"),
}
CLOCK_STATES = {
    "running": lazy_gettext("Running"),
    "warned": lazy_gettext("Running out"),
    "overdue": lazy_gettext("Overdue"),
    "met": lazy_gettext("Met"),
}
TASKS = {
    "private_interview": lazy_gettext("Hold a private interview"),
    "refer_need": lazy_gettext("Refer a need"),
    "choose_another_desk": lazy_gettext("Find a desk"),
    "answer_referral": lazy_gettext("Answer a referral"),
    "still_needed": lazy_gettext("Ask whether it is still needed"),
    "decide_hold": lazy_gettext("Have a safeguard decided on"),
    "meet_deadline": lazy_gettext("See to an overdue deadline"),
    "urgent_need": lazy_gettext("See to an urgent need"),
    "answer_request": lazy_gettext("Answer what a person asked"),
    "answer_question": lazy_gettext("Answer what a desk asks"),
    "answer_soon": lazy_gettext("Answer soon"),
    "escalated": lazy_gettext("Nobody has moved: take it into your hands"),
    "review_glass": lazy_gettext("Look into a case that was opened without a rule"),
    "missed_appointment": lazy_gettext("Ask why the person did not come"),
    "verify_services": lazy_gettext("Verify what the desk offers"),
    "ask_consent_again": lazy_gettext("Ask the person again whether they agree"),
    "see_to_tracing": lazy_gettext("See to a search for family"),
}
GLASS_REASONS = {
    "life_in_danger": lazy_gettext("Somebody's life is in danger"),
    "child_at_risk": lazy_gettext("A child is at risk"),
    "medical_emergency": lazy_gettext("A medical emergency"),
    "other": lazy_gettext("Something else that cannot wait"),
}
ALERTS = {
    "many_cases": lazy_gettext("Opened very many files in a day"),
    "many_searches": lazy_gettext("Searched very often in a day"),
    "many_refusals": lazy_gettext("Was refused again and again"),
    "relatives": lazy_gettext("Searched for their own family name"),
    "odd_hours": lazy_gettext("Opened files at night"),
}
PURPOSES = {
    "identity": lazy_gettext("identity"),
    "contact": lazy_gettext("contact"),
    "protection": lazy_gettext("protection"),
    "medical": lazy_gettext("medical"),
    "legal": lazy_gettext("legal"),
    "audit": lazy_gettext("audit"),
    "account": lazy_gettext("account"),
}
FUNCTIONS = {
    "asylum": lazy_gettext("Asylum authority"),
    "trafficking": lazy_gettext("Body for victims of trafficking"),
    "child": lazy_gettext("Child protection body"),
    "statelessness": lazy_gettext("Statelessness authority"),
    "migration": lazy_gettext("Migration authority"),
    "labour": lazy_gettext("Labour authority"),
    "health": lazy_gettext("Health service"),
    "mhpss": lazy_gettext("Psychosocial support"),
    "legal_aid": lazy_gettext("Legal aid"),
    "tracing": lazy_gettext("Family tracing"),
    "security": lazy_gettext("Security body"),
    "un_refugee": lazy_gettext("UN refugee agency"),
    "un_migration": lazy_gettext("UN migration agency"),
    "accommodation": lazy_gettext("Accommodation"),
    "relief": lazy_gettext("Relief"),
    "interpreter": lazy_gettext("Interpreting"),
    "consular": lazy_gettext("Consular body"),
    "gbv": lazy_gettext("Support after gender-based violence"),
    "disability": lazy_gettext("Disability service"),
    "civil_registry": lazy_gettext("Civil registry"),
    "returns": lazy_gettext("Returns authority"),
    "border": lazy_gettext("Border authority"),
    "police": lazy_gettext("Police"),
}
AGENCY_KINDS = {
    "authority": lazy_gettext("Authority"),
    "border": lazy_gettext("Border body"),
    "police": lazy_gettext("Police"),
    "security": lazy_gettext("Security body"),
    "court": lazy_gettext("Court"),
    "health": lazy_gettext("Health body"),
    "un": lazy_gettext("United Nations"),
    "ngo": lazy_gettext("Non-governmental"),
    "monitor": lazy_gettext("Monitor"),
    "consulate": lazy_gettext("Consulate"),
    "other": lazy_gettext("Other"),
    "none": lazy_gettext("Not referred"),
}
GRADES = {
    "presumed": lazy_gettext("Presumed"),
    "possible": lazy_gettext("Possible"),
}
SEXES = {
    "F": lazy_gettext("Female"),
    "M": lazy_gettext("Male"),
    "X": lazy_gettext("Other"),
    "U": lazy_gettext("Not known"),
}
ACTIONS = {
    "RETURN": lazy_gettext("Do not return"),
    "DETAIN": lazy_gettext("Do not detain"),
    "DISCLOSE": lazy_gettext("Do not tell the country of origin"),
    "CLOSE": lazy_gettext("Do not close this case"),
}
ACTS = {
    "read": lazy_gettext("Read"),
    "register": lazy_gettext("Registered"),
    "view_case": lazy_gettext("Looked at the state"),
    "view_group": lazy_gettext("Looked at the group"),
    "keep_group": lazy_gettext("Changed the group or its links"),
    "keep_apart": lazy_gettext("Recorded from whom the person is kept"),
    "record_urgent_needs": lazy_gettext("Recorded urgent needs"),
    "inform": lazy_gettext("Informed the person"),
    "answer": lazy_gettext("Recorded answers"),
    "turn_screen": lazy_gettext("Turned the screen to the person"),
    "answer_alone": lazy_gettext("Answered alone, on a turned screen"),
    "view_assessment": lazy_gettext("Looked at the assessment"),
    "record_consent": lazy_gettext("Looked at consents, renewed or took one back"),
    "confirm_withdrawal": lazy_gettext("Confirmed that a consent was taken back"),
    "propose_referral": lazy_gettext("Prepared a referral"),
    "send_referral": lazy_gettext("Sent a referral"),
    "withdraw_referral": lazy_gettext("Withdrew a referral"),
    "print_receipt": lazy_gettext("Printed the receipt"),
    "finish_screening": lazy_gettext("Finished the screening"),
    "read_packet": lazy_gettext("Opened what is needed"),
    "read_packet_identity": lazy_gettext("Opened who it is"),
    "accept_referral": lazy_gettext("Accepted a referral"),
    "refuse_referral": lazy_gettext("Refused a referral"),
    "redirect_referral": lazy_gettext("Looked for another desk, or passed on"),
    "ask_sender": lazy_gettext("Asked the sender"),
    "answer_question": lazy_gettext("Answered what a desk asked"),
    "put_on_waiting_list": lazy_gettext("Put on the waiting list"),
    "start_service": lazy_gettext("Started the service"),
    "record_no_show": lazy_gettext("Recorded that the person did not come"),
    "report_outcome": lazy_gettext("Reported an outcome"),
    "close_referral": lazy_gettext("Closed a referral"),
    "view_holds": lazy_gettext("Looked at safeguards and clocks"),
    "lift_hold": lazy_gettext("Lifted a safeguard"),
    "record_decision": lazy_gettext("Recorded a decision"),
    "interview": lazy_gettext("Asked the person in private"),
    "close_case": lazy_gettext("Closed the case"),
    "reopen_case": lazy_gettext("Opened the case again"),
    "plan_way_on": lazy_gettext("Looked at, or recorded, how it may go on"),
    "view_accesses": lazy_gettext("Looked at who has looked"),
    "do_task": lazy_gettext("Did a task"),
    "search": lazy_gettext("Searched by name"),
    "check_registered": lazy_gettext("Asked whether already registered"),
    "view_queue": lazy_gettext("Looked at the queue"),
    "view_today": lazy_gettext("Looked at the arrivals"),
    "view_tasks": lazy_gettext("Looked at tasks"),
    "view_board": lazy_gettext("Looked at the board"),
    "export_figures": lazy_gettext("Made figures"),
    "keep_agreements": lazy_gettext("Kept an agreement on exact figures"),
    "verify_log": lazy_gettext("Checked the log"),
    "view_packs": lazy_gettext("Read the rules"),
    "try_rules": lazy_gettext("Tried an invented person"),
    "propose_pack": lazy_gettext("Brought in rules"),
    "publish_pack": lazy_gettext("Published rules"),
    "reassess": lazy_gettext("Assessed again under new rules"),
    "manage_users": lazy_gettext("Managed accounts"),
    "manage_keys": lazy_gettext("Kept the keys"),
    "manage_network": lazy_gettext("Managed desks and posts"),
    "view_directory": lazy_gettext("Looked for services"),
    "keep_services": lazy_gettext("Kept the desk's services"),
    "name_focal_point": lazy_gettext("Named the focal point of an agency"),
    "view_reception": lazy_gettext("Looked at how full sites are"),
    "keep_sites": lazy_gettext("Kept sites and rooms"),
    "allow_overfull": lazy_gettext("Allowed more people than beds"),
    "place_person": lazy_gettext("Gave a bed, or looked for one"),
    "view_triage": lazy_gettext("Looked at what the person needs first"),
    "view_whereabouts": lazy_gettext("Looked at where the person sleeps"),
    "view_health": lazy_gettext("Looked at the system's health"),
    "see_to_letters": lazy_gettext("Saw to letters that had not arrived"),
    "use_own_session": lazy_gettext("Used a session"),
    "sign_in": lazy_gettext("Signed in"),
    "erase": lazy_gettext("Erased"),
    "attach_document": lazy_gettext("Kept a document"),
    "view_documents": lazy_gettext("Looked at the list of documents"),
    "read_document": lazy_gettext("Opened a document"),
    "record_request": lazy_gettext("Took what the person asked for"),
    "answer_request": lazy_gettext("Answered what the person asked"),
    "make_summary": lazy_gettext("Read the whole file out to the person"),
    "record_correction": lazy_gettext("Recorded a correction"),
    "view_retention": lazy_gettext("Looked at what is kept how long"),
    "keep_back": lazy_gettext("Kept the file from being erased, or let it go"),
    "propose_erasure": lazy_gettext("Proposed to erase"),
    "approve_erasure": lazy_gettext("Approved an erasure, or refused it"),
    "retain": lazy_gettext("Looked for files whose time is over"),
    "view_approvals": lazy_gettext("Looked at what waits for an approval"),
    "approve": lazy_gettext("Approved or refused what another account asked"),
    "break_glass": lazy_gettext("Opened a case without a rule"),
    "read_glass": lazy_gettext("Read the whole file without a rule"),
    "review_glass": lazy_gettext("Reviewed why a case was opened"),
    "review_alert": lazy_gettext("Looked into unusual reading"),
    "view_notes": lazy_gettext("Read the notes"),
    "write_note": lazy_gettext("Wrote a note"),
    "flag_case": lazy_gettext("Set or ended a flag"),
    "view_appointments": lazy_gettext("Looked at appointments"),
    "arrange_appointment": lazy_gettext("Arranged an appointment"),
    "issue_receipt_code": lazy_gettext("Gave the person a new receipt code"),
    "see_own_state": lazy_gettext("Looked how things stand, with the receipt code"),
    "ask_for_own_right": lazy_gettext("Asked with the receipt code"),
    "view_complaints": lazy_gettext("Looked at the list of complaints"),
    "answer_complaint": lazy_gettext("Read or answered a complaint"),
    "arrange_task": lazy_gettext("Gave a task to somebody, or let it rest"),
    "hand_over_work": lazy_gettext("Handed over the work of somebody absent"),
    "compare_records": lazy_gettext("Compared two records"),
    "merge_records": lazy_gettext("Said that two records are of one person, or not"),
    "view_tracing": lazy_gettext("Looked at a search for family"),
    "trace": lazy_gettext("Looked for family"),
    "view_child_forms": lazy_gettext("Read the forms on a child"),
    "fill_child_form": lazy_gettext("Filled in a form on a child"),
    "write": lazy_gettext("Wrote"),
}
#: Rows of the retention schedule (config/data/retention.csv), and from when they run.
PROFILES_OF_SCHEDULE = {
    "contact": lazy_gettext("How to reach the person"),
    "no_need": lazy_gettext("No need found"),
    "left": lazy_gettext("Left unfinished"),
    "usual": lazy_gettext("Any other file"),
    "child": lazy_gettext("A child alone"),
    "asylum": lazy_gettext("Asks for asylum"),
    "trafficked": lazy_gettext("Trafficked"),
    "trafficked_child": lazy_gettext("A child that was trafficked"),
}
SCHEDULE_STARTS = {
    "closed": lazy_gettext("after the case is closed"),
    "screened": lazy_gettext("after the screening"),
    "changed": lazy_gettext("after anybody last worked on it"),
}
#: Sealed fields, as the log names them.
OPENED = {
    "person.names": lazy_gettext("names"),
    "person.birth": lazy_gettext("birth"),
    "person.traits": lazy_gettext("sex, nationality, languages"),
    "person.documents": lazy_gettext("documents"),
    "person.contact": lazy_gettext("contact"),
    "arrival.circumstances": lazy_gettext("circumstances of arrival"),
    "membership.claim": lazy_gettext("companions"),
    "kin_link.claim": lazy_gettext("claimed relationships"),
    "no_contact.content": lazy_gettext("from whom somebody is kept"),
    "consent.terms": lazy_gettext("consent"),
    "case_file.urgent_needs": lazy_gettext("urgent needs"),
    "case_file.information": lazy_gettext("what the person was told"),
    "answer.statements": lazy_gettext("answers"),
    "turned_screen.content": lazy_gettext("what was asked on a turned screen"),
    "assessment.content": lazy_gettext("assessment"),
    "hold.content": lazy_gettext("safeguards"),
    "need.content": lazy_gettext("needs"),
    "deadline.content": lazy_gettext("deadlines"),
    "task.detail": lazy_gettext("a task"),
    "referral.content": lazy_gettext("a referral"),
    "referral.outcome": lazy_gettext("an outcome"),
    "referral_question.asks": lazy_gettext("what a desk asked"),
    "referral_question.answer": lazy_gettext("what the sender answered"),
    "packet.needs": lazy_gettext("what is needed"),
    "packet.identity": lazy_gettext("who it is"),
    "document.identity": lazy_gettext("documents on identity"),
    "document.protection": lazy_gettext("documents on protection"),
    "document.medical": lazy_gettext("medical documents"),
    "document.legal": lazy_gettext("legal documents"),
    "person_request.says": lazy_gettext("what the person asked"),
    "person_request.answer": lazy_gettext("what was answered"),
    "correction.content": lazy_gettext("corrections"),
    "stay.detail": lazy_gettext("where the person sleeps"),
    "kept_back.reason": lazy_gettext("why the file is kept back"),
    "way_on.content": lazy_gettext("how it may go on"),
    "reopening.reason": lazy_gettext("why the case was opened again"),
    "case_note.shared": lazy_gettext("notes"),
    "case_note.protected": lazy_gettext("notes for protection"),
    "appointment.content": lazy_gettext("appointments"),
    "task_care.reason": lazy_gettext("why a task rests"),
    "task_change_row.before": lazy_gettext("how a task stood before"),
    "case_flag.content": lazy_gettext("flags"),
    "tracing_request.content": lazy_gettext("who is looked for"),
    "tracing_candidate.content": lazy_gettext("who it may be"),
    "case_form.content": lazy_gettext("forms that were filled in"),
    "person_merge.content": lazy_gettext("why two records are of one person"),
}


def word(words: Mapping[Any, Any], code: object) -> str:
    """The word of a code; the code itself where a vocabulary has grown and its word has not."""
    return str(words.get(str(code), code))


def named(names: Names) -> str:
    """A name by language, in the reader's; else in English, else in whichever there is."""
    return in_own(names)
