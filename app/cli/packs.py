"""`serai pack` and `serai assess`: read packs, and ask them about a person's facts, for people and
machines.
"""

from __future__ import annotations

import json
from datetime import date, datetime
from pathlib import Path
from typing import Any

import click

from app.cli.opening import OneLine, data_option, faults_in_one_line, working
from app.work import utc_now
from config.settings import PACKS
from models.vocabulary import Role
from workflows import packs as workflow
from workflows.packs import Shelf
from workflows.rules import ask
from workflows.rules.answers import facts_from_raw
from workflows.rules.assess import assess
from workflows.rules.faults import AnswerError
from workflows.rules.pack import Pack
from workflows.rules.words import TREATIES

_folder = click.option(
    "--packs", "folder", type=click.Path(path_type=Path, exists=True), default=PACKS
)
_code = click.option("--pack", "code", required=True, help="int, kaz, tjk, ...")
_as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


@click.group()
def pack() -> None:
    """The rules in force."""


@pack.command("list")
@_folder
def list_command(folder: Path) -> None:
    """Each pack with its version, hash and what it holds."""
    with faults_in_one_line():
        shelf = Shelf(folder)
        for code in shelf.codes():
            found = shelf.get(code, utc_now().date())
            click.echo(
                f"{found.name:<14} {found.sha256[:12]} {len(found.profiles)} profiles, "
                f"{len(found.facts)} facts, {len(found.rules)} rules, {len(found.needs)} needs, "
                f"{len(found.holds)} holds, {len(found.deadlines)} deadlines, "
                f"{len(found.vignettes)} vignettes{_state(found)}"
            )


def _state(found: Pack) -> str:
    if not found.country:
        return ""
    party = sum(row.status.startswith("party") for row in found.treaties)
    procedure = found.asylum_procedure or "not said"
    return f"; party to {party} of {len(TREATIES)} treaties, asylum procedure: {procedure}"


@pack.command()
@_folder
@_code
@_as_json
def facts(folder: Path, code: str, as_json: bool) -> None:  # noqa: FBT001  # a flag of the command line
    """Every fact with its kind, allowed values and wording."""
    with faults_in_one_line():
        found = Shelf(folder).get(code, utc_now().date())
    rows = [_fact(found, name) for name in found.facts]
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False, indent=1))
        return
    for row in rows:
        click.echo(f"{row['fact']:<32} {row['kind']:<9} {row['ask']}")


def _fact(found: Pack, name: str) -> dict[str, Any]:
    row = found.facts[name]
    return {
        "fact": row.id,
        "kind": row.kind,
        "allowed": list(row.options) or row.open_list or None,
        "ask": row.ask or row.ask_note,
        "computed": bool(row.computed or row.derived),
        "decided_by": row.decided_by or None,
    }


@pack.command()
@data_option
@click.argument("codes", nargs=-1, required=True)
def sync(data: Path | None, codes: tuple[str, ...]) -> None:
    """Bring agencies, desks, services and posts of these packs into the database."""
    with working(data) as work:
        for code in codes:
            workflow.sync_network(work.session, work.shelf.get(code, work.now.date()))
    click.echo(f"Brought in: {', '.join(codes)}")


@click.command("assess")
@_folder
@_code
@click.option("--facts", "file", type=click.File("r", encoding="utf-8"), required=True)
@click.option("--as-of", "as_of", type=click.DateTime(["%Y-%m-%d"]), help="Default: today.")
@_as_json
def assess_command(
    folder: Path,
    code: str,
    file: Any,
    as_of: datetime | None,
    as_json: bool,  # noqa: FBT001
) -> None:
    """Say what a pack says of a JSON object of facts: profiles, holds, needs, deadlines, what to ask."""
    day = as_of.date() if as_of else utc_now().date()
    with faults_in_one_line():
        found = Shelf(folder).get(code, day)
    result = _assessed(found, _read(file), day)
    if as_json:
        click.echo(json.dumps(result, ensure_ascii=False, indent=1, sort_keys=True))
        return
    for name in ("profiles", "shut", "needs", "urgency"):
        click.echo(f"{name}: {json.dumps(result[name], ensure_ascii=False)}")


def _read(file: Any) -> dict[str, Any]:
    try:
        raw = json.load(file)
    except ValueError:
        raise OneLine("the facts are no JSON") from None
    if not isinstance(raw, dict):
        raise OneLine("the facts must be a JSON object of fact to value")
    return raw


def _assessed(found: Pack, raw: dict[str, Any], day: date) -> dict[str, Any]:
    unknown = sorted(set(raw) - set(found.facts))
    if unknown:
        raise OneLine(f"no such fact: {', '.join(unknown)}; see `serai pack facts`")
    try:
        known = facts_from_raw(found.facts, raw)
    except AnswerError as error:
        raise OneLine(f"{error.fact}: allowed is {error.allowed}") from None
    reading = assess(found, known, day)
    stage = ask.interview(found, known, Role.BORDER_OFFICIAL, private=True, as_of=day)
    trace = reading.trace()
    return {
        "pack": reading.pack,
        "sha256": reading.sha256,
        "as_of": day.isoformat(),
        "profiles": {code: one.grade.value for code, one in reading.profiles.items()},
        "holds": trace["holds"],
        "shut": trace["shut"],
        "needs": trace["needs"],
        "urgency": reading.urgency.value,
        "deadlines": trace["deadlines"],
        "next": [item.fact for item in stage.card.items] if stage.card else [],
        "trace": trace,
    }
