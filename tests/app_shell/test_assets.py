"""Static files: cached for ever under a name that changes with them, compressed, and light."""

from __future__ import annotations

import gzip
import hashlib
import re
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.assets import BUNDLES, STATIC, Assets, UnknownAsset
from app.web.frame import VendoredAssets

SHEET = "css/serai.css"
FIRST_VISIT = 60_000
#: As it goes over the line: without the remarks.
SENT = re.sub(rb"/\*.*?\*/\n?", b"", (STATIC / SHEET).read_bytes(), flags=re.DOTALL)


def test_an_address_carries_ten_characters_of_the_hash(kitchen: Flask) -> None:
    assets: Assets = kitchen.extensions["assets"]

    digest = hashlib.sha256(SENT).hexdigest()[:10]

    assert assets.url(SHEET) == f"/static/css/serai.{digest}.css"


def test_a_file_that_does_not_exist_has_no_address(kitchen: Flask) -> None:
    with pytest.raises(UnknownAsset):
        kitchen.extensions["assets"].url("css/serais.css")


def test_a_hashed_file_is_kept_for_ever_and_travels_compressed(page: FlaskClient) -> None:
    address = page.application.extensions["assets"].url(SHEET)

    answer = page.get(address, headers={"Accept-Encoding": "gzip"})

    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.headers["Content-Encoding"] == "gzip"
    assert answer.headers["Vary"] == "Accept-Encoding"
    assert gzip.decompress(answer.data) == SENT


def test_a_browser_without_gzip_gets_the_file_as_it_is(page: FlaskClient) -> None:
    address = page.application.extensions["assets"].url(SHEET)

    answer = page.get(address, headers={"Accept-Encoding": "identity"})

    assert "Content-Encoding" not in answer.headers
    assert answer.data == SENT


def test_an_unhashed_name_is_asked_for_again_and_answered_with_304(page: FlaskClient) -> None:
    first = page.get("/static/css/serai.css")

    again = page.get("/static/css/serai.css", headers={"If-None-Match": first.headers["ETag"]})

    assert first.headers["Cache-Control"] == "no-cache"
    assert again.status_code == 304
    assert again.data == b""


def test_an_old_hash_is_not_answered_with_new_content(page: FlaskClient) -> None:
    assert page.get("/static/css/serai.0123456789.css").status_code == 404


@pytest.mark.asvs("13.4.3")
@pytest.mark.parametrize("path", ["../app/assets.py", "..%2fassets.py", "%2e%2e/assets.py", ""])
def test_nothing_outside_the_folder_is_served(page: FlaskClient, path: str) -> None:
    assert page.get(f"/static/{path}").status_code == 404


def test_the_bundle_holds_every_module_of_the_frame(kitchen: Flask, page: FlaskClient) -> None:
    script = page.get(kitchen.extensions["assets"].url("js/frame.js")).text

    for name in ("connection", "keys", "leave", "lock", "reveal", "submit"):
        lines = (STATIC / "js" / f"{name}.js").read_text("utf-8").splitlines(keepends=True)
        assert "".join(line for line in lines if not line.lstrip().startswith("//")) in script


def test_no_string_of_a_module_goes_over_lines() -> None:
    """So that a line that begins with two strokes is a remark, which the bundle leaves out."""
    for part in BUNDLES["js/frame.js"]:
        code = re.sub(r"^\s*//.*$", "", (STATIC / part).read_text("utf-8"), flags=re.MULTILINE)
        assert "/*" not in code
        assert all(line.count("`") % 2 == 0 for line in code.splitlines()), part


def test_modules_of_the_bundle_import_and_export_nothing() -> None:
    for file in (STATIC / "js").glob("*.js"):
        assert not re.search(r"^\s*(import|export)\b", file.read_text("utf-8"), re.MULTILINE), file


@pytest.mark.asvs("3.2.2")
def test_no_module_turns_a_string_into_markup_or_code() -> None:
    sinks = re.compile(
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|DOMParser|\beval\b|new Function"
        r"|setTimeout\(\s*[\"'`]|createContextualFragment|srcdoc"
    )

    for file in (STATIC / "js").glob("*.js"):
        assert not sinks.search(file.read_text("utf-8")), file


def test_the_first_visit_in_dari_weighs_at_most_sixty_kilobytes(kitchen: Flask) -> None:
    vendored = VendoredAssets()
    fonts = [path.relative_to(STATIC).as_posix() for path in Path(STATIC).rglob("*400.woff2")]

    weight = kitchen.extensions["assets"].weight(
        vendored.stylesheet,
        vendored.overlay,
        vendored.script,
        SHEET,
        "js/frame.js",
        "js/candidates.js",
        "icon.svg",
        "pictograms.svg",
        *fonts,
    )

    assert fonts
    assert weight <= FIRST_VISIT
