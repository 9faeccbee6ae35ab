"""`serai pack`: read packs, for people and machines."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import click

from app.cli.opening import OneLine, data_option, faults_in_one_line, working
from app.work import utc_now
from config.settings import PACKS
from workflows import archives
from workflows import packs as workflow
from workflows.pack_trust import signatures_of, trusted_keys, why_not
from workflows.packs import Shelf
from workflows.rules import canonical
from workflows.rules.pack import Pack
from workflows.rules.packs import load_pack, pack_codes
from workflows.rules.report import described
from workflows.rules.signatures import FILE, Trusted
from workflows.rules.words import TREATIES

folder_option = click.option(
    "--packs", "folder", type=click.Path(path_type=Path, exists=True), default=PACKS
)
code_option = click.option("--pack", "code", required=True, help="int, kaz, tjk, ...")
as_of_option = click.option("--as-of", "as_of", help="A day as 2026-03-01; default: today.")
language_option = click.option("--language", default="en", help="en, ru, fa_AF, ...")
as_json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


def day_of(text: str | None) -> date:
    """The day of `--as-of`, or today. Raises `OneLine` for what is no day."""
    try:
        return utc_now().date() if text is None else _iso(text)
    except ValueError:
        raise OneLine(f"--as-of: found {text!r:.30}; allowed: a day as 2026-03-01") from None


def _iso(text: str) -> date:
    if len(text) != len("2026-03-01"):
        raise ValueError(text)
    return date.fromisoformat(text)


@click.group()
def pack() -> None:
    """The rules in force."""


@pack.command("list")
@folder_option
@click.option("--trust", type=click.Path(path_type=Path), envvar="SERAI_PACK_TRUST")
def list_command(folder: Path, trust: Path | None) -> None:
    """Each pack with its version, hash, what it holds, and whether two trusted keys signed it."""
    with faults_in_one_line():
        trusted = trusted_keys(trust) if trust else None
        for code in pack_codes(folder):
            found = load_pack(folder, code, utc_now().date())
            click.echo(
                f"{found.name:<14} {found.sha256[:12]} {len(found.profiles)} profiles, "
                f"{len(found.facts)} facts, {len(found.rules)} rules, {len(found.needs)} needs, "
                f"{len(found.holds)} holds, {len(found.deadlines)} deadlines, "
                f"{len(found.vignettes)} vignettes{_state(found)}{_signed(folder, found, trusted)}"
            )
    if trusted is None:
        click.echo("Signatures were not checked: there is no SERAI_PACK_TRUST.")


def _signed(folder: Path, found: Pack, trusted: tuple[Trusted, ...] | None) -> str:
    if trusted is None:
        return ""
    name = f"{found.code}/{FILE}"
    given = signatures_of(folder / found.code / FILE, name)
    reason = why_not(canonical.dump(found), given, trusted)
    return f"; NOT SIGNED: {reason}" if reason else "; signed by two"


def _state(found: Pack) -> str:
    if not found.country:
        return ""
    party = sum(row.status.startswith("party") for row in found.treaties)
    procedure = found.asylum_procedure or "not said"
    return f"; party to {party} of {len(TREATIES)} treaties, asylum procedure: {procedure}"


@pack.command()
@folder_option
@code_option
@language_option
@as_json_option
def facts(folder: Path, code: str, language: str, as_json: bool) -> None:  # noqa: FBT001  # a flag of the command line
    """Every fact with its kind, allowed values and wording."""
    with faults_in_one_line():
        found = Shelf(folder).get(code, utc_now().date())
    rows = [described(found, fact, language) for fact in found.facts.values()]
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False, indent=1))
        return
    for row in rows:
        click.echo(f"{row['fact']:<32} {row['kind']:<9} {row['ask']}")


@pack.command()
@data_option
@click.argument("codes", nargs=-1, required=True)
def sync(data: Path | None, codes: tuple[str, ...]) -> None:
    """Bring agencies, desks, services and posts of these packs into the database."""
    with working(data) as work:
        for code in codes:
            found = work.shelf.get(code, work.now.date())
            workflow.sync_network(work.session, found)
            archives.keep(work, found)
    click.echo(f"Brought in: {', '.join(codes)}")
