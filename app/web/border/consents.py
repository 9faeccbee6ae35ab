"""What the person agreed to, recipient by recipient: renew it, or take it back with what they wish."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import g, redirect, render_template, request, url_for
from flask_babel import gettext, lazy_gettext

from app.schemas.referrals import RenewConsentSchema, TakeBackConsentSchema
from app.web.border.routes import blueprint
from app.web.border.words import names_in, referral_word
from app.web.consent_words import last_day_words
from app.web.dates import iso_day
from app.web.fields import HiddenField, Option, RadiosField, SubmitField
from app.web.forms.base import PageForm, coming_day
from app.web.office_words import WISHES, word
from app.web.page_versions import version_in
from app.work import opens
from models.vocabulary import WithdrawalWish
from workflows import casenumbers, taking_back
from workflows.errors import InvalidCommand, NotFound
from workflows.policy import Act
from workflows.taking_back import ConsentShown
from workflows.work import Work

_DONE = {"renewed", "taken_back"}


class TakeBackForm(PageForm):
    """What the person wishes of the one who was told."""

    wish = RadiosField(
        lazy_gettext("What does the person wish of them?"),
        options=lambda: tuple(Option(value=w.value, label=word(WISHES, w)) for w in WithdrawalWish),
        required=lazy_gettext("Choose what the person wishes"),
    )
    version = HiddenField(max_length=12)
    submit = SubmitField(lazy_gettext("Take this consent back"))


class RenewForm(PageForm):
    """Until when the person agrees anew."""

    consent_until = coming_day(
        lazy_gettext("Until when the person agrees"),
        required=lazy_gettext("Enter the last day"),
    )
    version = HiddenField(max_length=12)
    submit = SubmitField(lazy_gettext("The person agrees again"))


@blueprint.get("/cases/<number>/consents")
@opens(Act.RECORD_CONSENT)
def consents(work: Work, number: str) -> str:
    """Every consent of the case, and what became of it."""
    found = taking_back.of_case(work, number)
    done = request.args.get("done", "")
    return render_template(
        "border/consents.html",
        number=casenumbers.show(casenumbers.parse(number)),
        found=found,
        done=done if done in _DONE else None,
        **_words(),
    )


@blueprint.route("/cases/<number>/consents/<uuid:consent_id>/take-back", methods=["GET", "POST"])
@opens(Act.RECORD_CONSENT, typed=True)
def take_back_consent(work: Work, number: str, consent_id: UUID) -> Any:
    """Take one back: to whom, and what the person wishes of them."""
    shown = _one(work, number, consent_id)
    form = TakeBackForm(data={"version": str(shown.version)})
    if request.method == "POST":
        command = form.checked(
            TakeBackConsentSchema(),
            lambda: {**_which(number, consent_id, form), "wish": form.wish.data or ""},
        )
        if command is not None:
            taking_back.take_back(work, command)
            return redirect(url_for("border.consents", number=number, done="taken_back"), 303)
    page = render_template("border/consent_back.html", **_parts(number, shown, form))
    return page, _status(form)


@blueprint.route("/cases/<number>/consents/<uuid:consent_id>/renew", methods=["GET", "POST"])
@opens(Act.RECORD_CONSENT, typed=True)
def renew_consent(work: Work, number: str, consent_id: UUID) -> Any:
    """The person was asked anew: keep until when they agree."""
    g.today = work.now.date()
    shown = _one(work, number, consent_id)
    form = RenewForm(data={"version": str(shown.version)})
    if request.method == "POST":
        command = form.checked(
            RenewConsentSchema(),
            lambda: {
                **_which(number, consent_id, form),
                "consent_until": iso_day(form.consent_until.data),
            },
        )
        try:
            if command is not None:
                taking_back.renew(work, command)
                return redirect(url_for("border.consents", number=number, done="renewed"), 303)
        except InvalidCommand as error:
            form.refused(error, {"consent_until": last_day_words()})
    page = render_template("border/consent_renew.html", **_parts(number, shown, form))
    return page, _status(form)


def _which(number: str, consent_id: UUID, form: TakeBackForm | RenewForm) -> dict[str, Any]:
    return {
        "case_number": number,
        "consent_id": str(consent_id),
        "version": max(0, version_in(form.version.data)),
    }


def _one(work: Work, number: str, consent_id: UUID) -> ConsentShown:
    found = next((c for c in taking_back.of_case(work, number) if c.id == consent_id), None)
    if found is None:
        raise NotFound
    return found


def _parts(number: str, shown: ConsentShown, form: PageForm) -> dict[str, Any]:
    shown_as = casenumbers.show(casenumbers.parse(number))
    return {"number": shown_as, "one": shown, "form": form, "about_person": True, **_words()}


def _status(form: PageForm) -> int:
    return 422 if form.errors or form.form_errors else 200


def _words() -> dict[str, Any]:
    return {
        "names_in": names_in,
        "state_word": lambda state: referral_word(state) if state else gettext("Asked anew since"),
        "wish_word": lambda wish: word(WISHES, wish),
    }
