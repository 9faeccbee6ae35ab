"""Writes the contact sheet: one page with a small picture of each page, and a table of what was found."""

from __future__ import annotations

from html import escape
from itertools import groupby
from pathlib import Path

from tests.screens.looking import NARROW, Found, Seen
from tests.screens.ways import LEFT_OUT

_STYLE = """
body { margin: 24px; font: 16px/1.4 system-ui, sans-serif; color: #14202b; }
section { margin-block: 28px; } h2 { font-size: 1.1rem; }
.row { display: flex; flex-wrap: wrap; gap: 14px; align-items: flex-start; }
figure { margin: 0; } figcaption { font-size: .8rem; }
img { border: 1px solid #b8c3c7; object-fit: cover; object-position: top; }
.wide img { width: 320px; height: 300px; } .narrow img { width: 120px; height: 300px; }
.bad img { outline: 4px solid #b3261e; } td, th { padding: 2px 14px 2px 0; text-align: start; }
"""


def write(folder: Path, found: Found) -> Path:
    """`index.html` beside the pictures; gives back its path."""
    path = folder / "index.html"
    head = f"<meta charset='utf-8'><title>Every page</title><style>{_STYLE}</style>"
    parts = [
        f"<!DOCTYPE html><html lang='en'><head>{head}</head><body><h1>Every page</h1>",
        f"<pre>{escape(table(found))}</pre>",
    ]
    ordered = sorted(found.seen, key=lambda one: (one.who, one.endpoint))
    for (who, endpoint), rows in groupby(ordered, key=lambda one: (one.who, one.endpoint)):
        figures = "".join(_figure(one) for one in rows)
        parts.append(
            f"<section><h2>{escape(endpoint)} ({escape(who)})</h2><div class='row'>{figures}</div></section>"
        )
    left = "".join(
        f"<tr><th>{escape(k)}</th><td>{escape(v)}</td></tr>" for k, v in LEFT_OUT.items()
    )
    parts.append(f"<h2>Left out</h2><table>{left}</table></body></html>")
    path.write_text("\n".join(parts), "utf-8")
    return path


def _figure(one: Seen) -> str:
    size = "narrow" if one.width == NARROW else "wide"
    bad = " bad" if one.violations or one.beyond > 0 else ""
    what = f"{one.language} {one.width}"
    return (
        f"<figure class='{size}{bad}'><a href='{one.picture}'><img src='{one.picture}' loading='lazy'"
        f" alt='{escape(one.endpoint)} {what}'></a><figcaption>{what}</figcaption></figure>"
    )


def table(found: Found) -> str:
    """Per role: pages, pictures, axe, what scrolls sideways, what a page weighs; then the modes."""
    heads = ("pages", "pictures", "axe", "over at 360", "median kB", "most kB")
    lines = [f"{'looked at by':<14}" + "".join(f"{one:>13}" for one in heads)]
    by_who = sorted({one.who for one in found.seen})
    for who in [*by_who, ""]:
        rows = [one for one in found.seen if who in ("", one.who)]
        if rows:
            lines.append(_line(who or "all", rows))
    lines.append(f"first visit in Dari: {found.first_visit / 1000:.1f} kB")
    for mode, pages in found.modes.items():
        wrong = len({page for name, page, _ in found.wrong if name == mode})
        lines.append(f"{mode}: {pages - wrong} of {pages} pages are as they should be")
    return "\n".join(lines)


def _line(who: str, rows: list[Seen]) -> str:
    weights = sorted({one.endpoint: one.weight for one in rows if one.language == "en"}.values())
    weights = weights or [0]
    over = len(
        {(one.endpoint, one.language) for one in rows if one.width == NARROW and one.beyond > 0}
    )
    found = sum(len(one.violations) for one in rows)
    pages = len({one.endpoint for one in rows})
    middle, most = weights[len(weights) // 2] / 1000, weights[-1] / 1000
    cells = (pages, len(rows), found, over, f"{middle:.1f}", f"{most:.1f}")
    return f"{who:<14}" + "".join(f"{one!s:>13}" for one in cells)


def complaints(found: Found) -> list[str]:
    """Whatever is wrong, a line each."""
    said = []
    for one in found.seen:
        where = f"{one.endpoint} {one.language} {one.width}"
        said += [f"{where}: axe {rule} {nodes[:2]}" for rule, nodes in one.violations]
        if one.beyond > 0:
            said.append(f"{where}: {one.beyond} px beyond the edge")
        if one.status != 200:
            said.append(f"{where}: status {one.status}")
    return said + [f"{mode} {page}: {what}" for mode, page, what in found.wrong]
