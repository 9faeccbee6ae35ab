"""The rules in force as sentences with their sources, for everybody who may ask why."""

from __future__ import annotations

from typing import Any

from flask import g, render_template, request
from flask_babel import gettext

from app.locale import current_language
from app.web.office_words import ACTIONS, AGENCY_KINDS, CLOCKS, FUNCTIONS, named, word
from app.web.supervision.routes import blueprint
from app.work import opens
from workflows import rulebook
from workflows.policy import Act, role_may
from workflows.rules.pack import Pack
from workflows.rules.sentences import condition_says
from workflows.work import Work

PARTS = ("profiles", "holds", "needs", "deadlines", "bodies", "sources")


@blueprint.get("/rules")
@opens(Act.VIEW_PACKS)
def rules(work: Work) -> str:
    """Which packs are in force."""
    g.place = "supervision.rules"
    return render_template("supervision/rules.html", packs=rulebook.packs(work))


@blueprint.get("/rules/<code>")
@opens(Act.VIEW_PACKS)
def rule_pack(work: Work, code: str) -> str:
    """One part of one pack, in the reader's language."""
    g.place = "supervision.rules"
    pack = rulebook.pack(work, code)
    part = request.args.get("part", PARTS[0])
    if part not in PARTS:
        part = PARTS[0]
    language = current_language().code
    return render_template(
        "supervision/pack.html",
        pack=pack,
        part=part,
        parts=_parts(),
        may_try=role_may(work.actor.role, Act.TRY_RULES),
        text=lambda name: pack.text(name, language),
        said=lambda condition: condition_says(pack, condition, language),
        rules_of=lambda profile: [r for r in pack.rules.values() if r.profile == profile],
        sources=lambda row: [(code, _source(pack, code, language)) for code in row.source],
        basis=_basis(),
        strength=_strengths(),
        untranslated=len(pack.missing(language)),
        named=named,
        body_word=lambda code: word(FUNCTIONS, code),
        kind_word=lambda code: word(AGENCY_KINDS, code),
        clock_word=lambda code: word(CLOCKS, code),
        action_word=lambda code: word(ACTIONS, code),
        routes_of=lambda need: _routes(pack, need),
        starts=lambda starter: _starts(pack, starter, language),
        **_units(),
    )


def _parts() -> dict[str, str]:
    return {
        "profiles": gettext("Profiles and what speaks for them"),
        "holds": gettext("Safeguards"),
        "needs": gettext("Needs"),
        "deadlines": gettext("Deadlines"),
        "bodies": gettext("Authorities and agencies"),
        "sources": gettext("Sources"),
    }


def _source(pack: Pack, code: str, language: str) -> str:
    try:
        return pack.text(f"source.{code}", language)
    except KeyError:
        return code


def _basis() -> dict[str, str]:
    return {
        "V": gettext("confirmed at the source"),
        "K": gettext("known, source not read again"),
        "?": gettext("to be confirmed"),
    }


def _strengths() -> dict[str, str]:
    return {
        "key": gettext("suffices alone"),
        "strong": gettext("strong"),
        "medium": gettext("medium"),
        "weak": gettext("weak"),
    }


def _routes(pack: Pack, need: str) -> list[tuple[str, str]]:
    """(agency, area) in the order in which they are asked."""
    rows = sorted((r for r in pack.routes if r.need == need), key=lambda r: (r.area, r.order))
    return [(named(pack.agencies[row.agency].names), row.area) for row in rows]


def _starts(pack: Pack, starter: Any, language: str) -> str:
    """What a clock starts with, in the pack's words."""
    try:
        text = pack.text(f"{starter.kind}.{starter.id}", language)
    except KeyError:
        text = starter.id.replace("_", " ")
    return text


def _units() -> dict[str, Any]:
    words = {
        "minutes": gettext("minutes"),
        "hours": gettext("hours"),
        "calendar days": gettext("calendar days"),
        "working days": gettext("working days"),
        "months": gettext("months"),
    }

    def amount(count: int, unit: str) -> str:
        if count == 0:
            return gettext("at once")
        return f"{count} {words.get(unit, unit)}"

    return {"amount": amount}
