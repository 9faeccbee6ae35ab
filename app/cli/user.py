"""`serai user`: accounts and machine tokens from the command line, for setting a deployment up."""

from __future__ import annotations

from pathlib import Path

import click
from sqlalchemy import select

from app.cli.opening import OneLine, data_option, working
from models.accounts import User
from models.vocabulary import Role
from workflows import accounts
from workflows.accounts import CreateUser
from workflows.policy import Act

_ROLES = [role.value for role in Role if role is not Role.SYSTEM]


@click.group()
def user() -> None:
    """Accounts."""


@user.command()
@data_option
@click.argument("name")
@click.option("--role", type=click.Choice(_ROLES), required=True)
@click.option("--agency", required=True, help="The agency's code.")
@click.option("--post", help="The post's code, for a border official.")
@click.option("--desk", "desks", multiple=True, help="A desk's code, for a protection officer.")
@click.option("--language", default="en")
@click.password_option(help="At least 15 characters; asked for when left out.")
def create(
    data: Path | None,
    name: str,
    role: str,
    agency: str,
    post: str | None,
    desks: tuple[str, ...],
    language: str,
    password: str,
) -> None:
    """Make an account, and print the secret for its authenticator once."""
    with working(data) as work:
        made = accounts.make_user(
            work,
            CreateUser(
                name=name,
                password=password,
                role=Role(role),
                agency=agency,
                post=post,
                desks=desks,
                language=language,
            ),
        )
        work.note(Act.MANAGE_USERS, "command_line")
    click.echo(f"Authenticator secret (shown once): {made.totp_secret}")


@user.command()
@data_option
@click.argument("name")
@click.option("--label", required=True, help="What the machine is.")
@click.option("--days", default=90, show_default=True)
def token(data: Path | None, name: str, label: str, days: int) -> None:
    """Issue a token with which a machine acts as this account, and print it once."""
    with working(data) as work:
        found = work.session.scalar(select(User.id).where(User.name == name.casefold()))
        if found is None:
            raise OneLine("there is no such account")
        issued = accounts.make_token(work, found, label, days)
        work.note(Act.MANAGE_USERS, "command_line")
    click.echo(issued)
