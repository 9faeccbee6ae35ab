"""The receipt: a slip to print, in the person's language, with the case number and nothing about them."""

from __future__ import annotations

from typing import Any

from flask import render_template
from flask_babel import force_locale

from app.documents.codes import number_code
from app.documents.receipts import requests_of
from app.locale import current_language, language_of
from app.web.border.routes import blueprint
from app.web.border.words import RECEIPT, person_language, said
from app.work import opens
from workflows import casenumbers, post_lists, post_outcomes
from workflows.policy import Act
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
)


@blueprint.get("/cases/<number>/receipt")
@opens(Act.PRINT_RECEIPT)
def receipt(work: Work, number: str) -> Any:
    """The slip; beside it what to do next, in the officer's language."""
    page = post_outcomes.receipt_page(work, number)
    post = post_lists.own_post(work)
    own = person_language(page.language, page.pack, RECEIPT)
    lang = own or language_of("en")
    shown = casenumbers.show(page.number)
    words = {name: said(page.pack, f"text.receipt.{name}", lang.code) for name in _TEXTS}
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
    )
