"""Writes docs/reference/*.md from the code, docs/safeguards.md from rules and tests, docs/asvs.md from marks.

Run by `dev.py docs`; with `--check` it only names the pages that are stale. The pages are never edited by
hand: what a reader should know about a row is written where the row is defined.
"""

from __future__ import annotations

import ast
import dataclasses
import inspect
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import click
from flask import Flask
from sqlalchemy import Table

import app.cli
import config.settings
import workflows.errors
import workflows.policy
from app.cli.languages import measure
from app.factory import create_app
from config.loading import load
from models.base import Base
from models.session import open_storage
from models.vault.inventory import KEYS
from models.vault.providers import FileProvider
from models.vocabulary import ReferralState
from tools import asvs, safeguards
from workflows.acts import STEP_UP
from workflows.states import ENDED, REFERRAL_MOVES

Rows = Sequence[tuple[str, ...]]

PAGES = Path(__file__).resolve().parent.parent / "docs" / "reference"
NOTE = "<!-- Written by `python3 dev.py docs` from the code. Change the code, not this page. -->"


def first_sentence(text: str | None) -> str:
    """The first paragraph of a docstring, on one line."""
    return " ".join(inspect.cleandoc(text or "").split("\n\n")[0].split())


def table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    """A Markdown table; pipes inside cells are escaped."""
    lines = [" | ".join(head), " | ".join("---" for _ in head)]
    lines += [" | ".join(cell.replace("|", "\\|") for cell in row) for row in rows]
    return "\n".join(f"| {line} |" for line in lines)


def comments(source: str, class_name: str) -> dict[str, str]:
    """Field -> the `#:` comment above it, for the annotated fields of a class."""
    lines = source.splitlines()
    found = {}
    for node in ast.walk(ast.parse(source)):
        if not (isinstance(node, ast.ClassDef) and node.name == class_name):
            continue
        for item in node.body:
            if isinstance(item, ast.AnnAssign) and isinstance(item.target, ast.Name):
                found[item.target.id] = _above(lines, item.lineno)
    return found


def _above(lines: list[str], number: int) -> str:
    words: list[str] = []
    for line in reversed(lines[: number - 1]):
        if not line.strip().startswith("#"):
            break
        words.insert(0, line.strip().lstrip("#:").strip())
    return " ".join(words)


def source_of(thing: Any) -> str:
    """The text of the module that defines a class."""
    return Path(inspect.getfile(thing)).read_text(encoding="utf-8")


# --- what there is -------------------------------------------------------------------------


def settings() -> Rows:
    """Each setting: its variable, its default as it would be typed, what it decides."""
    kind = config.settings.Settings
    said = comments(source_of(kind), kind.__name__)
    defaults = load({}, Path("no-such-folder"))
    return [
        (
            f"`SERAI_{field.name.upper()}`",
            as_typed(getattr(defaults, field.name)),
            said.get(field.name, ""),
        )
        for field in dataclasses.fields(kind)
    ]


def as_typed(value: object) -> str:
    """A default as an environment variable would hold it."""
    if value is None:
        return "not set"
    if isinstance(value, bool):
        return f"`{int(value)}`"
    if isinstance(value, timedelta):
        return f"`{value // timedelta(minutes=1)}` (minutes)"
    if isinstance(value, tuple):
        return f"`{','.join(value)}`"
    if isinstance(value, Path) and value.is_absolute():
        return "as shipped"
    return f"`{str(value).replace('no-such-folder', 'data')}`"


def languages() -> Rows:
    """Each language of the interface, how far it is, and what is read where it has no words."""
    return [
        (
            row.name,
            f"`{row.code}`",
            f"{row.words} %",
            f"{row.critical} %",
            f"{row.told} %",
            "whole" if row.ready else "in preparation",
            f"`{row.then}`" if row.then else "-",
            "needed" if row.review else "-",
        )
        for row in measure(config.settings.LANGUAGES)
    ]


def commands() -> Rows:
    """Each command of `serai`: how it is typed, its options, what it does."""
    found = walk(app.cli.main, "serai")
    return [(f"`{path}`", options, text) for path, options, text in found]


