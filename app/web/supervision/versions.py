"""Versions of a pack: bring in, let run beside, publish with a second signatory, bring an older one back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import g, redirect, render_template, request, url_for
from flask_babel import gettext

from app.locale import current_language
from app.web.forms.versions import BringInForm, SignForm
from app.web.office_words import ROLES, SEXES, word
from app.web.page_versions import version_in, version_sent
from app.web.supervision.labels import age_label, number
from app.web.supervision.output_words import output_words
from app.web.supervision.routes import blueprint
from app.work import opens
from workflows import publishing, rulebook, shadowing, version_lists
from workflows.casenumbers import show
from workflows.errors import (
    ChangedMeanwhile,
    InvalidCommand,
    NotAllowedNow,
    SameSignatory,
    SeraiError,
    SignInFailed,
    TooManyAttempts,
)
from workflows.policy import Act, role_may
from workflows.publishing import BringIn, Sign, Signature
from workflows.rules.faults import PackError
from workflows.work import Work

_DONE = {"in", "testing", "withdrawn", "published", "back"}
#: Why an act of weight could not be done, said on its form.
SHOWN = (SignInFailed, TooManyAttempts, SameSignatory, ChangedMeanwhile, NotAllowedNow)


@blueprint.get("/rules/<code>/versions")
@opens(Act.VIEW_PACKS)
def versions(work: Work, code: str) -> str:
    """All versions of a pack, newest first."""
    g.place = "supervision.rules"
    return render_template(
        "supervision/versions.html",
        found=version_lists.versions(work, code),
        title=_title(work, code),
        **_words(),
    )


@blueprint.route("/rules/<code>/versions/new", methods=["GET", "POST"])
@opens(Act.PROPOSE_PACK, typed=True)
def new_version(work: Work, code: str) -> Any:
    """Make the deployment's folder of the pack a draft."""
    g.place = "supervision.rules"
    found = version_lists.versions(work, code)
    form = BringInForm()
    if request.method == "POST" and form.validate_on_submit():
        command = BringIn(pack=code, note=form.note.data or "", signature=signature_of(form))
        made = _tried(form, lambda: publishing.bring_in(work, command))
        if made is not None:
            address = url_for("supervision.version", code=code, version_id=made, done="in")
            return redirect(address, 303)
    page = render_template(
        "supervision/new_version.html", form=form, found=found, title=_title(work, code)
    )
    return page, 422 if form.errors or form.form_errors else 200


@blueprint.get("/rules/<code>/versions/<uuid:version_id>")
@opens(Act.VIEW_PACKS)
def version(work: Work, code: str, version_id: UUID) -> str:
    """One version: who signed it, what was found, what it changes, for whom to look again."""
    g.place = "supervision.rules"
    done = request.args.get("done", "")
    shown = version_lists.version(work, code, version_id)
    pack = rulebook.pack(work, code)
    return render_template(
        "supervision/version.html",
        one=shown,
        title=_title(work, code),
        done=done if done in _DONE else None,
        review=shadowing.to_review(work, version_id),
        output=lambda name: output_words(pack, name, current_language().code),
        told=lambda words: words.get(current_language().code),
        may_try=role_may(work.actor.role, Act.TRY_RULES),
        **_words(),
    )


@blueprint.post("/rules/<code>/versions/<uuid:version_id>/test")
@opens(Act.PROPOSE_PACK)
def test_version(work: Work, code: str, version_id: UUID) -> Any:
    """Let a draft run beside the version in force, unseen."""
    publishing.start_testing(work, version_id, version_sent())
    return _to(code, version_id, "testing")


@blueprint.post("/rules/<code>/versions/<uuid:version_id>/withdraw")
@opens(Act.PROPOSE_PACK)
def withdraw_version(work: Work, code: str, version_id: UUID) -> Any:
    """End a draft or a trial."""
    publishing.withdraw(work, version_id, version_sent())
    return _to(code, version_id, "withdrawn")


@blueprint.route("/rules/<code>/versions/<uuid:version_id>/publish", methods=["GET", "POST"])
@opens(Act.PUBLISH_PACK, typed=True)
def publish_version(work: Work, code: str, version_id: UUID) -> Any:
    """The second signature: from now on cases are judged by this version."""
    return _signed(work, code, version_id, "publish", publishing.publish, "published")


@blueprint.route("/rules/<code>/versions/<uuid:version_id>/back", methods=["GET", "POST"])
@opens(Act.PROPOSE_PACK, typed=True)
def bring_back(work: Work, code: str, version_id: UUID) -> Any:
    """Propose a version that was in force before again."""
    return _signed(work, code, version_id, "back", publishing.bring_back, "back")


def _signed(
    work: Work,
    code: str,
    version_id: UUID,
    verb: str,
    act: Callable[[Work, Sign], UUID | None],
    done: str,
) -> Any:
    g.place = "supervision.rules"
    shown = version_lists.version(work, code, version_id)
    form = SignForm(data={"version": str(shown.page)})
    if request.method == "POST" and form.validate_on_submit():
        command = Sign(
            id=version_id, version=version_in(form.version.data, 0), signature=signature_of(form)
        )
        made = _tried(form, lambda: act(work, command) or version_id)
        if made is not None:
            return _to(code, made, done)
    page = render_template(
        "supervision/sign_version.html",
        form=form,
        one=shown,
        verb=verb,
        title=_title(work, code),
        **_words(),
    )
    return page, 422 if form.errors or form.form_errors else 200


def _tried(form: Any, act: Callable[[], UUID]) -> UUID | None:
    """What the act made; None after saying on the form why it could not be done."""
    try:
        return act()
    except InvalidCommand as error:
        if error.params.get("field") == "note":
            form.note.errors = [gettext("Say what changes, and why")]
        else:
            form.form_errors = [gettext("The folder says the same as the version in force.")]
    except PackError as fault:
        # The folder is what is wrong: whoever keeps it mends the file and line that are named.
        form.form_errors = [str(fault)]
    except SHOWN as error:
        form.form_errors = [said_of(error)]
    return None


def said_of(error: SeraiError) -> str:
    """An error of an act of weight as a sentence."""
    if isinstance(error, SignInFailed):
        return gettext("The password is not right.")
    return gettext(error.message)


def signature_of(form: Any) -> Signature:
    """The signature that a form carries: the password, and from where."""
    return Signature(password=form.password.data or "", address=request.remote_addr or "")


def _to(code: str, version_id: UUID, done: str) -> Any:
    return redirect(
        url_for("supervision.version", code=code, version_id=version_id, done=done), 303
    )


def _title(work: Work, code: str) -> str:
    return rulebook.pack(work, code).title


def _words() -> dict[str, Any]:
    states = {
        "draft": gettext("Draft"),
        "testing": gettext("In testing"),
        "in_force": gettext("In force"),
        "retired": gettext("Retired"),
    }
    return {
        "state_word": lambda state: states[state],
        "state_tag": lambda state: {"in_force": "good", "testing": "soon"}.get(state, "neutral"),
        "role_word": lambda role: word(ROLES, role),
        "shown_case": show,
        "sex_word": lambda code: word(SEXES, code),
        "age_label": age_label,
        "number": number,
    }
