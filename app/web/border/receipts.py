"""The receipt: a slip to print, in the person's language, with the case number and nothing about them."""

from __future__ import annotations

from typing import Any

from flask import render_template, request, url_for
from flask_babel import force_locale

from app.documents.codes import number_code
from app.documents.receipts import requests_of
from app.locale import Language, current_language, language_of
from app.web.border.routes import blueprint
from app.web.border.words import RECEIPT, person_language, said
from app.work import opens
from workflows import casenumbers, post_lists, post_outcomes, receipts
from workflows.policy import Act
from workflows.receipts import Issued
from workflows.rules.pack import Pack
from workflows.states import IN_CARE, WAITING
from workflows.work import Work

_COUNTS = WAITING | IN_CARE
_TEXTS = (
    "title",
    "case",
    "keep",
    "asked",
    "where",
    "when",
    "rights",
    "not_status",
    "complaint",
    "change",
    "code",
    "code_use",
    "code_keep",
)


@blueprint.get("/cases/<number>/receipt")
@opens(Act.PRINT_RECEIPT)
def receipt(work: Work, number: str) -> Any:
    """The slip; beside it what to do next, in the officer's language."""
    return _slip(work, number)


@blueprint.get("/cases/<number>/code")
@opens(Act.ISSUE_RECEIPT_CODE)
def new_code(work: Work, number: str) -> str:
    """Before a new code is made: what then happens to the old."""
    head = post_lists.case_head(work, number)
    return render_template("border/code.html", number=casenumbers.show(head.number), issued=None)


@blueprint.post("/cases/<number>/code")
@opens(Act.ISSUE_RECEIPT_CODE)
def issue_code(work: Work, number: str) -> Any:
    """Make a new code and show the slip with it, this once: there is no address where it is found again."""
    issued = receipts.issue(work, number)
    if post_outcomes.is_open(work, number):
        return _slip(work, number, issued)
    pack = work.shelf.get(issued.pack, work.now.date())
    lang = person_language(issued.language, pack, RECEIPT) or language_of("en")
    shown = casenumbers.show(issued.number)
    return render_template(
        "border/code.html",
        number=shown,
        lang=lang,
        words=_words(pack, lang),
        issued=issued,
        address=_address(work),
        picture=number_code(shown),
    )


def _address(work: Work) -> str:
    """Where the code is entered."""
    origin = work.settings.origin or request.host_url.rstrip("/")
    return origin + url_for("person.enter")


def _words(pack: Pack, lang: Language) -> dict[str, str | None]:
    return {name: said(pack, f"text.receipt.{name}", lang.code) for name in _TEXTS}


def _slip(work: Work, number: str, issued: Issued | None = None) -> str:
    page = post_outcomes.receipt_page(work, number)
    post = post_lists.own_post(work)
    own = person_language(page.language, page.pack, RECEIPT)
    lang = own or language_of("en")
    shown = casenumbers.show(page.number)
    words = _words(page.pack, lang)
    words["appeal"] = said(page.pack, "text.inform.complaint", lang.code)
    with force_locale(lang.code):
        requests = requests_of(
            [row for row in page.referrals if row.state in _COUNTS],
            post.names.get(lang.code) or post.names.get("en") or "",
            lang.code,
            {row.number: casenumbers.show(row.number) for row in page.referrals},
        )
    return render_template(
        "border/receipt.html",
        number=shown,
        lang=lang,
        untranslated=own is None,
        reader=current_language(),
        words=words,
        requests=requests,
        post=post.names.get(lang.code) or post.names.get("en") or "",
        picture=number_code(shown),
        issued=issued,
        address=_address(work),
    )
