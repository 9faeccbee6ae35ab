"""`serai pack show`, `doubts`, `import`: a pack aloud, what is not confirmed, spreadsheets."""

from __future__ import annotations

import csv
import dataclasses
import io
import json
from collections import Counter
from pathlib import Path

import click

from app.cli.opening import OneLine, faults_in_one_line
from app.cli.packs import (
    as_json_option,
    as_of_option,
    code_option,
    day_of,
    folder_option,
    language_option,
)
from workflows.rules.doubts import doubts
from workflows.rules.pack_files import pack_codes, read_bytes
from workflows.rules.pack_sheets import sheet_document
from workflows.rules.packs import load_pack
from workflows.rules.sentences import read_aloud


@click.command("show")
@folder_option
@code_option
@as_of_option
@language_option
def show_command(folder: Path, code: str, as_of: str | None, language: str) -> None:
    """Read a pack aloud: treaties, rules and holds as sentences, each with its sources."""
    with faults_in_one_line():
        pack = load_pack(folder, code, day_of(as_of))
    if language not in pack.languages:
        raise OneLine(f"no language {language[:20]!r}; allowed: {', '.join(pack.languages)}")
    for line in read_aloud(pack, language):
        click.echo(line)


@click.command("doubts")
@folder_option
@click.option("--pack", "code", help="Default: all packs.")
@as_of_option
@as_json_option
def doubts_command(folder: Path, code: str | None, as_of: str | None, as_json: bool) -> None:  # noqa: FBT001  # a flag
    """Rows that rest on memory or doubt, were not verified for a year, or have ended: file, line, count."""
    with faults_in_one_line():
        day = day_of(as_of)
        codes = (code,) if code else pack_codes(folder)
        found = [doubt for one in codes for doubt in doubts(folder, one, day)]
    if as_json:
        rows = [dataclasses.asdict(doubt) for doubt in found]
        click.echo(json.dumps(rows, ensure_ascii=False, indent=1))
        return
    for doubt in found:
        click.echo(str(doubt))
    for one in codes:
        counts = Counter(doubt.why for doubt in found if doubt.pack == one)
        said = ", ".join(f"{why}: {n}" for why, n in sorted(counts.items()))
        click.echo(f"{one}: {sum(counts.values())} ({said or 'no doubts'})")


@click.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--to", "target", type=click.Path(path_type=Path), required=True, help="A new file.")
def import_command(file: Path, target: Path) -> None:
    """Write a spreadsheet of one sheet as CSV; what CSV cannot say (formulas, merged cells) is refused."""
    with faults_in_one_line():
        document = sheet_document(read_bytes(file, file.name), file.name)
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, document.columns, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(document.data)
    try:
        with target.open("xb") as opened:
            opened.write(text.getvalue().encode())
    except OSError as error:
        raise OneLine(f"{target}: cannot be made ({type(error).__name__})") from None
    click.echo(f"{len(document.data)} rows, {len(document.columns)} columns: {target}")
