"""`serai languages`: how far each language of the interface is."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from dataclasses import asdict, dataclass
from gettext import NullTranslations

import click
from babel import Locale

from app import fallback
from app.cli.opening import faults_in_one_line
from app.work import utc_now
from config.codes import read_in
from config.settings import LANGUAGES, PACKS
from workflows.packs import Shelf

#: What a person is told before any question, and the slip they take along.
_TOLD = ("text.inform.", "text.receipt.", "text.alone.")
_BASE = "int"


@dataclass(frozen=True, kw_only=True)
class LanguageRow:
    """Shares in whole per cent, rounded down; `then`: where missing words are read; `review`: by natives."""

    name: str
    code: str
    words: int
    critical: int
    told: int
    ready: bool
    then: str | None
    review: bool


def measure(codes: Iterable[str]) -> list[LanguageRow]:
    """A row for each language, from the compiled catalogues and the base pack."""
    texts = Shelf(PACKS).get(_BASE, utc_now().date()).texts
    told = [text_id for text_id in texts["en"] if text_id.startswith(_TOLD)]
    rows = []
    for code in codes:
        source = code == fallback.SOURCE
        words = fallback.completeness(fallback.CATALOGUES, code)
        own = fallback.read(fallback.CATALOGUES, code)
        rows.append(
            LanguageRow(
                name=Locale.parse(code).english_name or code,
                code=code,
                words=int(100 * words),
                critical=100 if source else _share(own, fallback.critical()),
                told=_percent(sum(one in texts.get(code, {}) for one in told), told),
                ready=words >= fallback.READY,
                then=None if source else (*read_in(code), fallback.SOURCE)[1],
                review=not source,
            )
        )
    return rows


def _share(own: NullTranslations, wanted: Collection[str]) -> int:
    # A plural is found by its first form; the number only picks which of the translations is read.
    held = sum(own.gettext(one) != one or own.ngettext(one, one, 1) != one for one in wanted)
    return _percent(held, wanted)


def _percent(held: int, wanted: Collection[str]) -> int:
    return 100 * held // len(wanted) if wanted else 0


@click.command("languages")
def languages_command() -> None:
    """Print each language with the share of words, of safety-critical texts and of what is told, as JSON."""
    with faults_in_one_line():
        found = measure(LANGUAGES)
    click.echo(json.dumps([asdict(row) for row in found], ensure_ascii=False, indent=1))
