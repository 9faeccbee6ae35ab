"""What the person holds: one question at a time, big answers, help, another interpreter, stop.

Complete without JavaScript and without reading: each answer is a button with a drawing. Whoever signed in at
this browser does not come into it; the official's own session is locked and opens by unlocking alone.
"""

from __future__ import annotations

from typing import Any, cast

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.locale import Language, language_of
from app.web.border.words import ALONE, SAY, said, speaking
from app.web.page_versions import version_in
from app.web.pictograms import pictogram_of
from app.work import opens
from config.codes import read_in
from config.settings import Settings
from workflows import casenumbers, turned
from workflows.errors import ChangedMeanwhile, InvalidCommand, NotFound
from workflows.policy import Act
from workflows.rules.pack import Pack
from workflows.turned import ScreenShown, Wish
from workflows.work import Work

blueprint = Blueprint("alone", __name__, url_prefix="/alone")


def cookie_name(settings: Settings) -> str:
    """`__Host-` binds the cookie to this host over TLS; plain HTTP on loopback cannot have it."""
    return "__Host-turned" if settings.secure else "turned"


def hand_over(response: Response, settings: Settings, token: str) -> None:
    """Give the browser the screen's token, and let it forget the official's pages that it had kept."""
    response.set_cookie(
        cookie_name(settings),
        token,
        secure=settings.secure,
        httponly=True,
        samesite="Strict",
        path="/",
    )
    response.headers["Clear-Site-Data"] = '"cache"'


def _token(work: Work) -> str:
    return request.cookies.get(cookie_name(work.settings), "")


@blueprint.get("")
@opens(Act.ANSWER_ALONE, signed_out=True, alone=True)
def screen(work: Work) -> Any:
    """The question to answer now; or that the screen goes back."""
    token = _token(work)
    shown = turned.page(work, token) if token else None
    if shown is None:
        return _given_back(work, token)
    own = language_of(shown.language)
    asked = _asked_in(shown.pack, own)
    fact = shown.fact
    return render_template(
        "alone/screen.html",
        shown=shown,
        own=own,
        words=_words(shown.pack, own),
        asked=asked,
        question=said(shown.pack, f"{SAY}{fact}", asked.code),
        drawn=pictogram_of("question", fact) or pictogram_of("screen", "repeat"),
        answers=[(word, pictogram_of("answer", word)) for word in turned.ANSWERS],
        also=_also(shown),
        back=_back(shown.case_number, shown.card),
    )


def _also(shown: ScreenShown) -> list[tuple[str, str | None, str | None]]:
    """What may always be done beside answering: the code, its drawing, and what is said once it is asked."""
    done = {"help": "helped" if shown.help else None}
    done["interpreter"] = "interpreter_asked" if shown.interpreter else None
    codes = ("help", "interpreter", "stop", *(("again",) if shown.at else ()))
    return [(code, pictogram_of("screen", code), done.get(code)) for code in codes]


def _given_back(work: Work, token: str) -> str:
    over = turned.over(work, token) if token else None
    own = language_of(over.language if over else "en")
    pack = over.pack if over else work.shelf.get("int", work.now.date())
    return render_template(
        "alone/over.html",
        own=own,
        words=_words(pack, own),
        drawn=pictogram_of("screen", "closed"),
        back=_back(over.case_number, over.card) if over else None,
    )


def _back(number: str, card: str) -> str:
    """Where the official goes on, once it is unlocked."""
    return url_for("border.ask", number=casenumbers.show(number), card=card, alone="1")


def _words(pack: Pack, own: Language) -> dict[str, str]:
    return {
        text_id.removeprefix(ALONE): said(pack, text_id, own.code) or ""
        for text_id in pack.texts["en"]
        if text_id.startswith(ALONE)
    }


def _asked_in(pack: Pack, own: Language) -> Language:
    """The language of the questions: the person's, or the next of its script that the pack asks in."""
    spoken = speaking(pack, SAY)
    return language_of(next((one for one in (*read_in(own.code), "en") if one in spoken), "en"))


@blueprint.post("")
@opens(Act.ANSWER_ALONE, signed_out=True, alone=True)
def touched(work: Work) -> Response:
    """One touch. Whatever came of it, the next page shows what is to be answered now."""
    token, do = _token(work), request.form.get("do", "")
    at = request.form.get("at", "")
    try:
        if do in ("help", "interpreter"):
            turned.wish(work, token, cast("Wish", do))
        elif do == "stop":
            turned.stop(work, token)
        elif do == "again":
            turned.again(work, token)
        else:
            turned.answer(work, token, version_in(at), do)
    except (NotFound, InvalidCommand, ChangedMeanwhile):
        # Over, touched twice, or not one of ours: nothing is kept of it.
        work.start_again()
    return redirect(url_for("alone.screen"), 303)
