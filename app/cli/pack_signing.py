"""`serai pack export`, `keygen`, `sign`, `verify`: a pack as it is published, and who stands for it."""

from __future__ import annotations

import dataclasses
from datetime import date
from pathlib import Path

import click

from app.cli.opening import OneLine, faults_in_one_line
from app.cli.packs import as_of_option, day_of, folder_option
from models.vault.signing import make_key, read_key
from workflows import archives, pack_trust
from workflows.rules import canonical, signatures
from workflows.rules.pack import Pack
from workflows.rules.pack_files import read_bytes
from workflows.rules.packs import load_pack
from workflows.rules.signatures import Signature

_code = click.option("--pack", "code", help="A pack of the folder: int, kaz, tjk, ...")
_archive = click.option(
    "--archive", type=click.Path(path_type=Path), help="Or a file that `export` wrote."
)
_passphrase = click.option(
    "--passphrase-file", type=click.Path(path_type=Path), help="Else it is asked for."
)


@click.command()
@folder_option
@click.option("--pack", "code", required=True, help="int, kaz, tjk, ...")
@as_of_option
@click.option("--out", type=click.Path(path_type=Path), required=True, help="A new file.")
def export(folder: Path, code: str, as_of: str | None, out: Path) -> None:
    """Write a pack as it applies on a day as canonical JSON, the form that is signed and kept."""
    with faults_in_one_line():
        found = load_pack(folder, code, day_of(as_of))
        _write_new(out, canonical.dump(found))
    click.echo(f"{found.name} {found.sha256} {out}")


@click.command()
@click.option("--out", type=click.Path(path_type=Path), required=True, help="A new file.")
@_passphrase
def keygen(out: Path, passphrase_file: Path | None) -> None:
    """Make a key to sign packs with; the file stays with you, the printed public half may be trusted."""
    with faults_in_one_line():
        key = make_key(out, _secret(passphrase_file, twice=True))
    click.echo(key.public)


@click.command()
@folder_option
@_code
@_archive
@as_of_option
@click.option("--key", "key_file", type=click.Path(path_type=Path), required=True)
@_passphrase
@click.option("--as", "role", required=True, help="author or reviewer")
@click.option("--name", required=True, help="Your name, as the trust file has it.")
def sign(
    folder: Path,
    code: str | None,
    archive: Path | None,
    as_of: str | None,
    key_file: Path,
    passphrase_file: Path | None,
    role: str,
    name: str,
) -> None:
    """Sign a pack for this day and for every later one on which its rows change, or an archive."""
    if not signatures.is_name(name):
        raise OneLine(f"--name: found {name[:20]!r}; allowed: a name of at most 100 characters")
    if role not in signatures.ROLES:
        raise OneLine(f"--as: found {role[:20]!r}; allowed: {', '.join(signatures.ROLES)}")
    with faults_in_one_line():
        day = day_of(as_of)
        packs, file = _packs(folder, code, archive, day, ahead=True)
        key = read_key(key_file, _secret(passphrase_file))
        rows = {(r.sha256, r.role): r for r in pack_trust.signatures_of(file, str(file))}
        for one in packs:
            raw = canonical.dump(one)
            at = day_of(None).isoformat()
            row = Signature(one.code, one.version, one.sha256, role, name, key.public, at)
            signed = key.sign(signatures.message(raw, row))
            rows[one.sha256, role] = dataclasses.replace(row, signature=signed)
            click.echo(f"{one.name} {one.sha256[:12]} from {one.on} signed by {name} as {role}")
        _replace(file, signatures.write_signatures(rows.values()))


@click.command()
@folder_option
@_code
@_archive
@as_of_option
@click.option("--trust", type=click.Path(path_type=Path), envvar="SERAI_PACK_TRUST", required=True)
def verify(
    folder: Path, code: str | None, archive: Path | None, as_of: str | None, trust: Path
) -> None:
    """Say who signed a pack, or exit 1 with the reason why it does not count as signed by two."""
    with faults_in_one_line():
        packs, file = _packs(folder, code, archive, day_of(as_of), ahead=False)
        trusted = pack_trust.trusted_keys(trust)
        given = pack_trust.signatures_of(file, str(file))
        reason = pack_trust.why_not(canonical.dump(packs[0]), given, trusted)
        if reason:
            raise OneLine(f"{packs[0].name} {packs[0].sha256[:12]}: {reason}")
    for row in sorted(given, key=lambda r: r.role):
        if row.sha256 == packs[0].sha256:
            click.echo(f"{packs[0].name} {row.sha256[:12]}: {row.role} {row.name}, {row.at}")


def _packs(
    folder: Path, code: str | None, archive: Path | None, day: date, *, ahead: bool
) -> tuple[list[Pack], Path]:
    """What is to be signed or verified, and its file of signatures."""
    if (code is None) == (archive is None):
        raise OneLine("one of --pack and --archive is needed")
    if archive is not None:
        raw = read_bytes(archive, str(archive), canonical.MOST_BYTES)
        return [canonical.load(raw, name=str(archive))], archive.parent / signatures.FILE
    file = folder / str(code) / signatures.FILE
    if not ahead:
        return [load_pack(folder, str(code), day)], file
    return [found for _, found in archives.days_of(folder, str(code), day)], file


def _secret(file: Path | None, *, twice: bool = False) -> str:
    if file is None:
        return str(click.prompt("Passphrase", hide_input=True, confirmation_prompt=twice, err=True))
    return read_bytes(file, str(file), 1000).decode(errors="replace").strip()


def _write_new(file: Path, raw: bytes) -> None:
    try:
        with file.open("xb") as opened:
            opened.write(raw)
    except OSError as error:
        raise OneLine(f"{file}: cannot be made ({type(error).__name__})") from None


def _replace(file: Path, raw: bytes) -> None:
    """Write the file whole or not at all."""
    beside = file.with_name(f".{file.name}.new")
    try:
        beside.write_bytes(raw)
        beside.replace(file)
    except OSError as error:
        raise OneLine(f"{file}: cannot be written ({type(error).__name__})") from None
