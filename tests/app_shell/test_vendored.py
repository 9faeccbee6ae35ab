"""What others made: unchanged since it was locked, licensed so that we may ship it, and complete."""

from __future__ import annotations

import hashlib
import json
import re
import tomllib
from pathlib import Path

import pytest

from app.assets import STATIC
from app.web.frame import VendoredAssets

ROOT = STATIC.parent.parent
SHIPPED = frozenset({"MIT", "OFL-1.1", "BSD-2-Clause", "BSD-3-Clause", "Apache-2.0", "ISC"})
TESTS_ONLY = frozenset({"MPL-2.0"})
ORIGIN = re.compile(r"""(?:https?:)?//(?=[a-z0-9-]+\.[a-z])""", re.IGNORECASE)
# Names, not addresses: nothing is fetched from them.
NAMESPACES = re.compile(r"http://www\.w3\.org/(?:2000/svg|1999/xlink)")

# Classes of GOV.UK's markup that carry a behaviour or a name but no style of their own.
UNSTYLED = frozenset(
    {
        "govuk-checkboxes",
        "govuk-password-input",
        "govuk-radios",
        "govuk-table__body",
        "govuk-table__head",
        "govuk-table__row",
    }
)


@pytest.fixture(scope="module")
def locked() -> list[dict[str, str]]:
    files: list[dict[str, str]] = tomllib.loads((STATIC / "vendor.lock.toml").read_text("utf-8"))[
        "file"
    ]
    return files


def test_every_locked_file_has_the_hash_of_the_lock(locked: list[dict[str, str]]) -> None:
    for entry in locked:
        found = hashlib.sha256((ROOT / entry["path"]).read_bytes()).hexdigest()
        assert found == entry["sha256"], entry["path"]


def test_every_vendored_file_is_in_the_lock(locked: list[dict[str, str]]) -> None:
    kept = {
        path.relative_to(ROOT).as_posix()
        for path in (STATIC / "vendor").rglob("*")
        if path.is_file()
    }

    assert kept <= {entry["path"] for entry in locked}
    assert kept


def test_every_licence_is_one_we_may_ship(locked: list[dict[str, str]]) -> None:
    for entry in locked:
        allowed = SHIPPED if entry["path"].startswith("app/") else SHIPPED | TESTS_ONLY
        assert entry["licence"] in allowed, entry["path"]


def test_every_vendored_folder_carries_its_licence(locked: list[dict[str, str]]) -> None:
    folders = {Path(entry["path"]).parent for entry in locked}

    for folder in folders:
        assert any("LICENSE" in path.name for path in (ROOT / folder).iterdir()), folder


def test_versions_agree_with_the_packages_that_were_locked(locked: list[dict[str, str]]) -> None:
    packages = json.loads((ROOT / "tools/ui/package-lock.json").read_text("utf-8"))["packages"]

    for entry in locked:
        package = packages[f"node_modules/{entry['package']}"]
        assert (package["version"], package["integrity"]) == (entry["version"], entry["integrity"])


def test_the_package_lock_names_no_host() -> None:
    text = (ROOT / "tools/ui/package-lock.json").read_text("utf-8")

    assert '"resolved"' not in text


def test_the_base_page_loads_what_is_vendored(locked: list[dict[str, str]]) -> None:
    paths = {entry["path"].removeprefix("app/static/") for entry in locked}
    vendored = VendoredAssets()

    assert {vendored.stylesheet, vendored.overlay, vendored.script} <= paths


@pytest.mark.asvs("14.2.3")
def test_nothing_served_names_another_origin() -> None:
    served = [
        path
        for folder in (STATIC, STATIC.parent / "templates")
        for path in folder.rglob("*")
        if path.suffix in {".css", ".js", ".svg", ".html"}
    ]

    assert ORIGIN.search("@import url(//fonts.example.org/a.css)")
    assert served
    for path in served:
        text = NAMESPACES.sub("", path.read_text("utf-8"))
        assert not ORIGIN.search(text), path


def test_every_class_a_template_uses_has_a_style() -> None:
    styled = set()
    for sheet in STATIC.rglob("*.css"):
        styled |= {
            name.replace("\\", "")
            for name in re.findall(r"\.((?:govuk|serai)(?:[\w-]|\\!)+)", sheet.read_text("utf-8"))
        }
    used = {}
    for page in (STATIC.parent / "templates").rglob("*.html"):
        markup = re.sub(r"\{%.*?%\}|[\w-]*\{\{.*?\}\}[\w-]*", " ", page.read_text("utf-8"))
        for names in re.findall(r'class="([^"]*)"', markup):
            used.update({name: page.name for name in names.split() if name.startswith("govuk-")})

    bare = {name for name in used if name.startswith("govuk-js-")} | UNSTYLED

    assert {name: used[name] for name in used if name not in styled | bare} == {}
