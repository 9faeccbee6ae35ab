"""The documents say what the code is: reference pages, commands, links, pages for each role."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path

import click
import pytest

from tools import reference

LINK = re.compile(r"(?<!`)!?\[[^\]]*\]\(([^)#\s]+)(?:#[^)]*)?\)")
COMMAND = re.compile(r"^(?:\$ )?(?:python3 dev\.py|serai|\.ci/run)\b[^\n#]*", re.MULTILINE)
FENCE = re.compile(r"```(?:sh|console|text)?\n(.*?)```", re.DOTALL)
PAGES = {
    "architecture.md", "dependencies.md", "deployment.md", "testing.md",
    "border.md", "protection.md", "supervision.md", "administration.md", "monitor.md", "person.md",
}  # fmt: skip


@pytest.fixture(scope="module")
def documents(texts: dict[Path, str]) -> dict[Path, str]:
    return {path: text for path, text in texts.items() if path.suffix == ".md"}


@pytest.mark.parametrize("name", reference.PAGE)
def test_a_reference_page_is_what_the_code_says(name: str, root: Path) -> None:
    page = root / "docs" / "reference" / f"{name}.md"

    assert page.exists(), "type: python3 dev.py docs"
    assert page.read_text(encoding="utf-8") == reference.page(name), "type: python3 dev.py docs"


def test_every_page_of_the_reference_is_written_from_the_code(root: Path) -> None:
    """None is kept by hand beside them, and `dev.py docs --check` looks at the very same."""
    found = {path.stem for path in (root / "docs" / "reference").glob("*.md")}

    assert found == set(reference.PAGE)


@pytest.mark.parametrize(
    "rows", [reference.settings, reference.commands, reference.errors, reference.tables]
)
def test_every_setting_command_error_and_table_says_what_it_is(
    rows: Callable[[], reference.Rows],
) -> None:
    """The sentence stands in the code: a docstring, a help text, or a `#:` comment."""
    found = rows()
    column = 1 if rows is reference.tables else -1

    assert found
    assert [row[0] for row in found if not row[column].strip()] == []


def test_error_codes_are_unique() -> None:
    codes = [kind.code for kind in reference.error_classes()]

    assert sorted(set(codes)) == codes


def test_every_promised_page_is_there_and_linked(root: Path) -> None:
    index = (root / "docs" / "README.md").read_text(encoding="utf-8")
    found = {path.name for path in (root / "docs").glob("*.md")}

    assert found >= PAGES
    assert [name for name in sorted(found - {"README.md"}) if f"({name})" not in index] == []


def test_decisions_are_numbered_without_a_gap_and_indexed(root: Path) -> None:
    folder = root / "docs" / "decisions"
    pages = sorted(path.name for path in folder.glob("[0-9]*.md"))
    index = (folder / "README.md").read_text(encoding="utf-8")

    assert [int(name[:4]) for name in pages] == list(range(1, len(pages) + 1))
    assert [name for name in pages if f"({name})" not in index] == []


def test_links_inside_the_repository_lead_somewhere(documents: dict[Path, str], root: Path) -> None:
    broken = [
        f"{path}: {target}"
        for path, text in documents.items()
        for target in LINK.findall(text)
        if not re.match(r"[a-z]+:", target) and not (root / path.parent / target).exists()
    ]

    assert broken == []


def test_commands_in_the_documents_exist(documents: dict[Path, str], root: Path) -> None:
    """Every line of a code block that calls dev.py or serai names a verb or command there is."""
    wrong = [
        f"{path}: {line.strip()}"
        for path, text in documents.items()
        for block in FENCE.findall(text)
        for line in COMMAND.findall(block)
        if not known(line.removeprefix("$ ").split(), root)
    ]

    assert wrong == []


def known(words: list[str], root: Path) -> bool:
    if words[0] == ".ci/run":
        return os.access(root / ".ci" / "run", os.X_OK)
    if words[0] == "python3":
        verb = words[2] if len(words) > 2 else ""
        if verb == "serai":
            return is_command(words[3:])
        return bool(
            re.search(
                rf"^def {verb}\(", (root / "dev.py").read_text(encoding="utf-8"), re.MULTILINE
            )
        )
    return is_command(words[1:])


def is_command(words: list[str]) -> bool:
    """Follow the words into the click groups until a command is reached."""
    command: click.Command = reference.app.cli.main
    for word in words:
        if not isinstance(command, click.Group):
            break
        if word.startswith("-"):
            return word in {"--help", "--version"}
        if word not in command.commands:
            return False
        command = command.commands[word]
    return not isinstance(command, click.Group) or not words


def test_the_changelog_has_this_version_or_an_unreleased_part(root: Path) -> None:
    text = (root / "CHANGELOG.md").read_text(encoding="utf-8")
    version = re.search(
        r"^version = (.+)$", (root / "setup.cfg").read_text(encoding="utf-8"), re.MULTILINE
    )

    assert version is not None
    assert "## [Unreleased]" in text or f"## [{version[1]}]" in text
