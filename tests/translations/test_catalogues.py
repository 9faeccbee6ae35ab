"""Every word of the interface is in Russian and Dari, whole, with the placeholders of the English."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from babel.core import Locale
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_keywords, parse_mapping_cfg
from babel.messages.pofile import read_po

from app.errors import SeraiError
from app.locale import RIGHT_TO_LEFT
from app.web import office_words

ROOT = Path(__file__).resolve().parents[2]
CATALOGUES = ROOT / "app" / "translations"
LANGUAGES = ("ru", "fa_AF")
#: `%(name)s` and `{name}` with or without the doubled percent sign of the character counter.
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%*\{\w+\}")
TAG = re.compile(r"</?\w+[^>]*>|&\w+;")
TOP_UP = "type `python3 dev.py i18n`, then translate what is empty in app/translations"
#: The letters of a language.
SCRIPTS = {"ru": re.compile(r"[А-яЁё]"), "fa_AF": re.compile(r"[\u0600-\u06ff]")}
#: Names that are written in Latin letters in Dari too.
NAMES = {"UN refugee agency", "UN migration agency"}
#: Letters that Arabic keyboards write and Dari does not.
ARABIC_ONLY = re.compile(r"[\u064a\u0643\u0660-\u0669]")
#: What Iran says and Afghanistan does not.
IRANIAN = ("آدرس ایمیل", "پرونده", "گذرنامه", "شناسنامه", "دادگاه", "پزشک", "کودک", "مرز ", "مترجم")


@cache
def read(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale=path.parent.parent.name if path.suffix == ".po" else None)


def catalogue(language: str) -> Catalog:
    return read(CATALOGUES / language / "LC_MESSAGES" / "messages.po")


def messages(language: str) -> Iterator[tuple[Message, tuple[str, ...], tuple[str, ...]]]:
    """Each message with its English forms and its translated ones."""
    for message in catalogue(language):
        if message.id:
            yield message, forms(message.id), forms(message.string)


def forms(text: str | tuple[str, ...] | list[str]) -> tuple[str, ...]:
    return (text,) if isinstance(text, str) else tuple(text)


def key(context: str | None, text: str | tuple[str, ...]) -> tuple[str | None, tuple[str, ...]]:
    return context, forms(text)


@cache
def extracted() -> frozenset[tuple[str | None, tuple[str, ...]]]:
    """What `dev.py i18n` would find now."""
    with (CATALOGUES / "babel.cfg").open() as file:
        methods, options = parse_mapping_cfg(file, "babel.cfg")
    keywords = DEFAULT_KEYWORDS | parse_keywords(["lazy_gettext"])
    found = set()
    for folder in ("app", "workflows", "config/data"):
        for _name, _line, text, _comments, context in extract_from_dir(
            ROOT / folder, methods, options, keywords
        ):
            found.add(key(context, text))
    return frozenset(found)


def errors(base: type[SeraiError] = SeraiError) -> Iterator[type[SeraiError]]:
    yield base
    for child in base.__subclasses__():
        yield from errors(child)


def test_the_template_holds_exactly_what_code_and_pages_say() -> None:
    # A message with a plural may be met once in the singular only; its first form is its name.
    kept = {(m.context, forms(m.id)[0]) for m in read(CATALOGUES / "messages.pot") if m.id}
    now = {(context, text[0]) for context, text in extracted()}

    assert now - kept == set(), TOP_UP
    assert kept - now == set(), TOP_UP


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_language_has_every_message_and_no_other(language: str) -> None:
    kept = {(m.context, forms(m.id)[0]) for m in read(CATALOGUES / "messages.pot") if m.id}
    translated = {(message.context, english[0]) for message, english, _ in messages(language)}

    assert translated == kept, TOP_UP


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_is_empty_or_fuzzy(language: str) -> None:
    empty = [english[0] for _, english, said in messages(language) if not all(map(str.strip, said))]
    fuzzy = [english[0] for message, english, _ in messages(language) if message.fuzzy]

    assert empty == [], TOP_UP
    assert fuzzy == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_placeholders_and_markup_are_those_of_the_english(language: str) -> None:
    wrong = []
    for _, english, said in messages(language):
        names = {frozenset(PLACEHOLDER.findall(text)) for text in english}
        tags = sorted(TAG.findall(english[0]))
        wrong += [
            (english[0], text)
            for text in said
            if frozenset(PLACEHOLDER.findall(text)) not in names
            or sorted(TAG.findall(text)) != tags
        ]

    assert wrong == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_white_space_at_the_ends_is_kept(language: str) -> None:
    """` or ` joins words: without its spaces they would run together."""

    def ends(text: str) -> tuple[bool, bool]:
        return text != text.lstrip(), text != text.rstrip()

    assert [e[0] for _, e, said in messages(language) if ends(e[0]) != ends(said[0])] == []


@pytest.mark.parametrize(("language", "count"), [("ru", 3), ("fa_AF", 1)])
def test_plurals_have_as_many_forms_as_the_language(language: str, count: int) -> None:
    plurals = [
        (english[0], said) for message, english, said in messages(language) if message.pluralizable
    ]

    assert catalogue(language).num_plurals == count
    assert plurals
    assert [(text, said) for text, said in plurals if len(said) != count] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_translations_are_in_the_script_of_the_language(language: str) -> None:
    latin = [
        (english[0], said)
        for _, english, said in messages(language)
        if english[0] not in NAMES
        and re.search(r"[A-Za-z]{2}", PLACEHOLDER.sub("", english[0]))
        and not all(SCRIPTS[language].search(text) for text in said)
        and not all(re.search(r"^%\(|\{", text) for text in said)
    ]

    assert latin == []


def test_dari_is_written_as_in_afghanistan() -> None:
    said = [text for _, _, forms_said in messages("fa_AF") for text in forms_said]

    assert Locale.parse("fa_AF").language in RIGHT_TO_LEFT
    assert [text for text in said if ARABIC_ONLY.search(text)] == []
    assert [(word, text) for word in IRANIAN for text in said if word in text] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_error_can_be_said(language: str) -> None:
    """What an error says is looked up when it is shown; were it not extracted, it would be English."""
    known = catalogue(language)
    ours = {error for error in errors() if error.__module__.startswith(("app.", "workflows."))}

    assert len(ours) > 15
    assert [error.code for error in ours if not _said(known, error.message)] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_roles_states_safeguards_and_acts_can_be_said(language: str) -> None:
    known = catalogue(language)
    tables = [words for name, words in vars(office_words).items() if name.isupper()]
    # A lazy text outside a request is its English.
    words = {str(text) for table in tables for text in table.values()}
    words |= {"Do not return", "Do not detain", "Do not tell the country of origin"}
    words |= {"Do not close this case", "May be lifted by", "Not screened yet", "Presumed"}

    assert len(tables) > 8
    assert [word for word in words if not _said(known, word)] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_translation_says_that_it_needs_native_review(language: str) -> None:
    assert "NEEDS NATIVE REVIEW" in catalogue(language).header_comment


def _said(known: Catalog, english: str) -> bool:
    message = known.get(english)
    return message is not None and bool(message.string)
