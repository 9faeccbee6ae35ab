"""Writes docs/asvs.md: the requirements of OWASP ASVS 5.0 that we answer to, and what holds each.

`asvs.csv` has a row for every requirement of levels 1 and 2 and for the ones of level 3 that we took on,
in our own words. Tests name what they hold by a mark, `@pytest.mark.asvs("7.4.1")`, on a test or as
`pytestmark`. What no test, no document, no page for the deployment and no reason answers is OPEN; the
list says why.
"""

from __future__ import annotations

import ast
import csv
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "asvs.md"
_LIST = Path(__file__).with_name("asvs.csv")
_MARK = "asvs"
#: In the order in which the first that fits is taken.
STATES = ("test", "document", "deployment", "not applicable", "open")

_HEAD = """<!-- Written by `python3 dev.py docs` from its list and tests. Change those, not this page. -->

# OWASP ASVS 5.0

Every requirement of levels 1 and 2 of the [Application Security Verification Standard](https://github.com/OWASP/ASVS)
5.0.0, and those of level 3 that we took on. We wrote this ledger ourselves; nobody outside has verified it.

- *passed by*: a test that does what the requirement speaks of, marked with its number.
- *document*: the requirement asks for a document, and there it is.
- *deployment*: the front server, the databases or whoever runs them must do it; the page says how. Nobody has
  checked yours.
- *not applicable*: the product has no such thing.
- **OPEN**: nothing of these, with a word why.

3.4.3, 6.3.3 and 16.3.2 ask for more at level 3; here they stand for level 2.

{counts}

The words are short paraphrases of the standard, which is by the OWASP Foundation under
[CC BY-SA 4.0](https://creativecommons.org/licenses/by-sa/4.0/), as are they. Read the standard
for what is really asked.

| id | level | asked | status |
| --- | --- | --- | --- |
"""


@dataclass(frozen=True)
class Requirement:
    """One row. `document` and `deployment`: path#anchor of a page; `why_open`: what is missing.

    `tests`: path::name of each, or the path of a whole module.
    """

    id: str
    level: int
    says: str
    document: str
    deployment: str
    not_applicable: str
    why_open: str
    tests: tuple[str, ...]

    @property
    def state(self) -> str:
        """One of `STATES`."""
        answers = (self.tests, self.document, self.deployment, self.not_applicable)
        return next(
            (state for state, answer in zip(STATES, answers, strict=False) if answer), "open"
        )


def requirements() -> tuple[Requirement, ...]:
    """All rows of the list, in its order, with the tests that carry their marks."""
    tests = marked()
    with _LIST.open(encoding="utf-8", newline="") as file:
        return tuple(
            Requirement(
                id=row["id"],
                level=int(row["level"]),
                says=row["says"],
                document=row["document"],
                deployment=row["deployment"],
                not_applicable=row["not_applicable"],
                why_open=row["open"],
                tests=tuple(tests.get(row["id"], ())),
            )
            for row in csv.DictReader(file)
        )


def marked() -> dict[str, list[str]]:
    """Number -> the tests that carry its mark, read from their source."""
    found: dict[str, list[str]] = {}
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        for id_, name in marks(ast.parse(path.read_text(encoding="utf-8"))):
            place = path.relative_to(ROOT).as_posix()
            found.setdefault(id_, []).append(f"{place}::{name}" if name else place)
    return found


def marks(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """(number, name of the test) of each mark; the name is empty where the whole module has it."""
    for node in tree.body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "pytestmark":
            whole = (
                node.value.elts if isinstance(node.value, ast.List | ast.Tuple) else [node.value]
            )
            yield from ((id_, "") for id_ in _numbers(whole))
        elif isinstance(node, ast.FunctionDef):
            yield from ((id_, node.name) for id_ in _numbers(node.decorator_list))


def _numbers(given: list[ast.expr]) -> Iterator[str]:
    for mark in given:
        if isinstance(mark, ast.Call) and getattr(mark.func, "attr", "") == _MARK:
            yield from (str(one.value) for one in mark.args if isinstance(one, ast.Constant))


def page() -> str:
    """The whole text of docs/asvs.md."""
    rows = requirements()
    lines = (f"| {row.id} | {row.level} | {row.says} | {_status(row)} |\n" for row in rows)
    return _HEAD.format(counts=counts(rows)) + "".join(lines)


def counts(rows: tuple[Requirement, ...]) -> str:
    """A table of how many are in which state, for each level and in all."""
    lines = [
        "| level | requirements | by a test | by document | by the deployment | not applicable | OPEN |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]
    for level in (1, 2, 3, 0):
        of_it = [row for row in rows if level in (0, row.level)]
        found = Counter(row.state for row in of_it)
        told = [str(level or "all"), str(len(of_it)), *(str(found[state]) for state in STATES)]
        lines.append(f"| {' | '.join(told)} |")
    return "\n".join(lines)


def _status(row: Requirement) -> str:
    if row.state == "test":
        return "passed by " + "<br>".join(f"`{test}`" for test in row.tests)
    if row.state in {"document", "deployment"}:
        path, _, anchor = (row.document or row.deployment).partition("#")
        target = path.removeprefix("docs/") if path.startswith("docs/") else f"../{path}"
        return f"{row.state}: [{path}]({target}{'#' + anchor if anchor else ''})"
    if row.not_applicable:
        return f"not applicable: {row.not_applicable}"
    return f"**OPEN**: {row.why_open}"