def walk(command: click.Command, path: str) -> Iterator[tuple[str, str, str]]:
    """The commands below a group, in order of their names."""
    if isinstance(command, click.Group):
        for name, inner in sorted(command.commands.items()):
            yield from walk(inner, f"{path} {name}")
        return
    shown = [" / ".join(parameter.opts) for parameter in command.params]
    shown = [f"`{text}`" if text.startswith("-") else f"`{text.upper()}`" for text in shown]
    yield path, ", ".join(shown), first_sentence(command.help)


@contextmanager
def product() -> Iterator[Flask]:
    """The application over an empty data folder that is thrown away."""
    with tempfile.TemporaryDirectory() as folder:
        passphrase = "only for the reference pages"
        (Path(folder) / "passphrase").write_text(passphrase, encoding="utf-8")
        settings = load({}, Path(folder))
        FileProvider.create(settings.keyring, passphrase)
        storage = open_storage(settings)
        try:
            yield create_app(settings, storage=storage)
        finally:
            storage.close()


def routes() -> Rows:
    """Each route: methods, path, endpoint, what its view says of itself."""
    rows = []
    with product() as served:
        for rule in sorted(
            served.url_map.iter_rules(), key=lambda rule: (rule.rule, rule.endpoint)
        ):
            methods = ", ".join(sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}))
            text = first_sentence(served.view_functions[rule.endpoint].__doc__)
            rows.append((methods, f"`{rule.rule}`", f"`{rule.endpoint}`", text))
    return rows


def error_classes(kind: type[Exception] | None = None) -> list[Any]:
    """Every domain error, wherever it is defined below workflows."""
    found: list[Any] = []
    for inner in (kind or workflows.errors.SeraiError).__subclasses__():
        found += [inner, *error_classes(inner)]
    return sorted(set(found), key=lambda error: str(error.code))


def errors() -> Rows:
    """Each error: code, HTTP status, the fact that stops an act."""
    return [
        (f"`{kind.code}`", str(kind.status), first_sentence(kind.__doc__))
        for kind in error_classes()
    ]


def acts() -> Rows:
    """Each act: its word in the log, and every row of the policy that allows it."""
    rows = []
    for act in workflows.policy.Act:
        rules = [rule for rule in workflows.policy.RULES if act in rule.acts]
        allowed = "; ".join(f"{who(rule)} ({rule.id})" for rule in rules)
        if act in STEP_UP:
            allowed += ". Asks again who it is"
        rows.append((f"`{act.name}`", f"`{act.value}`", allowed or "nobody"))
    return rows


def who(rule: workflows.policy.Rule) -> str:
    """A row of the policy in words: roles, and the conditions that must hold."""
    roles = ", ".join(sorted(role.value.replace("_", " ") for role in rule.roles))
    conditions = " and ".join(condition.value.replace("_", " ") for condition in rule.conditions)
    return f"{roles}, {conditions}" if conditions else roles


def tables() -> Rows:
    """Each table: what a row is, its clear columns, its sealed ones."""
    said = {
        str(mapper.local_table): first_sentence(mapper.class_.__doc__)
        for mapper in Base.registry.mappers
    }
    rows = []
    for name, kept in sorted(Base.metadata.tables.items()):
        names = [column.name for column in kept.columns]
        sealed = ", ".join(f"`{text[:-3]}`" for text in names if text.endswith("_ct"))
        clear = ", ".join(f"`{text}`" for text in names if not text.endswith("_ct"))
        rows.append((f"`{name}`", said.get(name) or linked(kept), clear, sealed))
    return rows


def referral_states() -> Rows:
    """Each move of a referral: from, verb, who, to, what else happens."""
    return [
        (
            in_words(move.before),
            f"`{move.verb}`",
            " or ".join(sorted(move.who)),
            in_words(move.after),
            ", ".join(effect.replace("_", " ") for effect in move.then),
        )
        for move in REFERRAL_MOVES
    ]


def in_words(state: ReferralState) -> str:
    """A state as a reader says it."""
    return state.value.replace("_", " ")


