"""`serai assess`: what a pack says of one person's facts, for machines and for who tries a pack out."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import click

from app.cli.opening import OneLine, faults_in_one_line
from app.cli.packs import as_of_option, day_of
from config.codes import countries
from config.settings import PACKS
from models.vocabulary import Role
from workflows.pack_trust import signatures_of, trusted_keys, why_not
from workflows.rules import canonical
from workflows.rules.facts_file import MOST_BYTES, read_facts
from workflows.rules.pack import Pack
from workflows.rules.packs import load_pack
from workflows.rules.report import lines, report
from workflows.rules.signatures import FILE

_ROLES = (Role.BORDER_OFFICIAL.value, Role.PROTECTION_OFFICER.value)


class BadInput(OneLine):
    """The question itself cannot be answered: exit 2, and nothing is said of the person."""

    exit_code = 2


@click.command("assess")
@click.option("--packs", "folder", type=click.Path(path_type=Path), default=PACKS)
@click.option("--pack", "code", help="int, kaz, tjk, ...")
@click.option("--archive", type=click.Path(path_type=Path), help="A published pack instead.")
@click.option("--facts", "file", required=True, help="JSON object of fact to value; - is stdin.")
@as_of_option
@click.option("--role", default=_ROLES[0], help=f"Who would ask: {' or '.join(_ROLES)}.")
@click.option("--not-private", is_flag=True, help="The setting is not private.")
@click.option("--trust", type=click.Path(path_type=Path), envvar="SERAI_PACK_TRUST")
@click.option("--language", default="en", help="en, ru, fa_AF, ...")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def assess_command(
    folder: Path,
    code: str | None,
    archive: Path | None,
    file: str,
    as_of: str | None,
    role: str,
    trust: Path | None,
    not_private: bool,  # noqa: FBT001  # a flag of the command line
    language: str,
    as_json: bool,  # noqa: FBT001
) -> None:
    """Say what a pack says of a JSON object of facts: profiles, holds, needs, deadlines, what to ask."""
    with _bad_input():
        day = day_of(as_of)
        pack = _pack(folder, code, archive, day)
        if trust is not None:
            beside = archive.parent if archive is not None else folder / pack.code
            _refuse_unsigned(pack, beside / FILE, trust)
        if language not in pack.languages:
            raise BadInput(f"no language {language[:20]!r}; allowed: {', '.join(pack.languages)}")
        if role not in _ROLES:
            raise BadInput(f"no role {role[:20]!r}; allowed: {', '.join(_ROLES)}")
        raw, name = _read(file)
        facts = read_facts(raw, name, pack, day, countries())
        found = report(
            pack, facts, day, role=Role(role), private=not not_private, language=language
        )
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False, indent=1, sort_keys=True))
        return
    for line in lines(pack, found, language):
        click.echo(line)


@contextmanager
def _bad_input() -> Iterator[None]:
    try:
        with faults_in_one_line():
            yield
    except OneLine as fault:
        raise BadInput(" ".join(fault.message.split())) from None


def _pack(folder: Path, code: str | None, archive: Path | None, day: date) -> Pack:
    if (code is None) == (archive is None):
        raise BadInput("one of --pack and --archive is needed")
    if archive is None:
        return load_pack(folder, str(code), day)
    return canonical.load(_bytes(str(archive), canonical.MOST_BYTES), day, str(archive))


def _refuse_unsigned(pack: Pack, file: Path, trust: Path) -> None:
    given = signatures_of(file, str(file))
    reason = why_not(canonical.dump(pack), given, trusted_keys(trust))
    if reason:
        raise BadInput(f"{file}: {pack.name}: {reason}")


def _read(file: str) -> tuple[bytes, str]:
    if file == "-":
        return sys.stdin.buffer.read(MOST_BYTES + 1), "stdin"
    return _bytes(file, MOST_BYTES), file


def _bytes(file: str, most: int) -> bytes:
    """The bytes of a file, at most one more than `most`, so that a huge one is never read whole."""
    try:
        if not Path(file).is_file():
            raise BadInput(f"{file}: there is no such file")
        with Path(file).open("rb") as opened:
            return opened.read(most + 1)
    except (OSError, ValueError) as error:
        raise BadInput(f"{file}: cannot be read ({type(error).__name__})") from None
