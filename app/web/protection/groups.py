"""The group of a person in care: what a desk may know of it, and what it finds out about the links."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import g

from app.web import groups
from app.web.groups import Side
from app.web.protection.routes import blueprint
from app.work import opens
from workflows import attachments
from workflows.policy import Act
from workflows.work import Work


def _side(work: Work, number: str) -> Side:
    g.place = "protection.taken"
    return Side("protection", number, attachments.case_of_care(work, number))


@blueprint.get("/care/<number>/group")
@opens(Act.VIEW_GROUP)
def group(work: Work, number: str) -> str:
    """The group of the person, as far as this desk has its members in care."""
    return groups.page(work, _side(work, number))


@blueprint.post("/care/<number>/group/leave")
@opens(Act.KEEP_GROUP, typed=True)
def leave_group(work: Work, number: str) -> Any:
    """Take the person out of the group."""
    return groups.leave(work, _side(work, number))


@blueprint.route("/care/<number>/group/links/<uuid:link_id>", methods=["GET", "POST"])
@opens(Act.KEEP_GROUP, typed=True)
def change_link(work: Work, number: str, link_id: UUID) -> Any:
    """How far a claimed relationship is known."""
    return groups.change_link(work, _side(work, number), link_id)


@blueprint.post("/care/<number>/group/apart")
@opens(Act.KEEP_APART, typed=True)
def keep_apart(work: Work, number: str) -> Any:
    """Record from whom the person is kept."""
    return groups.keep_apart(work, _side(work, number))


@blueprint.post("/care/<number>/group/apart/<uuid:edge_id>/end")
@opens(Act.KEEP_APART)
def end_apart(work: Work, number: str, edge_id: UUID) -> Any:
    """The two need not be kept apart any more."""
    return groups.end_apart(work, _side(work, number), edge_id)
