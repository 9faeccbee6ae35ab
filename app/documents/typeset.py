"""Printed forms as tagged PDF (PDF/UA-1), set by Typst from one source and JSON.

The same form is the same bytes wherever and whenever it is made: fonts come with packages, those of the
system are not looked at, and no time is written into the file.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path

import fontpkg
import typst

from app.locale import Language

SOURCE = Path(__file__).with_name("form.typ")
_FONTS = ("Noto Sans", "Noto Sans Arabic")


@dataclass(frozen=True)
class Section:
    """A part of a form: rows of a label and the lines beside it."""

    heading: str
    rows: list[tuple[str, list[str]]]


@dataclass(frozen=True)
class Form:
    """What a form says, in one language. `lead` stands below the title, `foot` at the end."""

    title: str
    lead: str
    foot: str
    sections: list[Section]


def told(form: Form, language: Language) -> str:
    """The form as the JSON that the source reads; parts without rows are left out."""
    said = asdict(form)
    said["sections"] = [part for part in said["sections"] if part["rows"]]
    said["lang"] = language.tag.partition("-")[0]
    said["rtl"] = language.direction == "rtl"
    return json.dumps(said, ensure_ascii=False)


def pdf(form: Form, language: Language) -> bytes:
    """The form as a PDF of A4 pages."""
    made: bytes = typst.compile(
        str(SOURCE),
        sys_inputs={"form": told(form, language)},
        font_paths=list(_folders()),
        ignore_system_fonts=True,
        pdf_standards=["ua-1"],
        timestamp=0,
    )
    return made


@lru_cache(maxsize=1)
def _folders() -> tuple[str, ...]:
    return tuple(str(Path(fontpkg.path(name)).parent) for name in _FONTS)
