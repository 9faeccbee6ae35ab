"""Families and groups by machine: the same workflows as the pages, for the post and for desks."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from flask_smorest import Blueprint

from app.api.answers import StatusAnswer
from app.api.door import reads, writes
from app.schemas.families import (
    AddMemberSchema,
    ChangeLinkSchema,
    ClaimLinkSchema,
    EndApartSchema,
    JoinGroupSchema,
    KeepApartSchema,
    LeaveGroupSchema,
    RegisterGroupSchema,
)
from workflows import apart, casenumbers, families, group_pages, kinship
from workflows.apart import EndApart, KeepApart
from workflows.families import AddMember, JoinGroup, LeaveGroup, RegisterGroup
from workflows.group_pages import GroupShown
from workflows.kinship import ChangeLink, ClaimLink
from workflows.policy import Act
from workflows.work import Work

blueprint = Blueprint("groups", __name__, description="Families, groups, links, who is kept apart.")


@dataclass(frozen=True)
class GroupRegisteredAnswer:
    """The case numbers of the members, in the order in which they were sent."""

    case_numbers: tuple[str, ...]


@dataclass(frozen=True)
class RowAnswer:
    """The id of what was kept or changed."""

    id: UUID


@writes(
    blueprint,
    "/groups",
    Act.REGISTER,
    takes=RegisterGroupSchema,
    gives=GroupRegisteredAnswer,
    status=201,
)
def register_group(work: Work, command: RegisterGroup) -> GroupRegisteredAnswer:
    """Register two to twelve persons who travel together: all of them, or none.

    The first is the one to whom the others say what they are. Every one is a person with a case of
    their own.
    """
    made = families.register(work, command)
    return GroupRegisteredAnswer(tuple(one.case_number for one in made.members))


@reads(blueprint, "/cases/<case_number>/group", Act.VIEW_GROUP, gives=GroupShown)
def show_group(work: Work, case_number: str) -> GroupShown:
    """The group as the page of this person shows it.

    Whoever is kept from this person is left out, and not counted.
    """
    return group_pages.of_case(work, case_number)


@writes(
    blueprint,
    "/cases/<case_number>/group/members",
    Act.KEEP_GROUP,
    takes=AddMemberSchema,
    gives=StatusAnswer,
    status=201,
)
def add_member(work: Work, command: AddMember) -> StatusAnswer:
    """Register somebody into the group of a case: met later, or born. Answers with the new case."""
    return StatusAnswer(families.add(work, command).case_number, "registered")


@writes(
    blueprint,
    "/cases/<case_number>/group/join",
    Act.KEEP_GROUP,
    takes=JoinGroupSchema,
    gives=StatusAnswer,
)
def join_group(work: Work, command: JoinGroup) -> StatusAnswer:
    """Put somebody who is registered already into the group of a case."""
    families.join(work, command)
    return StatusAnswer(casenumbers.parse(command.other), "joined")


@writes(
    blueprint,
    "/cases/<case_number>/group/leave",
    Act.KEEP_GROUP,
    takes=LeaveGroupSchema,
    match="version",
    gives=StatusAnswer,
)
def leave_group(work: Work, command: LeaveGroup) -> StatusAnswer:
    """Take the person of a case out of their group; a stranger's links are found not true."""
    families.leave(work, command)
    return StatusAnswer(casenumbers.parse(command.case_number), "left")


@writes(blueprint, "/cases/<case_number>/group/alone", Act.KEEP_GROUP, gives=StatusAnswer)
def spoken_alone(work: Work, case_number: str) -> StatusAnswer:
    """Say that the person was spoken with apart from the others."""
    families.spoken(work, case_number)
    return StatusAnswer(casenumbers.parse(case_number), "spoken")


@writes(
    blueprint,
    "/cases/<case_number>/links",
    Act.KEEP_GROUP,
    takes=ClaimLinkSchema,
    gives=RowAnswer,
    status=201,
)
def claim_link(work: Work, command: ClaimLink) -> RowAnswer:
    """Record what the person of a case is, as claimed, to the person of another."""
    return RowAnswer(kinship.claim_for(work, command))


@writes(
    blueprint,
    "/cases/<case_number>/links/<uuid:link_id>",
    Act.KEEP_GROUP,
    takes=ChangeLinkSchema,
    match="version",
    gives=RowAnswer,
)
def change_link(work: Work, command: ChangeLink) -> RowAnswer:
    """Say how far a link is known, by what, and who said so. It makes nobody a guardian."""
    kinship.change(work, command)
    return RowAnswer(command.link_id)


@writes(
    blueprint,
    "/cases/<case_number>/no-contact",
    Act.KEEP_APART,
    takes=KeepApartSchema,
    gives=RowAnswer,
    status=201,
)
def keep_apart(work: Work, command: KeepApart) -> RowAnswer:
    """Record from whom the person of a case is kept. The other is never told."""
    return RowAnswer(apart.keep_apart(work, command))


@writes(
    blueprint,
    "/cases/<case_number>/no-contact/<uuid:edge_id>/end",
    Act.KEEP_APART,
    takes=EndApartSchema,
    match="version",
    gives=RowAnswer,
)
def end_apart(work: Work, command: EndApart) -> RowAnswer:
    """Two persons need not be kept apart any more."""
    apart.end_apart(work, command)
    return RowAnswer(command.edge_id)
