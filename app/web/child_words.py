"""The words of the forms on a child alone, and a filling as rows to show, print and typeset."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext

from app.web.office_words import word
from workflows.child_fields import FORMS, FormField, FormKind

TITLES = {
    FormKind.REGISTRATION: lazy_gettext("Registration of a child alone"),
    FormKind.CARE: lazy_gettext("Care arrangement"),
    FormKind.ASSESSMENT: lazy_gettext("Best-interests assessment"),
    FormKind.DETERMINATION: lazy_gettext("Best-interests determination"),
}
HEADINGS = {
    "identity": lazy_gettext("Who the child is"),
    "status": lazy_gettext("Alone or separated"),
    "family": lazy_gettext("Family"),
    "separation": lazy_gettext("How they were separated"),
    "wishes": lazy_gettext("What the child wishes"),
    "concerns": lazy_gettext("What to protect from"),
    "consent": lazy_gettext("Consent, and what must be withheld"),
    "end": lazy_gettext("End of the work"),
    "care": lazy_gettext("Who cares for the child"),
    "asked": lazy_gettext("Who was heard"),
    "looked_at": lazy_gettext("What was looked at"),
    "before": lazy_gettext("Before the determination"),
    "options": lazy_gettext("What was weighed"),
    "found": lazy_gettext("What was found"),
    "done": lazy_gettext("Finished"),
}
LABELS = {
    "nickname": lazy_gettext("Nickname"),
    "ethnicity": lazy_gettext("Ethnic origin"),
    "age_estimated": lazy_gettext("Is the age estimated?"),
    "id_numbers": lazy_gettext("Other numbers (proGres, ICRC)"),
    "status": lazy_gettext("The child is"),
    "mother_name": lazy_gettext("Mother's name"),
    "mother_life": lazy_gettext("Is the mother alive?"),
    "mother_address": lazy_gettext("Mother's last address"),
    "father_name": lazy_gettext("Father's name"),
    "father_life": lazy_gettext("Is the father alive?"),
    "father_address": lazy_gettext("Father's last address"),
    "siblings": lazy_gettext("Brothers and sisters"),
    "caregivers": lazy_gettext("Who cared for the child before"),
    "separated_on": lazy_gettext("When they were separated"),
    "separated_at": lazy_gettext("Where they were separated"),
    "causes": lazy_gettext("Why they were separated"),
    "wants_tracing": lazy_gettext("Does the child wish that family is looked for?"),
    "whom_to_trace": lazy_gettext("Whom to look for"),
    "live_with": lazy_gettext("With whom the child wishes to live"),
    "concerns": lazy_gettext("Concerns for the child's protection"),
    "needs_codes": lazy_gettext("UNHCR codes of specific needs"),
    "consent_by": lazy_gettext("Who consented"),
    "consent_case": lazy_gettext("To the work on the case"),
    "consent_figures": lazy_gettext("To figures without names"),
    "consent_tracing": lazy_gettext("To telling what tracing needs"),
    "consent_named": lazy_gettext("To telling others: whom"),
    "withhold_what": lazy_gettext("What must be withheld"),
    "withhold_from": lazy_gettext("From whom"),
    "withhold_why": lazy_gettext("Why it must be withheld"),
    "end": lazy_gettext("Why the work ended"),
    "arrangement": lazy_gettext("The child lives"),
    "since": lazy_gettext("Since when"),
    "carer": lazy_gettext("Name of the carer"),
    "carer_relation": lazy_gettext("What the carer is to the child"),
    "carer_address": lazy_gettext("Where"),
    "link": lazy_gettext("The link to the carer is"),
    "child_says": lazy_gettext("What the child says of it"),
    "looked_into": lazy_gettext("What was checked, when and by whom"),
    "heard_child": lazy_gettext("The child was heard"),
    "heard_alone": lazy_gettext("The child was heard alone"),
    "heard_carer": lazy_gettext("Whoever cares for the child was heard"),
    "heard_others": lazy_gettext("Others who know the child were heard"),
    "safety": lazy_gettext("Safety"),
    "health": lazy_gettext("Health"),
    "schooling": lazy_gettext("School and play"),
    "family_ties": lazy_gettext("Family and who is close"),
    "background": lazy_gettext("Language, culture, religion"),
    "care_now": lazy_gettext("The present care"),
    "risk": lazy_gettext("The risk is"),
    "childs_views": lazy_gettext("The child's own views"),
    "findings": lazy_gettext("Findings"),
    "follow_up": lazy_gettext("What follows, who does it, by when"),
    "assessment_done": lazy_gettext("An assessment is complete"),
    "guardian_took_part": lazy_gettext("The guardian took part"),
    "panel_of_three": lazy_gettext("At least three people of several bodies decide"),
    "no_interest": lazy_gettext("None of them has an interest in the outcome"),
    "options_named": lazy_gettext("Every option was named"),
    "tracing_result": lazy_gettext("What tracing found was before them"),
    "reception_checked": lazy_gettext("Reception was checked for each option"),
    "risks_weighed": lazy_gettext("Risks and follow-up of each option were weighed"),
    "decision_reasons": lazy_gettext("The decision and its reasons"),
    "review_on": lazy_gettext("When it is looked at again"),
    "complete": lazy_gettext("Everything above was done: it is complete"),
}
_YES = {"yes": lazy_gettext("Yes"), "no": lazy_gettext("No"), "unsure": lazy_gettext("Not known")}
_LIFE = {
    "alive": lazy_gettext("Alive"),
    "dead": lazy_gettext("Dead"),
    "unknown": lazy_gettext("Not known"),
}
#: Field -> the words of its choices.
CHOICES: Mapping[str, Mapping[str, Any]] = {
    **dict.fromkeys(("age_estimated", "wants_tracing"), _YES),
    **dict.fromkeys(("consent_case", "consent_figures", "consent_tracing"), _YES),
    **dict.fromkeys(("mother_life", "father_life"), _LIFE),
    "status": {
        "unaccompanied": lazy_gettext("Unaccompanied: without any adult responsible for them"),
        "separated": lazy_gettext("Separated: with relatives, not with parents or usual carer"),
    },
    "causes": {
        "conflict": lazy_gettext("Conflict"),
        "death": lazy_gettext("Death of a carer"),
        "family_violence": lazy_gettext("Violence in the family"),
        "lack_of_services": lazy_gettext("Lack of services"),
        "armed_group": lazy_gettext("Association with an armed group"),
        "illness": lazy_gettext("Illness in the family"),
        "entrusted": lazy_gettext("Entrusted to somebody"),
        "arrest": lazy_gettext("Arrest or detention"),
        "abandonment": lazy_gettext("Abandonment"),
        "repatriation": lazy_gettext("Repatriation"),
        "population_movement": lazy_gettext("Flight of many people"),
        "migration": lazy_gettext("Migration"),
        "poverty": lazy_gettext("Poverty"),
        "disaster": lazy_gettext("Disaster"),
        "divorce": lazy_gettext("Divorce or remarriage"),
        "other": lazy_gettext("Other"),
    },
    "consent_by": {
        "child": lazy_gettext("The child"),
        "parent": lazy_gettext("A parent"),
        "guardian": lazy_gettext("The guardian"),
        "other_adult": lazy_gettext("Another adult responsible for the child"),
        "nobody_yet": lazy_gettext("Nobody yet"),
    },
    "end": {
        "reunified": lazy_gettext("With the family again"),
        "durable_care": lazy_gettext("Lasting care was found"),
        "came_of_age": lazy_gettext("Came of age"),
        "transferred": lazy_gettext("Handed over to another body"),
        "left": lazy_gettext("Left, and is not reached"),
        "died": lazy_gettext("Died"),
        "other": lazy_gettext("Other"),
    },
    "arrangement": {
        "parents": lazy_gettext("With parents"),
        "step_parent": lazy_gettext("With a step-parent"),
        "customary_carer": lazy_gettext("With the carer by custom"),
        "adult_sibling": lazy_gettext("With an adult brother or sister"),
        "kinship": lazy_gettext("With relatives"),
        "foster": lazy_gettext("In a foster family"),
        "residential": lazy_gettext("In a home for children"),
        "kafala": lazy_gettext("In kafala"),
        "independent": lazy_gettext("On their own, with support"),
        "child_headed": lazy_gettext("In a household led by a child"),
        "unrelated_adult": lazy_gettext("With an adult who is no relative"),
        "none": lazy_gettext("Without any care"),
    },
    "link": {
        "verified": lazy_gettext("Verified"),
        "unverified": lazy_gettext("Not verified"),
        "pending": lazy_gettext("Being verified"),
        "falsely_attributed": lazy_gettext("Falsely attributed"),
        "rejected": lazy_gettext("Rejected"),
    },
    "risk": {
        "high": lazy_gettext("High"),
        "medium": lazy_gettext("Medium"),
        "low": lazy_gettext("Low"),
    },
}
Rows = list[tuple[str, list[str]]]


def sections_of(kind: FormKind, values: Mapping[str, Any]) -> list[tuple[str, Rows]]:
    """Headings with what is filled in, label and lines; parts without anything are left out."""
    found = []
    for heading, parts in FORMS[kind].items():
        rows = [
            (word(LABELS, field.code), _lines(field, values[field.code]))
            for field in parts
            if values.get(field.code)
        ]
        if rows:
            found.append((word(HEADINGS, heading), rows))
    return found


def _lines(field: FormField, value: Any) -> list[str]:
    if field.kind == "tick":
        return [word(_YES, "yes")]
    if field.kind in ("one", "many"):
        codes = value if isinstance(value, list) else [value]
        return [word(CHOICES[field.code], code) for code in codes]
    return str(value).splitlines()
