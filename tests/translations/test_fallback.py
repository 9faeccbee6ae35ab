"""A language that has no words for it, a file that is gone, a lost placeholder: pages stay whole."""

from __future__ import annotations

from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from flask import Flask, render_template_string
from flask_babel import gettext, ngettext

from app import fallback, locale

PAGE = "{{ _('Sign in') }}|{{ _('Case %(number)s', number='7') }}|{{ language.tag }}"


def put(folder: Path, code: str, **texts: str | tuple[str, ...]) -> None:
    """A compiled catalogue; `key` stands for one of the messages below."""
    catalogue = Catalog(locale=code)
    for key, text in texts.items():
        catalogue.add(MESSAGES[key], text)
    path = folder / code / "LC_MESSAGES" / "messages.mo"
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        write_mo(file, catalogue)


MESSAGES: dict[str, str | tuple[str, str]] = {
    "enter": "Sign in",
    "case": "Case %(number)s",
    "days": ("%(num)s day", "%(num)s days"),
    "hours": ("%(num)s h", "%(num)s h"),
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    fallback.completeness.cache_clear()
    (tmp_path / "messages.pot").write_text(
        "".join(f'msgid "{key}"\nmsgstr ""\n\n' for key in MESSAGES), encoding="utf-8"
    )
    put(tmp_path, "ru", enter="Войти", case="Дело %(number)s",
        days=("%(num)s день", "%(num)s дня", "%(num)s дней"),
        hours=("%(num)s ч", "%(num)s ч", "%(num)s ч"))  # fmt: skip
    put(tmp_path, "fa_AF", enter="ورود", case="دوسیه %(number)s", days=("%(num)s روز",),
        hours=("%(num)s ساعت",))  # fmt: skip
    return tmp_path


def application(folder: Path) -> Flask:
    app = Flask(__name__)
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = str(folder)
    locale.init_app(app, languages=("en", "ru", "fa_AF", "tg", "ps", "tr"))

    @app.get("/")
    def page() -> str:
        return render_template_string(
            PAGE + "|{{ languages | map(attribute='code') | join(',') }}"
            "|{{ begun | map(attribute='code') | join(',') }}|{{ language.direction }}"
        )

    return app


def read(folder: Path, code: str) -> str:
    answer = (
        application(folder)
        .test_client(use_cookies=False)
        .get("/", headers={"Cookie": f"language={code}"})
    )
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


@pytest.mark.parametrize(
    ("code", "first", "second"),
    [
        ("tg", "Даромадан", "Дело 7"),
        ("ps", "ننوتل", "دوسیه 7"),
        ("tr", "Oturum aç", "Case 7"),
    ],
)
def test_what_is_missing_is_read_in_the_next_language_of_the_script(
    folder: Path, code: str, first: str, second: str
) -> None:
    put(folder, code, enter=first)

    assert read(folder, code).split("|")[:2] == [first, second]


@pytest.mark.parametrize("damage", ["gone", "empty", "cut", "noise"])
def test_a_language_file_that_is_gone_or_damaged_breaks_no_page(folder: Path, damage: str) -> None:
    put(folder, "tg", enter="Даромадан")
    path = folder / "tg" / "LC_MESSAGES" / "messages.mo"
    whole = path.read_bytes()
    if damage == "gone":
        path.unlink()
    else:
        path.write_bytes(
            {"empty": b"", "cut": whole[:30], "noise": b"\xde\x12\x04\x95" * 40}[damage]
        )

    text = read(folder, "tg")

    assert text.startswith("Войти|Дело 7|tg")
    assert "tg" in text.split("|")[4].split(",")


def test_every_file_gone_is_english(folder: Path) -> None:
    for code in ("ru", "fa_AF"):
        (folder / code / "LC_MESSAGES" / "messages.mo").unlink()

    assert read(folder, "ru").startswith("Sign in|Case 7|ru")


@pytest.mark.parametrize(
    "wrong", ["Парванда", "Парванда %(nom)s", "Парванда %(number)s %", "%(number)d %s"]
)
def test_a_translation_that_lost_its_placeholder_is_passed_over(folder: Path, wrong: str) -> None:
    put(folder, "tg", case=wrong)

    assert "|Дело 7|" in read(folder, "tg")


@pytest.mark.parametrize(("number", "word"), [(1, "день"), (3, "дня"), (11, "дней"), (21, "день")])
def test_plurals_are_counted_by_the_language_that_is_read(
    folder: Path, number: int, word: str
) -> None:
    put(folder, "tg", enter="Даромадан", hours=("%(num)s соат", "%(num)s соат"))

    with application(folder).test_request_context("/", headers={"Cookie": "language=tg"}):
        assert ngettext("%(num)s day", "%(num)s days", number) == f"{number} {word}"
        assert ngettext("%(num)s h", "%(num)s h", number) == f"{number} соат"
        assert gettext("Sign in") == "Даромадан"


def test_a_language_below_the_threshold_is_offered_as_in_preparation(folder: Path) -> None:
    put(folder, "tg", enter="Даромадан")
    put(folder, "tr", enter="Oturum aç", case="Dosya %(number)s", days=("%(num)s gün",),
        hours=("%(num)s sa",))  # fmt: skip

    _, _, _, ready, begun, direction = read(folder, "ps").split("|")

    assert ready == "en,ru,fa_AF,tr"
    assert begun == "tg,ps"
    assert direction == "rtl"


@pytest.mark.parametrize(
    ("wish", "tag"),
    [("tg-TJ", "ru"), ("ps", "fa-AF"), ("fa-IR", "fa-AF"), ("tr,de", "en"), ("kk,en", "ru")],
)
def test_a_browser_is_not_given_half_a_language_unasked(folder: Path, wish: str, tag: str) -> None:
    answer = application(folder).test_client().get("/", headers={"Accept-Language": wish})

    assert answer.text.split("|")[2] == tag
