"""Every page of the product, who looks at it, and by which links they get there in the demonstration.

A route that answers GET is either here or among what is left out, with its reason (test_ways.py).
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Way:
    """`who` opens `start` and follows the first links that lead to these endpoints in turn.

    `who` is an account of the demonstration, `person` (with a receipt's code), or `nobody`.
    `alone`: the page ends or changes its session, so that it gets one of its own.
    """

    who: str
    start: str
    via: tuple[str, ...] = ()
    alone: bool = False


def _way(who: str, start: str, *via: str, alone: bool = False) -> Way:
    return Way(who, start, via, alone)


_CASE = ("officer", "/today", "border.case")
_CARE = ("child", "/care/{kept}")
_WAITING = ("asylum", "/referrals", "protection.referral")

WAYS: dict[str, Way] = {
    "session.sign_in": _way("nobody", "/sign-in"),
    "session.unlock": _way("officer", "/unlock", alone=True),
    "session.leave": _way("officer", "/leave", alone=True),
    "account.overview": _way("officer", "/account/"),
    "account.password": _way("officer", "/account/"),
    "account.new_passkey": _way("officer", "/account/passkeys/new"),
    "account.prove": _way("officer", "/account/prove"),
    # A border official
    "border.today": _way("officer", "/today"),
    "border.register": _way("officer", "/register"),
    "border.search": _way("officer", "/search"),
    "border.tasks": _way("officer", "/tasks"),
    "border.case": _way("officer", "/today"),
    "border.now": _way(*_CASE),
    "border.inform": _way(*_CASE),
    "border.ask": _way(*_CASE),
    "border.turn": _way(*_CASE, "border.ask", "border.ask"),
    "border.outcome": _way(*_CASE, "border.ask"),
    "border.preview": _way(*_CASE, "border.ask", "border.outcome"),
    "border.receipt": _way(*_CASE, "border.ask"),
    "border.alike": _way(*_CASE),
    "border.documents": _way(*_CASE),
    "border.person_file": _way(*_CASE),
    "border.take_request": _way(*_CASE),
    "border.new_code": _way(*_CASE, "border.take_request"),
    "border.proposals": _way("officer", "/tasks"),
    "border.consents": _way(*_CASE),
    "border.renew_consent": _way(*_CASE, "border.consents"),
    "border.take_back_consent": _way(*_CASE, "border.consents"),
    "border.register_group": _way("officer", "/register/group"),
    "border.group": _way(*_CASE),
    "border.add_member": _way(*_CASE, "border.group"),
    "border.change_link": _way(*_CASE, "border.group"),
    "border.question": _way("officer", "/cases/{asked}/question"),
    # A protection officer
    "protection.queue": _way("asylum", "/referrals"),
    "protection.referral": _way("asylum", "/referrals"),
    "protection.ask": _way(*_WAITING),
    "protection.pass_on": _way(*_WAITING),
    "protection.refuse": _way(*_WAITING),
    "protection.wait": _way(*_WAITING),
    "protection.taken": _way("child", "/care"),
    "protection.care_file": _way("child", "/care"),
    "protection.accesses": _way(*_CARE),
    "protection.notes": _way(*_CARE),
    "protection.correct_note": _way(*_CARE, "protection.notes"),
    "protection.flags": _way(*_CARE),
    "protection.appointments_of": _way(*_CARE),
    "protection.move_appointment": _way(*_CARE, "protection.appointments_of"),
    "protection.appointment_slip": _way(*_CARE, "protection.appointments_of"),
    "protection.merges": _way("child", "/care"),
    "protection.merge": _way("child", "/same-person"),
    "protection.same_person": _way("child", "/care", "protection.care_file"),
    "protection.pair": _way("child", "/care", "protection.care_file", "protection.same_person"),
    "protection.tracings": _way("child", "/care", "protection.care_file"),
    "protection.tracing": _way("child", "/care", "protection.care_file", "protection.tracings"),
    "protection.candidate": _way(
        "child", "/care", "protection.care_file", "protection.tracings", "protection.tracing"
    ),
    "protection.group": _way("child", "/care", "protection.care_file"),
    "protection.change_link": _way("child", "/care", "protection.care_file", "protection.group"),
    "protection.day": _way("child", "/appointments"),
    "protection.desk_tasks": _way("child", "/desk/tasks"),
    "protection.reception": _way("child", "/reception"),
    "protection.room": _way("child", "/reception"),
    "protection.change_room": _way("child", "/reception", "protection.room"),
    "protection.new_room": _way("child", "/reception"),
    "protection.new_site": _way("child", "/reception"),
    "protection.bed": _way("child", "/reception"),
    "protection.where_they_sleep": _way(*_CARE),
    "protection.ways_on": _way(*_CARE),
    "protection.child": _way(*_CARE),
    "protection.child_form": _way(*_CARE, "protection.child"),
    "supervision.partners": _way("supervisor", "/figures"),
    "protection.way_on": _way(*_CARE, "protection.ways_on"),
    "protection.decide": _way("asylum", "/care", "protection.care_file"),
    "protection.documents": _way(*_CARE),
    "protection.person_file": _way(*_CARE),
    "protection.person_requests": _way(*_CARE),
    "protection.answer_request": _way(*_CARE, "protection.person_requests"),
    "protection.begin_interview": _way("specialist", "/care/{begun}/interview/begin"),
    "protection.interview": _way("specialist", "/care/{begun}/interview"),
    "protection.glass": _way("child", "/glass"),
    "protection.glass_file": _way("child", "/glass/{glass}"),
    "directory.search": _way("officer", "/directory"),
    "directory.own": _way("child", "/services"),
    "directory.entry": _way("child", "/services"),
    "directory.new": _way("child", "/services"),
    # A supervisor
    "supervision.board": _way("supervisor", "/board"),
    "supervision.fairness": _way("supervisor", "/board"),
    "supervision.ways": _way("supervisor", "/board"),
    "supervision.cases": _way("monitor", "/accountability"),
    "supervision.clocks": _way("supervisor", "/clocks"),
    "supervision.desks": _way("supervisor", "/clocks"),
    "supervision.new_desk": _way("supervisor", "/clocks", "supervision.desks"),
    "supervision.question": _way("supervisor", "/clocks/{asked}/question"),
    "supervision.hand_over": _way("supervisor", "/clocks"),
    "supervision.reopen": _way("supervisor", "/clocks"),
    "supervision.focal_point": _way("supervisor", "/clocks"),
    "supervision.occupancy": _way("supervisor-child", "/clocks"),
    "supervision.overfull": _way("supervisor-child", "/occupancy"),
    "supervision.figures": _way("supervisor", "/figures"),
    "supervision.published_list": _way("supervisor", "/figures"),
    "supervision.published_period": _way("supervisor", "/figures/published"),
    "supervision.reports_list": _way("supervisor", "/figures"),
    "supervision.report_page": _way("supervisor", "/figures/reports"),
    "supervision.rules": _way("supervisor", "/rules"),
    "supervision.rule_pack": _way("supervisor", "/rules"),
    "supervision.try_person": _way("supervisor", "/rules", "supervision.rule_pack"),
    "supervision.keeping": _way("supervisor", "/keeping"),
    "supervision.accountability": _way("supervisor", "/accountability"),
    "supervision.checkpoint": _way("supervisor", "/accountability"),
    "supervision.watching": _way("supervisor2", "/watching"),
    "supervision.complaints": _way("monitor", "/complaints"),
    "supervision.complaint": _way("monitor", "/complaints"),
    # An administrator
    "administration.users": _way("admin", "/users"),
    "administration.new_user": _way("admin", "/users/new"),
    "administration.change_role": _way("admin", "/users"),
    "administration.issue_token": _way("admin", "/users"),
    "administration.network": _way("admin", "/network"),
    "administration.desk": _way("admin", "/network"),
    "administration.focal_point": _way("admin", "/network"),
    "administration.health": _way("admin", "/health"),
    "administration.key_orders_page": _way("admin", "/key-orders"),
    "administration.new_key_order": _way("admin", "/key-orders"),
    "administration.letters_outside": _way("admin", "/letters-outside"),
    "supervision.versions": _way("admin", "/rules", "supervision.rule_pack"),
    "supervision.version": _way("admin", "/rules", "supervision.rule_pack", "supervision.versions"),
    "supervision.new_version": _way(
        "admin", "/rules", "supervision.rule_pack", "supervision.versions"
    ),
    "supervision.new_version_from_file": _way(
        "admin", "/rules", "supervision.rule_pack", "supervision.versions"
    ),
    # A person with a receipt
    "session.accessibility": _way("nobody", "/accessibility"),
    "person.enter": _way("nobody", "/person"),
    "person.state": _way("person", "/person/state"),
    "person.rights": _way("person", "/person/state"),
    "person.ask": _way("person", "/person/state"),
    "person.leave": _way("person", "/person/leave", alone=True),
}

#: Addresses that answer GET and show no page of their own, or none that the demonstration has; and why.
LEFT_OUT: dict[str, str] = {
    "protection.child_pdf": "the form as PDF, compared with its golden file",
    "session.home": "redirects to the first page of a role",
    "session.awake": "answers without a page while somebody types",
    "session.healthz": "a word for whoever watches the process",
    "session.passkey_request": "JSON for the browser's passkey",
    "account.passkey_options": "JSON for the browser's passkey",
    "alone.screen": "the person's own screen, while it is turned: looked at in test_turned_journey.py",
    "account.owed": "redirects to what a new account must choose first",
    "account.go_on": "goes on with an act that was held back: looked at in test_sign_in_journey.py",
    "federation.begin": "redirects to a provider, which the demonstration has none of",
    "federation.back": "the way back from that provider",
    "border.scenarios": "on the training ground only: looked at in test_training_journey.py",
    "border.one_scenario": "on the training ground only: looked at in test_training_journey.py",
    "protection.lift": "needs a safeguard whose answers changed: looked at in test_decision_journey.py",
    "supervision.publish_version": "needs a second administrator: looked at in test_rules_journey.py",
    "border.document": "a file, no page",
    "protection.document": "a file, no page",
    "protection.bed_of_referral": "redirects from a case file to its bed",
    "protection.referral_form": "a file, no page",
    "supervision.certificate": "a file, no page",
    "supervision.bring_back": "needs a version that was in force before: looked at in test_rules_journey.py",
}

#: What is also looked at enlarged, in high contrast and without motion.
MAIN = (
    "session.sign_in",
    "border.today",
    "border.register",
    "border.now",
    "border.ask",
    "border.outcome",
    "border.preview",
    "border.receipt",
    "protection.queue",
    "protection.referral",
    "protection.care_file",
    "supervision.board",
    "supervision.figures",
    "administration.users",
    "person.enter",
    "person.state",
)
