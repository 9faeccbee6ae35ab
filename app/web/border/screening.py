"""Now and Inform: one look at urgent needs, and telling the person what the questions are for."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from flask import g, redirect, render_template, request, url_for
from flask_babel import lazy_gettext

from app.locale import current_language, language_of
from app.schemas.screening import InformationSchema, UrgentNeedsSchema
from app.web.border.likeness import words_of
from app.web.border.registration import elsewhere_words
from app.web.border.routes import blueprint
from app.web.border.words import INFORM, person_language, said, speaking
from app.web.fields import SelectField, SubmitField
from app.web.forms.base import PageForm
from app.web.forms.border import NOTHING_SEEN, NowForm, languages
from app.web.forms.telling import how_told, interpreter, understood
from app.web.pictograms import pictogram_of
from app.work import opens
from workflows import casenumbers, post_lists, post_screening, screening
from workflows.policy import Act
from workflows.post_screening import InformShown
from workflows.rules.pack import Pack
from workflows.work import Work


class InformForm(PageForm):
    """How the person was told."""

    language = SelectField(
        lazy_gettext("Language"),
        choices=languages,
        required=lazy_gettext("Choose the language in which the person was told."),
    )
    how = how_told()
    interpreter = interpreter(
        lazy_gettext("Who interpreted"),
        hint=lazy_gettext("Never a companion: it may be the one who is feared."),
        officer=lazy_gettext("An officer of this post"),
        required=lazy_gettext("Choose who interpreted."),
    )
    understood = understood()
    submit = SubmitField(lazy_gettext("The person was told: go on to the questions"))


@blueprint.route("/cases/<number>/now", methods=["GET", "POST"])
@opens(Act.RECORD_URGENT_NEEDS, typed=True)
def now(work: Work, number: str) -> Any:
    """The eight ticks, before any question."""
    page = post_screening.now_page(work, number)
    if request.method == "GET":
        form = NowForm(seen=page.seen)
    else:
        form = NowForm()
        seen = [tick for tick in form.seen.data if tick != NOTHING_SEEN]
        command = form.checked(UrgentNeedsSchema(), {"case_number": number, "seen": seen})
        if command is not None:
            screening.record_urgent_needs(work, command)
            return redirect(url_for("border.inform", number=number), 303)
    shown = casenumbers.show(page.number)
    answer = post_screening.registered_as(work, page.number, _uuid(request.args.get("made")))
    text = render_template(
        "border/now.html", form=form, number=shown, page=page, hints=_hints(answer),
        registered=answer is not None, elsewhere=elsewhere_words((answer or {}).get("elsewhere", 0)),
    )  # fmt: skip
    return text, 200 if request.method == "GET" else 422


def _uuid(text: str | None) -> UUID | None:
    try:
        return UUID(text or "")
    except ValueError:
        return None


def _hints(answer: Any) -> list[dict[str, Any]]:
    return [
        {
            "number": casenumbers.show(hint["number"]),
            "day": date.fromisoformat(hint["day"]),
            "reasons": words_of(hint["reasons"]),
        }
        for hint in (answer or {}).get("hints", ())
    ]


@blueprint.route("/cases/<number>/inform", methods=["GET", "POST"])
@opens(Act.INFORM, typed=True)
def inform(work: Work, number: str) -> Any:
    """What the person must be told, in their language beside the officer's; then record it."""
    page = post_screening.inform_page(work, number)
    g.post = post_lists.own_post(work)
    form = _inform_form(page)
    if request.method == "POST":
        data = {
            "case_number": number,
            "language": form.language.data or "",
            "how": form.how.data or "",
            "interpreter": form.interpreter.data or "",
            "understood": form.understood.data == "yes",
        }
        command = form.checked(InformationSchema(), data)
        if command is not None:
            screening.inform(work, command)
            larger = "1" if request.args.get("large") == "1" else None
            return redirect(url_for("border.ask", number=number, large=larger), 303)
    text = render_template(
        "border/inform.html",
        form=form,
        page=page,
        number=casenumbers.show(page.number),
        **_texts(page),
        large=request.args.get("large") == "1",
    )
    return text, 200 if request.method == "GET" else 422


def _inform_form(page: InformShown) -> InformForm:
    if request.method == "POST":
        return InformForm()
    told = page.information or {}
    first = page.languages[0] if page.languages else None
    return InformForm(
        language=told.get("language") or first,
        how=told.get("how"),
        interpreter=told.get("interpreter"),
        understood={True: "yes", False: "no"}.get(told.get("understood")),  # type: ignore[arg-type]  # None is no key
    )


def _texts(page: InformShown) -> dict[str, Any]:
    """The sentences in the person's language and in the officer's, in the pack's order."""
    told = page.information or {}
    spoken = told.get("language") or (page.languages[0] if page.languages else None)
    own = person_language(spoken, page.pack, INFORM)
    wanted = request.args.get("text")
    offered = speaking(page.pack, INFORM)
    chosen = wanted if wanted in offered else (own.code if own else None)
    return {
        "sentences": sentences(page.pack, chosen),
        "own": language_of(chosen) if chosen else current_language(),
        "missing": own is None and wanted not in offered,
        "offered": [language_of(code) for code in offered],
        "spoken": spoken,
    }


def sentences(pack: Pack, code: str | None) -> list[tuple[str, str | None, str | None]]:
    """(in the person's language, in the officer's where that is another, drawing) of every text to tell."""
    officer = current_language().code
    found = []
    for text_id in _inform_ids(pack):
        own = said(pack, text_id, code) or ""
        beside = said(pack, text_id, officer)
        drawn = pictogram_of("inform", text_id.removeprefix(INFORM))
        found.append((own, beside if code not in (None, officer) else None, drawn))
    return found


def _inform_ids(pack: Pack) -> list[str]:
    return [
        text_id
        for text_id in pack.texts["en"]
        if text_id.startswith("text.inform.") and text_id != "text.inform.title"
    ]
