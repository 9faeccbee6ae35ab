"""Turning the screen: the official hands it over, and sees afterwards that it was answered, not what."""

from __future__ import annotations

from typing import Any

from flask import g, redirect, render_template, request, url_for
from flask_babel import gettext, lazy_gettext

from app.locale import language_of
from app.web.alone.pages import hand_over
from app.web.border.routes import blueprint
from app.web.border.words import ALONE, said, speaking, text_language
from app.web.fields import Choices, ConfirmField, SelectField, SubmitField, add_errors
from app.web.forms.base import PageForm
from app.work import opens
from workflows import casenumbers, turned
from workflows.errors import InvalidCommand
from workflows.policy import Act
from workflows.turned import TurnScreen, TurnShown
from workflows.work import Work

_LONGEST = 60


class TurnForm(PageForm):
    """In which language, and how large."""

    language = SelectField(
        lazy_gettext("Language of the screen"),
        choices=lambda: Choices(g.screen_languages),
        required=lazy_gettext("Choose the language of the screen."),
    )
    large = ConfirmField(lazy_gettext("In larger type"))
    submit = SubmitField(lazy_gettext("Turn the screen now"))


@blueprint.route("/cases/<number>/turn", methods=["GET", "POST"])
@opens(Act.TURN_SCREEN, typed=True)
def turn(work: Work, number: str) -> Any:
    """What will be asked, in which language; then the screen is the person's until it is unlocked."""
    card = request.args.get("card", "")[:_LONGEST]
    page = turned.offered(work, number, card)
    form, status = _form(page), 200
    if request.method == "POST":
        status = 422
        if form.is_sound():
            command = TurnScreen(
                case_number=number,
                card=card,
                language=form.language.data or "",
                large=bool(form.large.data),
            )
            try:
                token = turned.turn(work, command)
            except InvalidCommand:
                add_errors(form, {"language": [gettext("Choose the language of the screen.")]})
            else:
                response = redirect(url_for("alone.screen"), 303)
                hand_over(response, work.settings, token)
                return response
    text = render_template(
        "border/turn.html",
        form=form,
        number=casenumbers.show(page.number),
        card=card,
        title=said(page.pack, f"card.{card}"),
        questions=[said(page.pack, f"fact.{fact}") or fact for fact in page.facts],
    )
    return text, status


def _form(page: TurnShown) -> TurnForm:
    offered = speaking(page.pack, ALONE)
    told = text_language(page.language, offered)
    # Every language in which the pack has the answers, by its own name.
    g.screen_languages = ((None, tuple((code, language_of(code).name) for code in offered)),)
    return TurnForm() if request.method == "POST" else TurnForm(language=told)
