"""Pages load nothing from another origin and carry no inline script or style: the CSP would refuse both."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

OTHER_ORIGIN = re.compile(
    r"""(?:src|href|action|poster|data|srcset)\s*=\s*["']\s*(?:https?:)?//|url\(\s*["']?(?:https?:)?//"""
    r"""|@import\s+["'](?:https?:)?//|\bfrom\s+["']https?://|import\(\s*["']https?://|fetch\(\s*["']https?://"""
)
INLINE = re.compile(
    r"<script(?![^>]*\bsrc=)[^>]*>|<style\b|\sstyle\s*=\s*[\"']|\son[a-z]+\s*=\s*[\"']"
)


@pytest.fixture(scope="module")
def pages(texts: dict[Path, str]) -> dict[Path, str]:
    return {
        path: text
        for path, text in texts.items()
        if path.parts[0] == "app" and path.suffix in {".html", ".css", ".js", ".mjs"}
    }


def found(pages: dict[Path, str], pattern: re.Pattern[str]) -> list[str]:
    return [
        f"{path}:{number}: {line.strip()[:100]}"
        for path, text in pages.items()
        for number, line in enumerate(text.splitlines(), 1)
        if pattern.search(line)
    ]


@pytest.mark.parametrize(
    "planted", ['<img src="https://cdn.example.org/a.png">', "url(//fonts.example.org)"]
)
def test_another_origin_is_seen(planted: str) -> None:
    assert OTHER_ORIGIN.search(planted)


@pytest.mark.asvs("14.2.3")
def test_nothing_is_loaded_from_another_origin(pages: dict[Path, str]) -> None:
    assert pages
    assert found(pages, OTHER_ORIGIN) == []


@pytest.mark.asvs("1.2.3")
def test_no_template_has_inline_script_or_style(pages: dict[Path, str]) -> None:
    # The opener is one file that works from disk; its policy names the hashes of what is in it.
    templates = {
        path: text
        for path, text in pages.items()
        if path.suffix == ".html" and path != Path("app/opener/opener.html")
    }

    assert INLINE.search('<p style="color: red">')
    assert found(templates, INLINE) == []
