"""PURE. The forms on a child alone: fields of the inter-agency registration form, of care, of best interests.

Field set of the inter-agency form as the peers have it (domain.md 2.2). Identity, sex, birth, nationality and
languages are the registration's, and are not asked twice.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

LONG, SHORT = 1000, 200


class FormKind(StrEnum):
    """Which form."""

    REGISTRATION = "registration"
    CARE = "care"
    ASSESSMENT = "assessment"
    DETERMINATION = "determination"


@dataclass(frozen=True)
class FormField:
    """A field. `kind`: text, lines, one, many or tick; `choices`: codes of one and many."""

    code: str
    kind: str = "text"
    choices: tuple[str, ...] = ()
    required: bool = False


def _text(*codes: str) -> tuple[FormField, ...]:
    return tuple(FormField(code) for code in codes)


def _lines(*codes: str) -> tuple[FormField, ...]:
    return tuple(FormField(code, "lines") for code in codes)


def _ticks(*codes: str) -> tuple[FormField, ...]:
    return tuple(FormField(code, "tick") for code in codes)


LIFE = ("alive", "dead", "unknown")
YES_NO = ("yes", "no", "unsure")
CAUSES = (
    *("conflict", "death", "family_violence", "lack_of_services", "armed_group", "illness"),
    *("entrusted", "arrest", "abandonment", "repatriation", "population_movement", "migration"),
    *("poverty", "disaster", "divorce", "other"),
)
ARRANGEMENTS = (
    *("parents", "step_parent", "customary_carer", "adult_sibling", "kinship", "foster"),
    *("residential", "kafala", "independent", "child_headed", "unrelated_adult", "none"),
)
CONSENTERS = ("child", "parent", "guardian", "other_adult", "nobody_yet")
ENDS = ("reunified", "durable_care", "came_of_age", "transferred", "left", "died", "other")
LINKS = ("verified", "unverified", "pending", "falsely_attributed", "rejected")
RISKS = ("high", "medium", "low")

#: Form -> headings with their fields, in the order in which a child is asked.
FORMS: Mapping[FormKind, Mapping[str, tuple[FormField, ...]]] = {
    FormKind.REGISTRATION: {
        "identity": (
            *_text("nickname", "ethnicity"),
            FormField("age_estimated", "one", YES_NO),
            *_lines("id_numbers"),
        ),
        "status": (FormField("status", "one", ("unaccompanied", "separated"), required=True),),
        "family": (
            *_text("mother_name"),
            FormField("mother_life", "one", LIFE),
            *_text("mother_address", "father_name"),
            FormField("father_life", "one", LIFE),
            *_text("father_address"),
            *_lines("siblings", "caregivers"),
        ),
        "separation": (
            *_text("separated_on", "separated_at"),
            FormField("causes", "many", CAUSES),
        ),
        "wishes": (
            FormField("wants_tracing", "one", YES_NO),
            *_lines("whom_to_trace"),
            *_text("live_with"),
        ),
        "concerns": (*_lines("concerns"), *_text("needs_codes")),
        "consent": (
            FormField("consent_by", "one", CONSENTERS),
            FormField("consent_case", "one", YES_NO),
            FormField("consent_figures", "one", YES_NO),
            FormField("consent_tracing", "one", YES_NO),
            *_lines("consent_named", "withhold_what", "withhold_from", "withhold_why"),
        ),
        "end": (FormField("end", "one", ENDS),),
    },
    FormKind.CARE: {
        "care": (
            FormField("arrangement", "one", ARRANGEMENTS, required=True),
            *_text("since", "carer", "carer_relation", "carer_address"),
            FormField("link", "one", LINKS),
            *_lines("child_says", "looked_into"),
        ),
    },
    FormKind.ASSESSMENT: {
        "asked": _ticks("heard_child", "heard_alone", "heard_carer", "heard_others"),
        "looked_at": _ticks(
            "safety", "health", "schooling", "family_ties", "background", "care_now"
        ),
        "found": (
            FormField("risk", "one", RISKS, required=True),
            *_lines("childs_views", "findings", "follow_up"),
        ),
        "done": _ticks("complete"),
    },
    FormKind.DETERMINATION: {
        "before": _ticks("assessment_done", "guardian_took_part", "panel_of_three", "no_interest"),
        "options": _ticks("options_named", "tracing_result", "reception_checked", "risks_weighed"),
        "found": _lines("childs_views", "decision_reasons", "follow_up", "review_on"),
        "done": _ticks("complete"),
    },
}


def fields_of(kind: FormKind) -> tuple[FormField, ...]:
    """All fields of a form."""
    return tuple(field for part in FORMS[kind].values() for field in part)


def wrong(kind: FormKind, values: Mapping[str, Any]) -> str | None:
    """The code of the first field whose value cannot be kept; None where all can."""
    known = {field.code: field for field in fields_of(kind)}
    for code, value in values.items():
        if code not in known or not _fits(known[code], value):
            return code
    missing = (f.code for f in known.values() if f.required and not values.get(f.code))
    first = next(missing, None)
    if first is None and values.get("complete"):
        # A checklist is complete when everything on it was done.
        return next(
            (f.code for f in known.values() if f.kind == "tick" and not values.get(f.code)), None
        )
    return first


def _fits(field: FormField, value: object) -> bool:
    if value in (None, "", [], False):
        return True
    if field.kind == "tick":
        return value is True
    if field.kind == "many":
        return isinstance(value, list) and set(value) <= set(field.choices)
    if not isinstance(value, str):
        return False
    if field.kind == "one":
        return value in field.choices
    return len(value) <= (LONG if field.kind == "lines" else SHORT)
