"""The closed word lists of the pack format (docs: rules.md 3.4), each in exactly one place.

What the database stores has its words in `models.vocabulary`; these are the words of pack files.
"""

from __future__ import annotations

from models.vocabulary import Grade, Urgency

KINDS = ("yes-no", "years", "quantity", "date", "choice", "several")
BASIS = ("V", "K", "?")
STRENGTHS = ("key", "strong", "medium", "weak")
STATUSES = ("draft", "testing", "in force", "retired")
RESTRICTED = ("gbv", "torture", "lgbtiq", "medical", "security")
ASKERS = ("border_official", "protection_officer")
FACT_PURPOSES = ("identity", "contact", "protection", "medical", "legal")
OPEN_LISTS = ("countries", "languages")
#: Treaties a country pack says its country is bound by or not (design: domain.md 5).
TREATIES = (
    "REFUGEE-1951",
    "REFUGEE-1967",
    "STATELESS-1954",
    "STATELESS-1961",
    "PALERMO-2000",
    "SMUGGLING-2000",
    "CRC",
    "CAT",
    "ICCPR",
    "ICRMW",
    "CEDAW",
    "CRPD",
    "COE-THB",
)
TREATY_STATUSES = ("party", "party with limits", "signed", "not party")
#: How a country decides who is a refugee: by law, not at all, or without a law.
ASYLUM_PROCEDURES = ("statutory", "none", "de facto")
#: Named formulas of `computed.py` and the kind of fact that each gives.
COMPUTED = {
    "age_from_birth": "years",
    "days_since_arrival": "quantity",
    "mandatory_answered": "yes-no",
    **{f"bound by {treaty}": "yes-no" for treaty in TREATIES},
}
FUNCTIONS = (
    "asylum",
    "trafficking",
    "child",
    "statelessness",
    "migration",
    "labour",
    "health",
    "mhpss",
    "legal_aid",
    "tracing",
    "security",
    "un_refugee",
    "un_migration",
    "accommodation",
    "relief",
    "interpreter",
    "consular",
    "gbv",
    "disability",
    "civil_registry",
    "returns",
    "border",
    "police",
)
PACKET_FIELDS = (
    "name",
    "own_script_name",
    "other_names",
    "sex",
    "birth",
    "age",
    "nationality",
    "ethnicity",
    "religion",
    "languages",
    "interpreter",
    "documents",
    "contact",
    "location",
    "route",
    "group",
    "arrival",
    "photo",
    "urgent_needs",
)
EVENTS = (
    "arrived",
    "asylum_request",
    "registered",
    "certificate_issued",
    "decision_served",
    "referral_sent",
    "interview",
    "identified",
    "detained",
    "incident",
    "return_ordered",
    "application",
)
ESCALATE_TO = ("assignee", "supervisor", "focal_point")
DURATION_UNITS = ("minutes", "hours", "calendar days", "working days", "months")
CHANNELS = ("desk", "email", "phone", "paper")
POST_KINDS = ("road", "rail", "air", "river", "sea", "inland", "foot")
SOURCE_KINDS = ("treaty", "law", "guidance", "case", "report", "engineering")
FACT_GROUPS = ("protection", "other", "security")

#: Grades and urgencies from the least to the most; an index is a level.
GRADES = (Grade.NOT_INDICATED, Grade.OPEN, Grade.POSSIBLE, Grade.PRESUMED)
URGENCIES = (Urgency.ROUTINE, Urgency.SOON, Urgency.NOW)
