"""Which picture stands beside a code that a person meets: rows of `config/data/pictograms.csv`.

One vocabulary, named by meaning: the same picture says the same thing at the question cards, on a turned
screen, in the information step and on the person's own page. The drawings are `static/pictograms.svg`. Words
stand beside every one of them, so they are hidden from screen readers.
"""

from __future__ import annotations

from functools import cache

from config.codes import rows


def pictogram_of(kind: str, code: str) -> str | None:
    """The id of the drawing for a code of a kind (`answer`, `option`, `inform`, ...); None: it has none."""
    return _by_code().get((kind, code))


@cache
def _by_code() -> dict[tuple[str, str], str]:
    return {(row["kind"], row["code"]): row["pictogram"] for row in rows("pictograms")}
