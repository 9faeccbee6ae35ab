"""Writes docs/safeguards.md: the forty safeguards, and where and how each is held.

Words, sources and formulas come from `config/packs/int/invariants.yaml`; tests name what they hold by a mark,
`@pytest.mark.safeguard("INV-23")`. What has neither a formula nor a test is `open`, and a test fails.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from config.settings import PACKS
from workflows.rules.packs import load_pack

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "safeguards.md"
#: The numbers of the list that the packs keep to.
ALL = tuple(f"INV-{n:02}" for n in range(1, 41))
#: A day on which the base pack is valid; the safeguards themselves have no date.
_ON = date(2026, 12, 31)
_MARK = "safeguard"

_FORMS = {
    "never": "no possible person is in that case",
    "whenever": "it follows for every possible person",
    "monotone": "no further protective answer takes anything, for every possible person",
    "only adds": "these answers only ever add, for every possible person",
    "indifferent": "these answers change nothing, for every possible person",
    "routed": "every need has a body, in every country",
}

_HEAD = """<!-- Written by `python3 dev.py docs` from rules and tests. Change those, not this page. -->

# Safeguards

Forty properties that hold for everybody. **Proven** ones are formulas in
`config/packs/int/invariants.yaml`: a solver looks for one possible person who breaks them, and a pack
for which it finds one, or runs out of time, is not published. The others are about what people and the
clock do with a case, and are held by **tests** that really do it; many are held by both. {proven} are
proven, {tested} more are held by tests alone, {open} are open.

How a hold ends:

- *Precaution* (nobody knows yet) releases itself when the question is answered.
- *Evidence* (the answers carry it, or once did) never releases itself. When the answers no longer carry
  it, it becomes *liftable* and still shuts its action, until somebody of the competent body lifts it,
  with a reason and under their own account.
- A decision is recorded by an account of the body that the pack names for it (`decided by`), never by
  the post or by whoever registered the person; two bodies that decide differently leave the matter
  unknown, which protects.
- A check of all safeguards before a return counts for 72 hours. A fear that is told after a final
  negative decision takes the decision's weight away until the body has decided again.

When two copies of a case are brought together, the union of their statements is judged anew. A hold of
one copy is off in the union only where the other copy says something about a fact that the hold reads: a
*precaution* ends where the other copy answers what it waited for; *evidence* ends in the reading only
where the other copy corrects a statement that carried it, answers what it still waited for, or holds a
decision of the body. In the rows of the case it is then liftable, not gone. Order, repeats, and what one
copy does not know end nothing.

| id | safeguard | source | held by |
| --- | --- | --- | --- |
"""


@dataclass(frozen=True)
class Held:
    """One safeguard. `form`: the kind of its formula, `` where it has none. `tests`: path::name of each."""

    id: str
    says: str
    source: tuple[str, ...]
    form: str
    tests: tuple[str, ...]

    @property
    def open(self) -> bool:
        """Whether nothing holds it."""
        return not self.form and not self.tests


def held() -> tuple[Held, ...]:
    """The forty, in the order of their numbers; one that the base pack does not have says nothing."""
    pack = load_pack(PACKS, "int", _ON)
    known = {invariant.id: invariant for invariant in pack.invariants.values()}
    tests = marked()
    rows = []
    for id_ in ALL:
        found = known.get(id_)
        form = found.form.replace("_", " ") if found is not None else ""
        rows.append(
            Held(
                id=id_,
                says=found.says if found is not None else "",
                source=found.source if found is not None else (),
                form=form if form in _FORMS else "",
                tests=tuple(tests.get(id_, ())),
            )
        )
    return tuple(rows)


def marked() -> dict[str, list[str]]:
    """Safeguard -> the tests that carry its mark, read from their source."""
    found: dict[str, list[str]] = {}
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        for id_, name in _marks(ast.parse(path.read_text(encoding="utf-8"))):
            found.setdefault(id_, []).append(f"{path.relative_to(ROOT).as_posix()}::{name}")
    return found


def _marks(tree: ast.AST) -> Iterator[tuple[str, str]]:
    for node in ast.walk(tree):
        if not isinstance(node, ast.FunctionDef):
            continue
        for decorator in node.decorator_list:
            if isinstance(decorator, ast.Call) and getattr(decorator.func, "attr", "") == _MARK:
                for argument in decorator.args:
                    if isinstance(argument, ast.Constant):
                        yield str(argument.value), node.name


def page() -> str:
    """The whole text of docs/safeguards.md."""
    rows = held()
    head = _HEAD.format(
        proven=sum(bool(row.form) for row in rows),
        tested=sum(not row.form and bool(row.tests) for row in rows),
        open=sum(row.open for row in rows),
    )
    return head + "".join(f"| {' | '.join(_cells(row))} |\n" for row in rows)


def _cells(row: Held) -> tuple[str, ...]:
    how = [f"proven (`{row.form}`): {_FORMS[row.form]}"] if row.form else []
    how += [f"test: `{test}`" for test in row.tests]
    return (row.id, row.says.replace("|", "\\|"), ", ".join(row.source), "<br>".join(how) or "open")
