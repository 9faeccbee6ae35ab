"""`serai letter`: sealed letters to and from agencies outside, carried as files or on paper."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import click

from app.cli.agency import write_new
from app.cli.opening import OneLine, data_option, working
from app.documents.letter_codes import gather, paper
from app.opener import PAGE
from models.vocabulary import OutcomeCode, QuestionReason, RefusalReason
from workflows import outside, outside_post
from workflows.outside import Answer, Sealed
from workflows.rules.pack_files import read_bytes
from workflows.work import Work

_FILE = click.Path(path_type=Path, exists=True, dir_okay=False)
_NEW = click.Path(path_type=Path, dir_okay=False)
#: A letter of the largest class as lines of codes, and some room.
_MOST = 200_000
#: A question of the longest text, in any script.
_WORDS = 4_000
_out = click.option("--out", type=_NEW, help="The letter, as a new file.")
_send = click.option("--send", is_flag=True, help="Send it to the agency's address.")
_paper = click.option("--paper", "sheet", type=_NEW, help="The letter as codes to print (HTML).")


@click.group()
def letter() -> None:
    """Sealed letters to and from agencies outside."""


@letter.command()
@data_option
@click.argument("number")
@click.option("--to", required=True, help="The agency's code: the one the referral was sent to.")
@_out
@_paper
@_send
def seal(
    data: Path | None, number: str, to: str, out: Path | None, sheet: Path | None, *, send: bool
) -> None:
    """Seal what a referral's agency must be told next: needs, identity once accepted, or a withdrawal."""
    _one_is_named(out, sheet, send)
    with working(data) as work:
        _write(work, outside.seal(work, number, to), out, sheet, send=send)


@letter.command("open")
@data_option
@click.argument("file", type=_FILE)
def open_command(data: Path | None, file: Path) -> None:
    """Open a letter or an answer, take it in, and show what it says. Twice is harmless."""
    raw = _read(file)
    with working(data) as work:
        found = outside.take_in(work, raw)
    marks = [word for word, is_so in (("again", found.again), ("crossed", found.crossed)) if is_so]
    click.echo(" ".join([found.kind.value, found.thread, found.state.value, found.peer, *marks]))
    for part in (found.needs, found.identity):
        if part:
            click.echo(json.dumps(part, ensure_ascii=False, indent=2))


@letter.command("list")
@data_option
def list_command(data: Path | None) -> None:
    """Every referral to and from agencies outside, with its state; the longest unchanged first."""
    with working(data) as work:
        rows = outside.listed(work)
    for row in rows:
        click.echo(
            f"{row.side.value} {row.number or '-'} {row.thread} {row.peer} {row.state.value} "
            f"{row.changed_at:%Y-%m-%d %H:%M} {row.letters} letters"
        )


@letter.command()
@data_option
@click.argument("file", type=_FILE)
def forget(data: Path | None, file: Path) -> None:
    """Empty what was disclosed by the referral of FILE, once it has ended here; delete the file yourself."""
    raw = _read(file)
    with working(data) as work:
        state = outside.forget(work, raw)
    click.echo(f"emptied; {state.value}")


@letter.command()
@click.option("--out", type=_NEW, required=True, help="A new file.")
def opener(out: Path) -> None:
    """Write the page that opens letters in a browser, from disk, for an agency without Serai."""
    raw = PAGE.read_bytes()
    write_new(out, raw)
    click.echo(f"{hashlib.sha256(raw).hexdigest()} {out}")


@letter.command()
@data_option
@click.argument("file", type=_FILE)
@_out
@_paper
@_send
def accept(
    data: Path | None, file: Path, out: Path | None, sheet: Path | None, *, send: bool
) -> None:
    """Accept a referral that came as FILE; the answer is signed, and asks for the identity."""
    _answer(data, file, Answer(kind="accepted"), out, sheet, send=send)


@letter.command()
@data_option
@click.argument("file", type=_FILE)
@click.argument("what", type=click.Choice(["refused", "asked", "outcome", "receipt"]))
@click.option("--reason", type=click.Choice([word.value for word in RefusalReason]))
@click.option("--outcome", type=click.Choice([word.value for word in OutcomeCode]))
@click.option("--why", type=click.Choice([word.value for word in QuestionReason]))
@click.option("--text", type=_FILE, help="A file with the question, sealed into the letter.")
@_out
@_paper
@_send
def answer(
    data: Path | None,
    file: Path,
    what: str,
    reason: str | None,
    outcome: str | None,
    why: str | None,
    text: Path | None,
    out: Path | None,
    sheet: Path | None,
    *,
    send: bool,
) -> None:
    """Refuse a referral, ask its sender, report its outcome, or confirm that it was withdrawn."""
    if (why is not None) != (what == "asked") or (text is not None) != (what == "asked"):
        raise click.UsageError("asked needs --why and --text, nothing else does")
    if (reason is not None) != (what == "refused") or (outcome is not None) != (what == "outcome"):
        raise click.UsageError("refused needs --reason, outcome needs --outcome, receipt neither")
    given = Answer(
        kind=what,
        reason=RefusalReason(reason) if reason else None,
        outcome=OutcomeCode(outcome) if outcome else None,
        why=QuestionReason(why) if why else None,
        text="" if text is None else read_bytes(text, text.name, _WORDS).decode().strip(),
    )
    _answer(data, file, given, out, sheet, send=send)


def _answer(
    data: Path | None,
    file: Path,
    given: Answer,
    out: Path | None,
    sheet: Path | None,
    *,
    send: bool,
) -> None:
    _one_is_named(out, sheet, send)
    raw = _read(file)
    with working(data) as work:
        _write(work, outside.answer(work, raw, given), out, sheet, send=send)


def _read(file: Path) -> bytes:
    """A letter as bytes, or as the lines that a reader of codes has written."""
    raw = read_bytes(file, file.name, _MOST)
    try:
        return gather(raw)
    except ValueError as fault:
        raise OneLine(f"{file.name}: {fault}") from None


def _one_is_named(*ways: object) -> None:
    if not any(ways):
        raise click.UsageError("say where to: --out, --paper or --send")


def _write(work: Work, made: Sealed, out: Path | None, sheet: Path | None, *, send: bool) -> None:
    if send:
        outside_post.post(work, made)
    if out is not None:
        write_new(out, made.raw)
    if sheet is not None:
        write_new(sheet, paper(made.raw))
    click.echo(f"{made.kind.value} {made.thread} {made.state.value}")
