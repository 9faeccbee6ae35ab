"""What pages and scripts must not do: keep things in the browser, write to names, make addresses of texts."""

from __future__ import annotations

import re
from pathlib import Path

import pytest


@pytest.fixture(scope="module")
def scripts(texts: dict[Path, str]) -> dict[str, str]:
    return {
        path.as_posix(): text
        for path, text in texts.items()
        if path.parts[0] == "app" and path.suffix in {".js", ".mjs"}
    }


@pytest.mark.asvs("14.3.3")
def test_the_browser_keeps_one_preference_and_nothing_else(scripts: dict[str, str]) -> None:
    stores = re.compile(
        r"localStorage|sessionStorage|indexedDB|\bcaches\b|document\.cookie|openDatabase"
    )
    assert [path for path, text in scripts.items() if stores.search(text)] == [
        "app/static/js/keys.js"
    ]
    kept = re.findall(r"\.setItem\(([^)]*)\)", scripts["app/static/js/keys.js"])
    assert kept == ["KEPT, areOn("], "the word `on` or `off`"


@pytest.mark.asvs("15.3.6")
def test_no_script_writes_to_a_name_that_was_sent(scripts: dict[str, str]) -> None:
    """A prototype is reached by `thing[name] = value`, by merging, or by its own names."""
    written = re.compile(
        r"\w\[[^\]'\"0-9][^\]]*\]\s*=[^=]|__proto__|\.prototype\b|Object\.assign|structuredClone"
    )
    assert scripts
    found = [
        (path, line.strip())
        for path, text in scripts.items()
        for line in text.splitlines()
        if written.search(line)
    ]
    # The names are the five of a list beside it.
    part = "if (credential.response[part]) response[part] = text(credential.response[part]);"
    assert found == [("app/static/js/passkey.js", part)]


@pytest.mark.asvs("3.7.1")
def test_pages_use_no_technology_that_browsers_have_given_up(texts: dict[Path, str]) -> None:
    old = re.compile(
        r"<(object|embed|applet|frame|frameset|marquee|bgsound|keygen)\b|ActiveX|\.swf\b"
    )
    pages = {p: t for p, t in texts.items() if p.parts[0] == "app" and p.suffix in {".html", ".js"}}
    assert pages
    assert [str(path) for path, text in pages.items() if old.search(text)] == []


#: What a template puts into an address: values that a view has made by `url_for`, or a picture of ours.
MADE_ADDRESSES = {
    "one.url",
    *("correct", 'files_url if state == "approved" else ask_url'),
    *(
        "qr",
        "url",
        "action",
        "kept.page",
        "previous",
        "next",
        "row[2]",
        "row.url",
        "anchor",
        "here",
    ),
    *(
        "formaction",
        "name",
        "frame.home_url",
        "frame.lock_url",
        "frame.sign_out_url",
        "frame.leave_url",
    ),
    *("frame.account_url", "place.url", "language_query", "one.code"),
    *("frame.accessibility_url", "nearest[1]", "published[0][0]"),
}


@pytest.mark.asvs("1.2.2")
def test_addresses_in_pages_are_made_by_functions_that_encode(texts: dict[Path, str]) -> None:
    place = re.compile(r"""\b(?:href|src|action|formaction)="([^"]*\{\{.*?\}\}[^"]*)["{]""")
    made = re.compile(r"^(url_for|asset_url)\(")
    strange = {
        (path.as_posix(), value.strip())
        for path, text in texts.items()
        if path.as_posix().startswith("app/templates/")
        for address in place.findall(text)
        for value in re.findall(r"\{\{(.*?)\}\}", address)
        if not made.match(value.strip()) and value.strip() not in MADE_ADDRESSES
    }
    assert strange == set()