def drawing() -> str:
    """The table of moves as a Mermaid state diagram; moves between the same two states share an arrow."""
    arrows: dict[tuple[ReferralState, ReferralState], list[str]] = {}
    for move in REFERRAL_MOVES:
        arrows.setdefault((move.before, move.after), []).append(move.verb.replace("_", " "))
    lines = ["stateDiagram-v2", f"    [*] --> {ReferralState.DRAFT.value}"]
    lines += [
        f"    {before.value} --> {after.value}: {', '.join(verbs)}"
        for (before, after), verbs in arrows.items()
    ]
    lines += [f"    {state.value} --> [*]" for state in ReferralState if state in ENDED]
    return "```mermaid\n" + "\n".join(lines) + "\n```"


def keys() -> Rows:
    """Each kind of key: what it is for, how it is made and used, where it is, how it is rotated."""
    return [
        (key.name, key.purpose, key.algorithm, key.bits, key.held, key.rotation, key.source)
        for key in KEYS
    ]


def linked(kept: Table) -> str:
    """A table without a class of its own only joins others."""
    others = sorted({key.column.table.name for key in kept.foreign_keys})
    return f"Links `{'` and `'.join(others)}`." if others else ""


# --- the pages -----------------------------------------------------------------------------

PAGE: dict[str, tuple[str, str, tuple[str, ...], Callable[[], Rows]]] = {
    "settings": (
        "Settings",
        "Read from the environment when the product starts; a wrong one stops the start and names itself.",
        ("variable", "default", "what it decides"),
        settings,
    ),
    "commands": (
        "Commands",
        "What `serai` does; in a checkout type `python3 dev.py serai ...`.",
        ("command", "arguments and options", "what it does"),
        commands,
    ),
    "routes": (
        "Routes",
        "Pages and API. Which role may use one is decided by the policy (acts.md), not by the route.",
        ("methods", "path", "endpoint", "what it is"),
        routes,
    ),
    "errors": (
        "Errors",
        "The stable codes of `application/problem+json` and of error pages. None carries personal data.",
        ("code", "status", "the fact that stops the act"),
        errors,
    ),
    "acts": (
        "Acts",
        "What an actor may want to do. The policy allows an act by a row of one table, or not at all.",
        ("act", "in the log", "who may, and by which row"),
        acts,
    ),
    "languages": (
        "Languages",
        (
            "How far each language of the interface is. `app/translations/critical.txt` lists the "
            "safety-critical texts; the pack's are what a person is told and the slip. Below 95 % of all "
            "words a language is offered as *in preparation*. No wording but the English has been read by "
            "a native speaker yet."
        ),
        (
            "language",
            "code",
            "all words",
            "safety-critical",
            "told and slip",
            "offered",
            "then read in",
            "review",
        ),
        languages,
    ),
    "tables": (
        "Tables",
        "What is kept in the main database. Sealed columns hold ciphertext only.",
        ("table", "what a row is", "in the clear", "sealed"),
        tables,
    ),
    "referral-states": (
        "States of a referral",
        "Who may move a referral from where to where (the clock is the worker), and what else happens then.",
        ("from", "verb", "who", "to", "then"),
        referral_states,
    ),
    "keys": (
        "Keys and algorithms",
        "Every kind of key. All primitives come from `cryptography`; a test compares this with the code.",
        ("key", "what for", "algorithm", "bits", "where it is", "rotation", "standard"),
        keys,
    ),
}


#: Pages with a picture above their table.
DRAWN: dict[str, Callable[[], str]] = {"referral-states": drawing}


def page(name: str) -> str:
    """The whole text of docs/reference/<name>.md."""
    title, what, head, rows = PAGE[name]
    drawn = f"{DRAWN[name]()}\n\n" if name in DRAWN else ""
    return f"{NOTE}\n\n# {title}\n\n{what}\n\n{drawn}{table(head, rows())}\n"


def main(words: list[str]) -> int:
    """Write the pages that differ; with --check only name them and give back 1."""
    PAGES.mkdir(parents=True, exist_ok=True)
    stale = []
    written = [(PAGES / f"{name}.md", page(name)) for name in PAGE]
    made = [(safeguards.PAGE, safeguards.page()), (asvs.PAGE, asvs.page())]
    for path, text in [*written, *made]:
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            stale.append(path)
            if "--check" not in words:
                path.write_text(text, encoding="utf-8")
    for path in stale:
        print(
            f"{'stale' if '--check' in words else 'written'}: {path.relative_to(PAGES.parent.parent)}"
        )
    return int("--check" in words and bool(stale))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
