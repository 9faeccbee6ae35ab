"""The group of a case at the post: who is of it, what they are to each other, from whom one is kept."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import g, redirect

from app.web import groups
from app.web.border.registration import prepare
from app.web.border.routes import blueprint
from app.web.groups import Side
from app.work import opens
from workflows import casenumbers, families
from workflows.policy import Act
from workflows.work import Work


def _side(work: Work, number: str) -> Side:
    prepare(work)
    g.place = "border.today"
    parsed = casenumbers.parse(number)
    return Side("border", casenumbers.show(parsed), parsed)


@blueprint.get("/cases/<number>/group")
@opens(Act.VIEW_GROUP)
def group(work: Work, number: str) -> str:
    """The group of the person of a case."""
    return groups.page(work, _side(work, number))


@blueprint.post("/cases/<number>/group/join")
@opens(Act.KEEP_GROUP, typed=True)
def join_group(work: Work, number: str) -> Any:
    """Put somebody who is registered already into the group."""
    return groups.join(work, _side(work, number))


@blueprint.post("/cases/<number>/group/leave")
@opens(Act.KEEP_GROUP, typed=True)
def leave_group(work: Work, number: str) -> Any:
    """Take the person out of the group."""
    return groups.leave(work, _side(work, number))


@blueprint.post("/cases/<number>/group/alone")
@opens(Act.KEEP_GROUP)
def spoken_alone(work: Work, number: str) -> Any:
    """Say that the person was spoken with alone."""
    side = _side(work, number)
    families.spoken(work, side.case)
    return redirect(side.url("group", done="spoken"), 303)


@blueprint.route("/cases/<number>/group/links/<uuid:link_id>", methods=["GET", "POST"])
@opens(Act.KEEP_GROUP, typed=True)
def change_link(work: Work, number: str, link_id: UUID) -> Any:
    """How far a claimed relationship is known."""
    return groups.change_link(work, _side(work, number), link_id)


@blueprint.post("/cases/<number>/group/apart")
@opens(Act.KEEP_APART, typed=True)
def keep_apart(work: Work, number: str) -> Any:
    """Record from whom the person is kept."""
    return groups.keep_apart(work, _side(work, number))


@blueprint.post("/cases/<number>/group/apart/<uuid:edge_id>/end")
@opens(Act.KEEP_APART)
def end_apart(work: Work, number: str, edge_id: UUID) -> Any:
    """The two need not be kept apart any more."""
    return groups.end_apart(work, _side(work, number), edge_id)
