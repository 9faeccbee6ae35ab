"""Invented languages for tests, left to right and right to left: every message marked and a half longer.

What stands on a page outside the marks was never given to a translator.
"""

from __future__ import annotations

import re
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from flask import Flask

from tests.translations.test_catalogues import extracted

FIRST, LAST = "⟦", "⟧"
#: Two languages of the settings whose words are taken over: left to right, and right to left.
LEFT, MIRRORED = "tr", "ps"
_KEPT = re.compile(r"%\(\w+\)[sd]|%*\{\w+\}|%%|</?\w+[^>]*>|&\w+;")
_ACCENTS = str.maketrans("aeiouyAEIOUYcnsz", "àéïôüÿÀÉÏÔÜŸçñšž")


def stretched(text: str) -> str:
    """`text` with accents, longer by half, between marks; placeholders, markup and outer spaces are kept."""
    inner = text.strip()
    parts = re.split(f"({_KEPT.pattern})", inner)
    said = "".join(part if at % 2 else part.translate(_ACCENTS) for at, part in enumerate(parts))
    padding = (
        " ~~~~~" * (len(inner) // 12) + " " + "~" * (len(inner) // 2 % 6) if len(inner) > 3 else ""
    )
    return text.replace(inner, f"{FIRST}{said}{padding}{LAST}", 1) if inner else text


def write(folder: Path) -> None:
    """Compiled catalogues of both pseudo-languages in `folder`, of all that the code says now."""
    for code in (LEFT, MIRRORED):
        catalogue = Catalog(locale=code)
        for context, english in extracted():
            if len(english) == 1:
                catalogue.add(english[0], stretched(english[0]), context=context)
            else:
                forms = [english[0], *[english[1]] * (catalogue.num_plurals - 1)]
                catalogue.add(english, tuple(map(stretched, forms)), context=context)
        path = folder / code / "LC_MESSAGES" / "messages.mo"
        path.parent.mkdir(parents=True)
        with path.open("wb") as file:
            write_mo(file, catalogue)


def speak(app: Flask, folder: Path) -> None:
    """Let an application read the pseudo-languages in place of LEFT and MIRRORED."""
    write(folder)
    babel = app.extensions["babel"]
    babel.translation_directories[:] = [str(folder)]
    babel.instance.domain_instance.cache.clear()
