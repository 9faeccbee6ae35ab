"""The page of a group and what is done on it, the same for a post and for a desk.

Made for the person of one case (`workflows.group_pages`): whoever is kept from them is not on it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import redirect, render_template, request, url_for
from flask_babel import gettext

from app.schemas.families import (
    ChangeLinkSchema,
    EndApartSchema,
    JoinGroupSchema,
    KeepApartSchema,
    LeaveGroupSchema,
)
from app.schemas.loading import load
from app.web.border.words import status_word
from app.web.fields import add_errors
from app.web.forms.base import PageForm
from app.web.forms.families import ApartForm, JoinForm, LeaveForm, LinkForm
from app.web.page_versions import version_in, version_sent
from app.web.words_of_groups import words
from workflows import apart, casenumbers, families, group_pages, kinship
from workflows.errors import (
    BadCaseNumber,
    ChangedMeanwhile,
    InAnotherGroup,
    InvalidCommand,
    LinkNotOurs,
    NotAllowedNow,
    NotFound,
    SeraiError,
)
from workflows.group_pages import GroupShown
from workflows.policy import Act
from workflows.work import Work

_DONE = {"registered", "added", "joined", "left", "stranger", "kept", "apart", "ended", "spoken"}


@dataclass(frozen=True)
class Side:
    """Whose page it is: `door` is the blueprint, `number` what its addresses name, `case` the case number."""

    door: str
    number: str
    case: str

    def url(self, name: str, **more: Any) -> str:
        """An address of this side."""
        return url_for(f"{self.door}.{name}", number=self.number, **more)


def page(work: Work, side: Side, **forms: PageForm) -> str:
    """The group, with the forms as they were sent, or new ones."""
    found = group_pages.of_case(work, side.case)
    done = request.args.get("done", "")
    leaving = forms.get("leaving") or LeaveForm(formdata=None)
    if "leaving" not in forms:
        leaving["version"].data = str(found.version or 0)
    return render_template(
        "border/group.html" if side.door == "border" else "protection/group.html",
        side=side,
        found=found,
        number=casenumbers.show(found.number),
        show=casenumbers.show,
        joining=forms.get("joining") or JoinForm(formdata=None),
        leaving=leaving,
        parting=forms.get("parting") or ApartForm(formdata=None),
        kin_of=lambda number: _kin_of(found, number),
        status_word=status_word,
        done=done if done in _DONE else None,
        about_person=True,
        **words(),
    )


def _kin_of(found: GroupShown, number: str) -> list[tuple[str, bool, str]]:
    """What another is to the person, or the person to them: (relationship, forward, state)."""
    return [
        (one.relationship, one.forward, one.state.value)
        for one in found.links
        if one.other == number
    ]


def _to(side: Side, done: str) -> Any:
    return redirect(side.url("group", done=done), 303)


def join(work: Work, side: Side) -> Any:
    """Put somebody who is registered already into the group."""
    form = JoinForm()
    command = form.checked(
        JoinGroupSchema(),
        lambda: {
            "case_number": side.case,
            "other": form.other.data or "",
            "relationship": form.relationship.data or "",
        },
    )
    if command is None:
        return page(work, side, joining=form), 422
    try:
        families.join(work, command)
    except (BadCaseNumber, InvalidCommand, InAnotherGroup, NotAllowedNow) as error:
        work.start_again()
        add_errors(form, _join_refused(error))
        return page(work, side, joining=form), 422
    return _to(side, "joined")


def _join_refused(error: SeraiError) -> dict[str, list[str]]:
    if error.params.get("field") == "relationship":
        return {"relationship": [circle_words()]}
    if isinstance(error, NotAllowedNow):
        return {"other": [gettext("This person is of this group already.")]}
    if isinstance(error, InvalidCommand):
        return {"other": [gettext("There is no such case at this post. Check the case number.")]}
    return {"other": [gettext(error.message)]}


def circle_words() -> str:
    """Why a relationship is refused that goes round in a circle."""
    return gettext("Somebody would be their own parent or grandparent. Check the relationships.")


def leave(work: Work, side: Side) -> Any:
    """Take the person out of the group."""
    form = LeaveForm()
    command = form.checked(
        LeaveGroupSchema(),
        lambda: {
            "case_number": side.case,
            "because": form.because.data or "",
            "says": form.says.data or "",
            "version": version_in(form.version.data, 0),
        },
    )
    if command is None:
        return page(work, side, leaving=form), 422
    try:
        families.leave(work, command)
    except (ChangedMeanwhile, NotAllowedNow) as error:
        work.start_again()
        form.form_errors = [gettext(error.message)]
        return page(work, side, leaving=form), 409
    return _to(side, "stranger" if command.because.value == "stranger" else "left")


def keep_apart(work: Work, side: Side) -> Any:
    """Record from whom the person is kept."""
    form = ApartForm()
    command = form.checked(
        KeepApartSchema(),
        lambda: {
            "case_number": side.case,
            "other": form.away.data or "",
            "said_by": form.said_by.data or "",
            "why": form.why.data or "",
        },
    )
    if command is None:
        return page(work, side, parting=form), 422
    try:
        apart.keep_apart(work, command)
    except (BadCaseNumber, InvalidCommand) as error:
        work.start_again()
        said = gettext("There is no such case that you may see. Check the case number.")
        add_errors(form, {"away": [gettext(error.message) if error.code != "invalid" else said]})
        return page(work, side, parting=form), 422
    return _to(side, "apart")


def end_apart(work: Work, side: Side, edge_id: UUID) -> Any:
    """Two persons need not be kept apart any more."""
    data = {"case_number": side.case, "edge_id": str(edge_id), "version": version_sent()}
    apart.end_apart(work, load(EndApartSchema(), data))
    return _to(side, "ended")


def change_link(work: Work, side: Side, link_id: UUID) -> Any:
    """How far a link is known: the page of one link."""
    found = group_pages.of_case(work, side.case)
    link = next((one for one in found.links if one.id == link_id), None)
    if link is None:
        work.asked = Act.KEEP_GROUP
        raise NotFound
    form = LinkForm(data={"version": str(link.version), "evidence": "nothing"})
    status = 200
    if request.method == "POST":
        status = _changed(work, form, side, link_id)
        if status == 303:
            return _to(side, "kept")
    text = render_template(
        "parts/link.html",
        side=side,
        form=form,
        link=link,
        number=casenumbers.show(found.number),
        other=casenumbers.show(link.other),
        about_person=True,
        **words(),
    )
    return text, status


def _changed(work: Work, form: LinkForm, side: Side, link_id: UUID) -> int:
    """The status of the answer: 303 where it was kept."""
    command = form.checked(
        ChangeLinkSchema(),
        lambda: {
            "case_number": side.case,
            "link_id": str(link_id),
            "state": form.state.data or "",
            "said_by": form.said_by.data or "",
            "evidence": form.evidence.data or "nothing",
            "says": form.says.data or "",
            "version": version_in(form.version.data, 0),
        },
    )
    if command is None:
        return 422
    try:
        kinship.change(work, command)
    except InvalidCommand:
        work.start_again()
        said = gettext("This is not kept without something to show for it. Choose what it was.")
        add_errors(form, {"evidence": [said]})
        return 422
    except (LinkNotOurs, ChangedMeanwhile) as error:
        work.start_again()
        form.form_errors = [gettext(error.message)]
        return 409
    return 303
