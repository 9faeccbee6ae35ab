"""The leaflet of rights: what is told before the questions, to read again and to print, with its version."""

from __future__ import annotations

from typing import Any

from flask import render_template

from app.locale import current_language, language_of
from app.web.border.words import INFORM, said
from app.web.person.routes import blueprint
from app.web.person.visiting import to_the_door, visit_of
from app.web.pictograms import pictogram_of
from app.work import opens
from workflows import own_state
from workflows.policy import Act
from workflows.rules.pack import Pack
from workflows.work import Work


@blueprint.get("/rights")
@opens(Act.SEE_OWN_STATE, signed_out=True, alone=True)
def rights(work: Work) -> Any:
    """The leaflet in the reader's language, and which version the person was told."""
    visit = visit_of(work)
    if visit is None:
        return to_the_door()
    told = own_state.told(work, visit)
    pack = work.shelf.get(told.pack, work.now.date())
    own = language_of(_code(pack))
    return render_template(
        "person/leaflet.html",
        sentences=[
            (said(pack, text_id, own.code), pictogram_of("inform", text_id.removeprefix(INFORM)))
            for text_id in pack.texts["en"]
            if text_id.startswith(INFORM)
            and text_id not in {f"{INFORM}title", f"{INFORM}understood"}
        ],
        title=said(pack, f"{INFORM}title", own.code),
        own=own,
        version=pack.version,
        told=told,
    )


def _code(pack: Pack) -> str:
    """The reader's language where the pack speaks it, else English."""
    code = current_language().code
    return code if f"{INFORM}title" in pack.texts.get(code, {}) else "en"
