"""What desks do with a case day by day: notes, flags, appointments, and why work rests."""

from __future__ import annotations

from enum import StrEnum


class NoteAudience(StrEnum):
    """Who reads a note: the desk that wrote it, every desk that holds the case, or civil desks alone."""

    OWN_DESK = "own_desk"
    HOLDERS = "holders"
    PROTECTION = "protection"


class Withheld(StrEnum):
    """Why a note is not read out to the person (Regulation (EU) 2016/679 articles 15(4) and 23)."""

    OTHERS_RIGHTS = "others_rights"
    OWN_SAFETY = "own_safety"
    INVESTIGATION = "investigation"


class FlagKind(StrEnum):
    """What whoever meets the person must heed. An instruction, never a profile."""

    INTERPRETER = "interpreter"
    FEMALE_OFFICER = "female_officer"
    MALE_OFFICER = "male_officer"
    NO_UNIFORM = "no_uniform"
    WITH_GUARDIAN = "with_guardian"
    APART_FROM_COMPANION = "apart_from_companion"
    DO_NOT_PHONE = "do_not_phone"
    DO_NOT_TELL_FAMILY = "do_not_tell_family"
    STEP_FREE = "step_free"
    MEDICINE = "medicine"
    SHORT_TALKS = "short_talks"
    OTHER = "other"


class AppointmentState(StrEnum):
    """What became of an appointment. One that was moved has another in its place."""

    PLANNED = "planned"
    KEPT = "kept"
    MISSED = "missed"
    MOVED = "moved"
    CALLED_OFF = "called_off"


class Bring(StrEnum):
    """What to bring along. Neutral: it is printed on a slip that anybody may find."""

    SLIP = "slip"
    PAPERS = "papers"
    PHOTOGRAPHS = "photographs"
    PHONE = "phone"
    MEDICINE = "medicine"
    CHILDREN = "children"
    FAMILY = "family"
    WARM_CLOTHES = "warm_clothes"


class TaskChangeKind(StrEnum):
    """What was done to some tasks at once; each can be undone in the session in which it was done."""

    ASSIGN = "assign"
    SNOOZE = "snooze"
    WAKE = "wake"
