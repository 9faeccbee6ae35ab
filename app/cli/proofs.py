"""`serai pack prove | differences | slips | vignettes | gate`: what can be shown of a pack for everybody.

They need the solver (`pip install 'serai[prove]'`) and print one line when it is missing.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import process_time
from typing import Any

import click

from app.cli.opening import OneLine, faults_in_one_line
from app.work import utc_now
from config.settings import PACKS
from workflows.packs import Shelf
from workflows.rules import canonical, slip_report
from workflows.rules.differences import differences as differences_of
from workflows.rules.gate import gate as gate_of
from workflows.rules.pack import Pack
from workflows.rules.packs import load_pack
from workflows.rules.proof_solver import NoSolver
from workflows.rules.proof_words import as_answers
from workflows.rules.proposals import as_yaml, propose
from workflows.rules.prove import OPEN, Proof, proofs
from workflows.rules.slips import UNNOTICED, Examiner

_folder = click.option(
    "--packs", "folder", type=click.Path(path_type=Path, exists=True), default=PACKS
)
_codes = click.option("--pack", "codes", multiple=True, help="int, kaz, ...; may be repeated.")
_all = click.option("--all", "everything", is_flag=True, help="All packs of the folder.")
_as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
_language = click.option("--language", default="en", help="Words of the facts: en, ru, fa_AF.")


@contextmanager
def _solving() -> Iterator[None]:
    with faults_in_one_line():
        try:
            yield
        except NoSolver as missing:
            raise OneLine(str(missing)) from None


def _chosen(
    folder: Path, codes: tuple[str, ...], *, everything: bool
) -> Iterator[tuple[Pack, Pack | None]]:
    """Each pack with its base (None for the base itself)."""
    shelf, day = Shelf(folder), utc_now().date()
    wanted = shelf.codes() if everything or not codes else codes
    for code in wanted:
        pack = shelf.get(code, day)
        base = pack.base.partition("@")[0].lower()
        yield pack, shelf.get(base, day) if base else None


@click.command("prove")
@_folder
@_codes
@_all
@_as_json
@_language
def prove(
    folder: Path,
    codes: tuple[str, ...],
    everything: bool,  # noqa: FBT001  # flags of the command line
    as_json: bool,  # noqa: FBT001
    language: str,
) -> None:
    """Prove each invariant for every possible person; exit 1 when one is open."""
    rows: list[dict[str, Any]] = []
    with _solving():
        for pack, base in _chosen(folder, codes, everything=everything):
            for proof in proofs(pack, base):
                rows.append(_row(pack, proof, language))
                if not as_json:
                    _print_proof(pack, proof, language)
            if not as_json:
                _print_counts(pack, [row for row in rows if row["pack"] == pack.code])
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False, indent=1))
    if any(row["how"] == OPEN for row in rows):
        raise SystemExit(1)


def _row(pack: Pack, proof: Proof, language: str) -> dict[str, Any]:
    return {
        "pack": pack.code,
        "check": proof.check,
        "says": proof.says,
        "how": proof.how,
        "ms": round(proof.ms, 1),
        "findings": [
            {
                "about": found.about,
                "text": found.show(pack, language),
                "person": None if found.person is None else as_answers(pack, found.person),
                "then": None if found.then is None else as_answers(pack, found.then),
            }
            for found in proof.findings
        ],
    }


def _print_proof(pack: Pack, proof: Proof, language: str) -> None:
    click.echo(f"{pack.code}  {proof.check:<16} {proof.how:<16} {proof.ms:8.1f} ms  {proof.says}")
    for found in proof.findings:
        click.echo(f"    {found.show(pack, language)}")


def _print_counts(pack: Pack, rows: list[dict[str, Any]]) -> None:
    for title, chosen in (
        ("invariants", [row for row in rows if row["check"] in pack.invariants]),
        ("other checks", [row for row in rows if row["check"] not in pack.invariants]),
    ):
        how = Counter(row["how"] for row in chosen)
        counts = ", ".join(f"{n} {word}" for word, n in sorted(how.items()))
        ms = sum(row["ms"] for row in chosen)
        click.echo(f"{pack.code}: {len(chosen)} {title}: {counts}; {ms:.0f} ms")


@click.command("differences")
@click.argument("old", type=click.Path(path_type=Path, exists=True))
@click.argument("new", type=click.Path(path_type=Path, exists=True))
@_as_json
@_language
def differences(old: Path, new: Path, as_json: bool, language: str) -> None:  # noqa: FBT001
    """For each output the smallest person who gains or loses from OLD to NEW (pack folders or archives)."""
    with _solving():
        before, after = _read(old), _read(new)
        found = differences_of(before, after)
    if as_json:
        rows = [
            {
                "way": one.way,
                "output": str(one.output),
                "person": None if one.person is None else as_answers(after, one.person),
                "text": one.show(after, language),
            }
            for one in found
        ]
        click.echo(json.dumps(rows, ensure_ascii=False, indent=1))
        return
    for one in found:
        click.echo(one.show(after, language))
    click.echo(f"{before.name} to {after.name}: {len(found)} differences")


def _read(path: Path) -> Pack:
    """A folder is a pack beside its base; a file is an archive of canonical JSON."""
    day = utc_now().date()
    if path.is_dir():
        return load_pack(path.resolve().parent, path.resolve().name, day)
    return canonical.load(path.read_bytes(), day, path.name)


@click.command("slips")
@_folder
@_codes
@_all
@click.option("--list", "listed", is_flag=True, help="Each unnoticed change: file, row, change.")
@click.option("--sample", "size", type=click.IntRange(min=1), help="Only so many, by chance.")
@click.option("--seed", default=1, show_default=True, help="Which chance.")
@_as_json
def slips(
    folder: Path,
    codes: tuple[str, ...],
    everything: bool,  # noqa: FBT001
    listed: bool,  # noqa: FBT001
    size: int | None,
    seed: int,
    as_json: bool,  # noqa: FBT001
) -> None:
    """Count what notices each single-place change of a pack; exit 1 when nothing notices some of them."""
    missed, rows = 0, []
    with _solving():
        for pack, base in _chosen(folder, codes, everything=everything):
            start = process_time()
            examiner = Examiner(pack, base)
            chosen = slip_report.sample(examiner.slips, size, seed) if size else examiner.slips
            found = list(examiner.examine(chosen))
            unnoticed = [noticed for noticed in found if noticed.by == UNNOTICED]
            missed += len(unnoticed)
            rows += [slip_report.as_row(pack, noticed) for noticed in found] if as_json else []
            for noticed in unnoticed if listed and not as_json else ():
                where = slip_report.place(pack, noticed.slip)
                click.echo(f"{where}  {noticed.slip.about}: {noticed.slip.says}")
            if not as_json:
                click.echo(slip_report.line(pack, found, process_time() - start))
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False, indent=1))
    if missed:
        raise SystemExit(1)


@click.command("vignettes")
@_folder
@_codes
@_all
@click.option(
    "--propose", is_flag=True, required=True, expose_value=False, help="The missing ones."
)
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), help="Write them here.")
def vignettes(
    folder: Path,
    codes: tuple[str, ...],
    everything: bool,  # noqa: FBT001
    out: Path | None,
) -> None:
    """Write the vignettes that a pack still needs, as persons for an expert to confirm."""
    with _solving():
        for pack, base in _chosen(folder, codes, everything=everything):
            for i, vignette in enumerate(propose(Examiner(pack, base)), 1):
                _write(out / pack.code if out else None, f"slip-{i:03}.yaml", as_yaml(vignette))


def _write(folder: Path | None, name: str, text: str) -> None:
    if folder is None:
        click.echo(f"--- {name}\n{text}")
        return
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(text, encoding="utf-8")
    click.echo(f"{folder / name}")


@click.command("gate")
@_folder
@_codes
@_all
@click.option(
    "--slips", "with_slips", is_flag=True, help="Also try every slip (a minute and more)."
)
def gate(folder: Path, codes: tuple[str, ...], everything: bool, with_slips: bool) -> None:  # noqa: FBT001
    """The gate before publishing: vignettes, invariants, never below the base, lint; with seconds."""
    passed = True
    with _solving():
        for pack, base in _chosen(folder, codes, everything=everything):
            report = gate_of(pack, base, slips=with_slips)
            passed = passed and report.passed
            for finding in report.findings:
                click.echo(f"    {finding}")
            word = "passed" if report.passed else f"{len(report.findings)} findings"
            click.echo(f"{pack.name:<14} {word:<14} {report.seconds:6.1f} s")
    if not passed:
        raise SystemExit(1)


#: What `serai pack` gets from here.
COMMANDS = (prove, differences, slips, vignettes, gate)
