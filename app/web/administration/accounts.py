"""Accounts and machines' tokens. Secrets are shown once, on the page that makes them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import segno
from flask import g, redirect, render_template, request, url_for
from flask_babel import gettext

from app.schemas.accounts import IssueTokenSchema, NewUserSchema, RoleSchema
from app.web.administration.routes import blueprint
from app.web.forms.administration import RoleForm, TokenForm, UserForm
from app.web.office_words import ROLES, named, word
from app.work import opens
from workflows import accounts, administration
from workflows.errors import InvalidCommand
from workflows.policy import Act
from workflows.work import Work

_DONE = {"disabled", "revoked", "role"}


@blueprint.get("/users")
@opens(Act.MANAGE_USERS)
def users(work: Work) -> str:
    """Accounts by sign-in name, and the tokens of machines."""
    g.place = "administration.users"
    after = request.args.get("after") or None
    done = request.args.get("done", "")
    return render_template(
        "administration/users.html",
        found=administration.users(work, after),
        after=after,
        done=done if done in _DONE else None,
        named=named,
        role_word=lambda code: word(ROLES, code),
    )


@blueprint.route("/users/new", methods=["GET", "POST"])
@opens(Act.MANAGE_USERS, typed=True)
def new_user(work: Work) -> Any:
    """Make an account. Its first password and its authenticator's secret are shown once, at once."""
    g.place = "administration.users"
    g.place_choices = administration.place_choices(work)
    form = UserForm(data={"language": "en"})
    if request.method == "POST":
        made = _enrol(work, form)
        if made is not None:
            page = render_template("administration/enrolled.html", made=made, qr=_qr(made.uri))
            return page, 201
    page = render_template("administration/new_user.html", form=form)
    return page, 422 if form.errors or form.form_errors else 200


def _enrol(work: Work, form: UserForm) -> administration.Enrolled | None:
    data = {
        "name": form.name.data or "",
        "role": form.role.data or "",
        "agency": form.agency.data or "",
        "post": form.post.data,
        "desks": list(form.desks.data or ()),
        "staff_number": form.staff_number.data or "",
        "language": form.language.data or "",
        "needs_passkey": bool(form.needs_passkey.data),
    }
    command = form.checked(NewUserSchema(), data)
    if command is None:
        return None
    try:
        return administration.enrol(work, command)
    except InvalidCommand as error:
        field = str(error.params.get("field"))
        if field == "name":
            form.name.errors = [gettext("There is an account of this name. Choose another.")]
        elif field in {"agency", "post", "desks"}:
            form[field].errors = [gettext("Choose one from the list.")]
        else:
            raise
        return None


def _qr(uri: str) -> str:
    """The QR code as a picture in the page: nothing is fetched, nothing is stored."""
    return segno.make(uri, error="m").svg_data_uri(scale=4, border=2)


@blueprint.route("/users/<uuid:user_id>/role", methods=["GET", "POST"])
@opens(Act.MANAGE_USERS, typed=True)
def change_role(work: Work, user_id: UUID) -> Any:
    """Give an account another role or place; its sessions and tokens end at once."""
    g.place = "administration.users"
    g.place_choices = administration.place_choices(work)
    now = administration.role_of(work, user_id)
    form = RoleForm(
        data={"role": now.role.value, "agency": now.agency, "post": now.post, "desks": now.desks}
    )
    if request.method == "POST" and _change(work, form, user_id):
        return redirect(url_for("administration.users", done="role"), 303)
    name = administration.user_name(work, user_id)
    page = render_template("administration/role.html", form=form, name=name)
    return page, 422 if form.errors or form.form_errors else 200


def _change(work: Work, form: RoleForm, user_id: UUID) -> bool:
    data = {
        "user_id": str(user_id),
        "role": form.role.data or "",
        "agency": form.agency.data or "",
        "post": form.post.data,
        "desks": list(form.desks.data or ()),
        "staff_number": form.staff_number.data or "",
    }
    command = form.checked(RoleSchema(), data)
    if command is None:
        return False
    try:
        accounts.change_role(work, command)
    except InvalidCommand as error:
        field = str(error.params.get("field"))
        if field not in {"agency", "post", "desks"}:
            raise
        form[field].errors = [gettext("Choose one from the list.")]
        return False
    return True


@blueprint.post("/users/<uuid:user_id>/disable")
@opens(Act.MANAGE_USERS)
def disable_user(work: Work, user_id: UUID) -> Any:
    """Close an account and end its sessions at once."""
    administration.disable(work, user_id)
    return redirect(url_for("administration.users", done="disabled"), 303)


@blueprint.route("/users/<uuid:user_id>/tokens", methods=["GET", "POST"])
@opens(Act.MANAGE_USERS, typed=True)
def issue_token(work: Work, user_id: UUID) -> Any:
    """A machine's token, shown once."""
    g.place = "administration.users"
    name = administration.user_name(work, user_id)
    form = TokenForm(data={"days": 90})
    if request.method == "POST":
        data = {"user_id": str(user_id), "label": form.label.data or "", "days": form.days.data}
        command = form.checked(IssueTokenSchema(), data)
        if command is not None:
            token = administration.issue_token(work, command)
            page = render_template("administration/token.html", token=token, name=name)
            return page, 201
    page = render_template("administration/new_token.html", form=form, name=name)
    return page, 422 if form.errors or form.form_errors else 200


@blueprint.post("/users/tokens/<uuid:token_id>/revoke")
@opens(Act.MANAGE_USERS)
def revoke_token(work: Work, token_id: UUID) -> Any:
    """End a token at once."""
    administration.revoke_token(work, token_id)
    return redirect(url_for("administration.users", done="revoked"), 303)
