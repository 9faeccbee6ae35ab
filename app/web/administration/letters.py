"""Letters to other installations that have not arrived, and trying one again."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import g, redirect, render_template, request, url_for
from flask_babel import lazy_gettext
from werkzeug.wrappers import Response

from app.web.administration.routes import blueprint
from app.web.office_words import named, word
from app.work import opens
from workflows import outside_post
from workflows.policy import Act
from workflows.work import Work

KINDS: dict[str, Any] = {
    "referral": lazy_gettext("Referral, without names"),
    "identity": lazy_gettext("Who the person is"),
    "withdrawal": lazy_gettext("Withdrawal"),
    "answer": lazy_gettext("Answer"),
}
STATES: dict[str, Any] = {
    "waiting": lazy_gettext("Waits"),
    "leased": lazy_gettext("On its way"),
    "stuck": lazy_gettext("Stuck"),
}
#: Why the other side did not take a letter, where a human can mend it.
ANSWERS: dict[str, Any] = {
    "consent_over": lazy_gettext("Held here: the last day of the person's consent is over."),
    "objected": lazy_gettext("Held here until the person's objection is answered."),
    "unreachable": lazy_gettext("It could not be reached."),
    "unknown_sender": lazy_gettext("It does not know our key. Give it our card."),
    "unconfirmed_sender": lazy_gettext("It has not compared our fingerprint. Telephone."),
    "revoked_sender": lazy_gettext("Our key was revoked there. Exchange new cards."),
    "own_key_revoked": lazy_gettext("Its own key was revoked. Ask for its new card."),
    "other_recipient": lazy_gettext("It has not the key that we sealed to. Look at the address."),
    "key_not_valid_then": lazy_gettext("Our key is out of date. Make a new one."),
    "expired": lazy_gettext("The letter is too old. Seal it again from the command line."),
    "clock_ahead": lazy_gettext("Our clock runs ahead of theirs. Compare both."),
}


@blueprint.get("/letters-outside")
@opens(Act.SEE_TO_LETTERS)
def letters_outside(work: Work) -> str:
    """What has not arrived."""
    g.place = "administration.health"
    return render_template(
        "administration/letters.html",
        named=named,
        lines=outside_post.undelivered(work),
        kind=lambda code: word(KINDS, code),
        state=lambda code: word(STATES, code),
        answer=lambda code: ANSWERS.get(code, code),
        done=request.args.get("done", ""),
    )


@blueprint.post("/letters-outside/<uuid:parcel>")
@opens(Act.SEE_TO_LETTERS)
def letter_again(work: Work, parcel: UUID) -> Response:
    """Try it again at the next round."""
    outside_post.again(work, parcel)
    return redirect(url_for("administration.letters_outside", done="again"), 303)
