"""Words of casework: who reads a note, what a flag asks for, what to bring to an appointment."""

from __future__ import annotations

from flask_babel import lazy_gettext

AUDIENCES = {
    "own_desk": lazy_gettext("My desk only"),
    "holders": lazy_gettext("Every desk that has the case in care"),
    "protection": lazy_gettext("Protection only"),
}
AUDIENCE_HINTS = {
    "own_desk": lazy_gettext("Nobody outside your desk opens it."),
    "holders": lazy_gettext("Also a police, border or security body, if it has the case in care."),
    "protection": lazy_gettext(
        "Desks that have the case in care, but no police, border or security body."
    ),
}
WITHHELD = {
    "others_rights": lazy_gettext("It would harm somebody else, or tell what they said in trust"),
    "own_safety": lazy_gettext("It would put the person in danger"),
    "investigation": lazy_gettext("The law forbids it while an inquiry runs"),
}
FLAGS = {
    "interpreter": lazy_gettext("Interpreter needed"),
    "female_officer": lazy_gettext("Speak to a woman only"),
    "male_officer": lazy_gettext("Speak to a man only"),
    "no_uniform": lazy_gettext("Nobody in uniform"),
    "with_guardian": lazy_gettext("Only with the guardian present"),
    "apart_from_companion": lazy_gettext("Apart from companions"),
    "do_not_phone": lazy_gettext("Do not phone"),
    "do_not_tell_family": lazy_gettext("Tell the family nothing"),
    "step_free": lazy_gettext("A place without steps"),
    "medicine": lazy_gettext("Needs medicine at fixed times"),
    "short_talks": lazy_gettext("Short talks, with breaks"),
    "other": lazy_gettext("Something else"),
}
APPOINTMENT_STATES = {
    "planned": lazy_gettext("Planned"),
    "kept": lazy_gettext("Kept"),
    "missed": lazy_gettext("Missed"),
    "moved": lazy_gettext("Moved"),
    "called_off": lazy_gettext("Called off"),
}
BRING = {
    "slip": lazy_gettext("This slip"),
    "papers": lazy_gettext("The papers that you have"),
    "photographs": lazy_gettext("Two photographs"),
    "phone": lazy_gettext("Your phone"),
    "medicine": lazy_gettext("The medicine that you take"),
    "children": lazy_gettext("Your children"),
    "family": lazy_gettext("Your family"),
    "warm_clothes": lazy_gettext("Warm clothes"),
}
TASK_CHANGES = {
    "assign": lazy_gettext("Give them to somebody"),
    "snooze": lazy_gettext("Let them rest"),
    "wake": lazy_gettext("Wake them"),
}
TASK_REFUSALS = {
    "gone": lazy_gettext("It is done, or not your desk's"),
    "changed": lazy_gettext("Somebody changed it since you opened the list"),
    "not_there": lazy_gettext("This officer does not work for its desk"),
    "beyond_deadline": lazy_gettext("A time limit ends before: it may not rest so long"),
}
