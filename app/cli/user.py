"""`serai user`: accounts and machine tokens from the command line, for setting a deployment up."""

from __future__ import annotations

from pathlib import Path

import click
from sqlalchemy import select

from app.cli.opening import OneLine, data_option, working
from models.accounts import User
from models.vocabulary import Role
from workflows import accounts, federation
from workflows.accounts import CreateUser
from workflows.errors import InvalidCommand
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
@click.option(
    "--passkey", is_flag=True, help="It opens by passkey only, made at the first sign-in."
)
@click.option("--handed-over", is_flag=True, help="The owner chooses another password at first.")
@click.option(
    "--staff-number", default="", help="Its holder's: accounts of one human count as one signature."
)
@click.password_option(help="At least 15 characters; asked for when left out.")
def create(
    data: Path | None,
    name: str,
    *,
    role: str,
    agency: str,
    post: str | None,
    desks: tuple[str, ...],
    language: str,
    passkey: bool,
    handed_over: bool,
    staff_number: str,
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
                must_change_password=handed_over,
                needs_passkey=passkey,
                staff_number=staff_number,
            ),
        )
        work.note(Act.MANAGE_USERS, "command_line")
    click.echo(f"Authenticator secret (shown once): {made.totp_secret}")


@user.command()
@data_option
@click.argument("name")
@click.option("--staff-number", prompt=True, hide_input=True, help="Asked for when left out.")
def holder(data: Path | None, name: str, staff_number: str) -> None:
    """Say whose this account is: two of one human count as one signature. Only a keyed token is kept."""
    with working(data) as work:
        accounts.set_holder(work, name, staff_number)
        work.note(Act.MANAGE_USERS, "command_line", detail={"set": "holder"})
    click.echo("kept")


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


@user.command()
@data_option
@click.argument("name")
@click.argument("subject")
def link(data: Path | None, name: str, subject: str) -> None:
    """Let a subject of the OpenID provider (SERAI_OIDC_ISSUER) sign in as this account."""
    with working(data) as work:
        issuer = work.settings.oidc_issuer
        if issuer is None:
            raise OneLine("SERAI_OIDC_ISSUER is not set")
        try:
            federation.link(work, name, issuer, subject)
        except InvalidCommand as error:
            raise OneLine(f"this {error.params['field']} cannot be linked") from None
        work.note(Act.MANAGE_USERS, "command_line", detail={"set": "link"})
    click.echo("linked")


@user.command()
@data_option
@click.argument("name")
def unlink(data: Path | None, name: str) -> None:
    """Take the link to the OpenID provider away from this account."""
    with working(data) as work:
        if not federation.unlink(work, name):
            raise OneLine("there is no link")
        work.note(Act.MANAGE_USERS, "command_line", detail={"remove": "link"})
    click.echo("unlinked")
