"""Languages that are not whole yet say what may not be missing, in their own letters and plurals."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po
from click.testing import CliRunner

from app import fallback
from app.cli import main
from config.settings import LANGUAGES, PACKS
from workflows.packs import Shelf

BEGUN = tuple(code for code in LANGUAGES if code not in {"en", "ru", "fa_AF"})
TOLD = ("text.inform.", "text.receipt.", "text.alone.")
#: Letters that only this language has among its neighbours', or its script.
LETTERS = {
    "kk": "әіңғүұқөһ", "ky": "ңүө", "tg": "ӣқғҳҷӯ", "uz": "ʻʼ", "tk": "äňöşüýž",
    "ps": "ټډړږښڼېۍځڅ", "fa": "پچژگ", "tr": "çğıöşü", "az": "əğıöşü", "zh": "的不",
}  # fmt: skip
#: What begins a placeholder of another kind than ours.
PLACEHOLDER = fallback.PLACEHOLDER


def catalogue(code: str) -> Catalog:
    path = fallback.CATALOGUES / code / "LC_MESSAGES" / "messages.po"
    with path.open("rb") as file:
        return read_po(file, locale=code)


def said(message: object) -> tuple[str, ...]:
    return (message,) if isinstance(message, str) else tuple(message or ())  # type: ignore[arg-type]  # Babel's own kinds


def texts(code: str) -> dict[str, str]:
    return dict(Shelf(PACKS).get("int", date(2026, 11, 24)).texts[code])


def test_thirteen_languages_are_offered() -> None:
    assert len(LANGUAGES) == 13
    assert len(BEGUN) == 10


def test_the_list_names_safeguards_rights_the_telling_errors_and_the_way_out() -> None:
    listed = fallback.critical()

    assert len(set(listed)) == len(listed) > 90
    for text in ("Do not return", "Do not detain", "Do not tell the country of origin",
                 "Do not close this case", "May be lifted by", "Leave this page", "Lock",
                 "Sign out", "Tell the person what this is for", "There is a problem",
                 "Never a companion: it may be the one who is feared."):  # fmt: skip
        assert text in listed


def test_every_listed_text_is_one_of_the_interface() -> None:
    with (fallback.CATALOGUES / "messages.pot").open("rb") as file:
        known = {said(message.id)[0] for message in read_po(file) if message.id}

    assert [text for text in fallback.critical() if text not in known] == []


@pytest.mark.parametrize("code", [code for code in LANGUAGES if code != "en"])
def test_what_is_safety_critical_is_whole_in_every_language(code: str) -> None:
    held = {said(m.id)[0]: said(m.string) for m in catalogue(code) if m.id}

    missing = [
        text for text in fallback.critical() if not all(map(str.strip, held.get(text, ("",))))
    ]
    assert missing == []


@pytest.mark.parametrize("code", BEGUN)
def test_what_is_said_keeps_placeholders_and_plural_forms(code: str) -> None:
    known = catalogue(code)
    for message in known:
        forms = [text for text in said(message.string) if text]
        if message.id and forms:
            assert not message.fuzzy
            assert any(fallback.fits(one, forms[0]) for one in said(message.id)), message.id
        if message.pluralizable and forms:
            assert len(forms) == known.num_plurals


@pytest.mark.parametrize("code", BEGUN)
def test_words_are_in_the_letters_of_the_language(code: str) -> None:
    words = "".join("".join(said(m.string)) for m in catalogue(code) if m.id)
    told = "".join(texts(code).values())
    cyrillic, arabic = re.compile(r"[\u0400-\u04ff]"), re.compile(r"[\u0600-\u06ff]")

    for text in (words, told):
        assert sum(letter in text for letter in LETTERS[code]) >= len(LETTERS[code]) // 2
        assert bool(cyrillic.search(text)) is (code in {"kk", "ky", "tg"})
        assert bool(arabic.search(text)) is (code in {"ps", "fa"})


@pytest.mark.parametrize("code", BEGUN)
def test_everybody_can_be_told_in_their_language_and_take_the_slip(code: str) -> None:
    wanted = {one for one in texts("en") if one.startswith(TOLD)}

    assert wanted == set(texts(code))
    assert all(text.strip() for text in texts(code).values())


@pytest.mark.parametrize("code", BEGUN)
def test_machine_made_wording_says_so(code: str) -> None:
    pack = (PACKS / "int" / "i18n" / f"{code}.yaml").read_text(encoding="utf-8")

    assert "NEEDS NATIVE REVIEW" in catalogue(code).header_comment
    assert "NEEDS NATIVE REVIEW" in pack


def test_the_command_tells_how_far_each_language_is() -> None:
    done = CliRunner().invoke(main, ["languages"])
    rows = {row["code"]: row for row in json.loads(done.output)}

    assert tuple(rows) == LANGUAGES
    assert all(rows[code]["told"] == 100 for code in LANGUAGES)
    assert all(not rows[code]["ready"] and rows[code]["review"] for code in BEGUN)
    assert (rows["tg"]["then"], rows["ps"]["then"], rows["zh"]["then"]) == ("ru", "fa_AF", "en")
    page = Path(fallback.__file__).parents[1] / "docs" / "reference" / "languages.md"
    assert all(f"`{code}`" in page.read_text(encoding="utf-8") for code in LANGUAGES)
