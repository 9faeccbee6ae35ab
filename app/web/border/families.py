"""A family registered on one page, and somebody new in a group with the group's values kept."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any
from uuid import uuid4

from flask import g, redirect, render_template, request, url_for
from flask_babel import gettext

from app.schemas.families import AddMemberSchema, RegisterGroupSchema
from app.web.border.registration import prepare
from app.web.border.routes import blueprint
from app.web.fields import add_errors
from app.web.forms.border import NONE
from app.web.forms.families import (
    CommonForm,
    FamilyForm,
    MemberForm,
    common_data,
    member_data,
)
from app.web.groups import circle_words
from app.work import opens
from workflows import casenumbers, families, once
from workflows.errors import BadCaseNumber, InvalidCommand
from workflows.families import AddMember, Common, RegisterGroup
from workflows.policy import Act
from workflows.work import Work


@blueprint.route("/register/group", methods=["GET", "POST"])
@opens(Act.REGISTER, typed=True)
def register_group(work: Work) -> Any:
    """Register a family or another group: what they have in common once, then a row for each."""
    prepare(work)
    form = FamilyForm()
    if request.method == "GET":
        form.key.data = uuid4().hex
        return _family(form)
    if "more" in request.form:
        if form.is_fresh():
            form.members.more()
            return _family(form)
        return _family(form), 422
    command = form.checked(RegisterGroupSchema(), lambda: _data(form))
    if command is None:
        return _family(form), 422
    first = _once(work, form, _data(form), lambda: _registered(work, form, command))
    if first is None:
        return _family(form), 422
    return redirect(url_for("border.group", number=casenumbers.show(first), done="registered"), 303)


def _data(form: FamilyForm) -> dict[str, Any]:
    return {"common": common_data(form, g.post.code), "members": form.members.data}


def _family(form: FamilyForm) -> str:
    return render_template("border/family.html", form=form)


def _once(
    work: Work, form: CommonForm, data: Mapping[str, Any], act: Callable[[], str | None]
) -> str | None:
    """The number of whom the next page is about; the same for the same form sent twice. None: refused."""
    same = json.dumps(data, sort_keys=True, ensure_ascii=False).encode()
    claim = once.claim(work, form.key.data or "", same)
    if claim.answer is None:
        number = act()
        if number is None:
            return None
        claim = once.answered(work, claim, 303, {"case_number": number})
    return str((claim.answer or {})["case_number"])


def _registered(work: Work, form: FamilyForm, command: RegisterGroup) -> str | None:
    try:
        return families.register(work, command).members[0].case_number
    except InvalidCommand as error:
        # What was begun of this registration must not be kept; the form is shown again.
        work.session.rollback()
        part = str(error.params.get("field"))
        if part == "nationality":
            add_errors(form, {"nationality": [_message(error)]})
        else:
            form.members.mark(int(error.params.get("row", 1)), part, _message(error))
        return None


def _message(error: InvalidCommand) -> str:
    part, same_as = error.params.get("field"), error.params.get("same_as")
    if same_as is not None:
        return gettext("This is the same person as number %(number)s.", number=same_as)
    return {
        "name": gettext("A name needs at least one letter."),
        "birth": gettext("Date of birth must be a day that exists and is not in the future."),
        "nationality": gettext("Choose a nationality or none, not both."),
        "relationship": circle_words(),
    }.get(str(part), gettext("This cannot be used. Look at it again."))


@blueprint.route("/cases/<number>/group/add", methods=["GET", "POST"])
@opens(Act.KEEP_GROUP, typed=True)
def add_member(work: Work, number: str) -> Any:
    """Register somebody into the group of a case: met later, or born."""
    prepare(work)
    known = families.common_of(work, number)
    if request.method == "GET":
        form = MemberForm(formdata=None, data=_as_typed(known))
        form.key.data = uuid4().hex
        return _member(number, form)
    form = MemberForm()

    def data() -> dict[str, Any]:
        return {
            "case_number": number,
            "common": common_data(form, known.post),
            "member": member_data(form),
            "joined": form.joined.data or "",
        }

    command = form.checked(AddMemberSchema(), data)
    if command is None:
        return _member(number, form), 422
    added = _once(work, form, data(), lambda: _added(work, form, command))
    if added is None:
        return _member(number, form), 422
    return redirect(url_for("border.group", number=_shown(number), done="added"), 303)


def _added(work: Work, form: MemberForm, command: AddMember) -> str | None:
    try:
        return families.add(work, command).case_number
    except (BadCaseNumber, InvalidCommand) as error:
        work.session.rollback()
        part = str(error.params.get("field"))
        said = _message(error) if isinstance(error, InvalidCommand) else gettext(error.message)
        add_errors(form, {part if part in form else "name": [said]})
        return None


def _as_typed(known: Common) -> dict[str, Any]:
    """The group's values as the form's fields take them."""
    return {
        "nationality": NONE if known.no_nationality else next(iter(known.nationalities), None),
        "language": next(iter(known.languages), None),
        "interpreter": {True: "yes", False: "no"}.get(known.interpreter),  # type: ignore[arg-type]  # None is not known
        "came_from": known.came_from,
        "came_by": known.came_by.value if known.came_by else None,
        "phone": known.phone,
        "contact_wish": known.contact_wish.value if known.contact_wish else None,
    }


def _member(number: str, form: MemberForm) -> str:
    return render_template(
        "border/member.html", form=form, number=_shown(number), about_person=True
    )


def _shown(number: str) -> str:
    return casenumbers.show(casenumbers.parse(number))
