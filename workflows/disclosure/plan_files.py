"""PURE. The files of published tables: each as CSV with HXL tags, all as JSON and as a workbook; a manifest.

The same figures give the same bytes, each file carries the mark of its release, and all of them hold what the
page shows: `grid_of` lays out both.
"""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from workflows.disclosure.dimensions import DEFINITIONS
from workflows.disclosure.plan import HOUSEHOLD, Plan, Planned
from workflows.disclosure.settling import BELOW, GROUP, Settled
from workflows.disclosure.sheets import Row, Sheet, csv_lines, json_pieces, write_workbook

#: Names of codes for people, by dimension; what has none is told by its code.
Names = Mapping[str, Mapping[str, str]]
#: Published tables with what the plan says of them.
Tables = Sequence[tuple[Planned, Settled]]

#: Columns of dimensions, and of the figure.
TAGS = {
    "province": "#adm1+code",
    "post": "#loc+code",
    "region": "#region+origin+code",
    "sex": "#indicator+sex+code",
    "sex_age": "#indicator+sex_age+code",
    "profile": "#indicator+profile+code",
    "need": "#need+code",
    "outcome": "#indicator+outcome+code",
}
PERSONS = "#affected+persons+num"


@dataclass(frozen=True)
class Grid:
    """A table as it is laid out on a page and in the workbook: lines by its first dimension, columns by its
    second. `columns` is empty where there is one figure a line.
    """

    lines: tuple[str, ...]
    columns: tuple[str, ...]
    figures: Mapping[tuple[str, ...], int | str]

    def of(self, line: str) -> tuple[int | str, ...]:
        """The figures of a line."""
        if not self.columns:
            return (self.figures[(line,)],)
        return tuple(self.figures[line, column] for column in self.columns)


@dataclass(frozen=True)
class About:
    """What files say of themselves beside their tables. `mark` names the release; empty before there is one.

    `notes` are for the reader of these tables in particular. `report` is the key of a standard report.
    """

    country: str
    title: str
    names: Names
    mark: str = ""
    notes: tuple[str, ...] = ()
    report: str = ""


def grid_of(table: Planned, settled: Settled) -> Grid:
    """Lay a table of one or two dimensions out."""
    lines = tuple(dict.fromkeys(cell[0] for cell in settled.figures))
    if len(table.dimensions) == 1:
        return Grid(lines, (), settled.figures)
    return Grid(lines, tuple(dict.fromkeys(cell[1] for cell in settled.figures)), settled.figures)


def files_of(
    plan: Plan, about: About, tables: Tables, layouts: Sequence[Sheet] = ()
) -> dict[str, bytes]:
    """Every file by its name, `manifest.json` last. Names hold codes of closed lists only.

    `layouts` are the same figures as others lay them out; each is a CSV and a sheet of the workbook.
    """
    period = tables[0][1].period
    files = {
        f"{table.key}-{settled.period}.csv": _csv(_long(table, settled), about.mark)
        for table, settled in tables
    }
    files |= {f"{one.name}-{period}.csv": _csv(one, about.mark) for one in layouts}
    manifest = manifest_of(plan, about, tables)
    head = {"release": about.mark, "country": about.country, "period": period}
    sheets = [*(_long(table, settled) for table, settled in tables), *layouts]
    name = about.report or "figures"
    files[f"{name}-{period}.json"] = "".join(json_pieces(head, sheets)).encode()
    files[f"{name}-{period}.xlsx"] = _workbook(plan, about, tables, layouts)
    manifest["files"] = [
        {"name": name, "sha256": hashlib.sha256(content).hexdigest()}
        for name, content in files.items()
    ]
    files["manifest.json"] = (json.dumps(manifest, ensure_ascii=False, indent=1) + "\n").encode()
    return files


def manifest_of(plan: Plan, about: About, tables: Tables) -> dict[str, object]:
    """What the figures are, how they were protected, how wrong they are, and what not to do with them."""
    names = sorted({name for table, _ in tables for name in table.dimensions})
    return {
        **_method(plan),
        "release": about.mark,
        "report": about.report,
        "title": about.title,
        "notes": list(about.notes),
        "country": about.country,
        "period": tables[0][1].period,
        "period_rule": _PERIOD_RULE,
        "tables": [
            {
                "name": table.key,
                "dimensions": list(table.dimensions),
                "figures": len(settled.figures),
                "withheld": settled.withheld,
                "counts_a_person": table.most,
            }
            for table, settled in tables
        ],
        "definitions": {name: DEFINITIONS[name] for name in names},
        "codes": {
            name: {code: about.names[name][code] for code in sorted(about.names[name])}
            for name in names
            if name in about.names
        },
        "warning": _WARNING,
    }


def digest_of(plan: Plan, about: About, tables: Tables) -> str:
    """SHA-256 of what would be released: the manifest without a mark, and every figure."""
    said = [json.dumps(manifest_of(plan, about, tables), sort_keys=True)]
    said += (line for table, settled in tables for line in csv_lines(_long(table, settled), ""))
    return hashlib.sha256("".join(said).encode()).hexdigest()


_PERIOD_RULE = (
    "A person is counted once, in the period whose books closed after the record was there (15 days after "
    "the end of the month); late ones are in the next. Not the day of arrival."
)
_WARNING = (
    "Do not subtract tables or releases from one another: differences are noise. Do not combine these "
    "figures with other lists in order to find persons."
)


def _method(plan: Plan) -> dict[str, object]:
    return {
        "method": "Each cell was measured once with noise of the discrete Gaussian, empty cells too; then "
        "totals were brought to agree, figures rounded, and small ones withheld.",
        "plan": plan.version,
        "epsilon": round(plan.epsilon, 3),
        "delta": plan.delta,
        "rho": round(plan.rho, 6),
        "advantage_person": round(plan.advantage(), 4),
        f"advantage_household_of_{HOUSEHOLD}": round(plan.advantage(HOUSEHOLD), 4),
        "sigma": float(plan.sigma),
        "interval_95": round(1.96 * float(plan.sigma), 1),
        "threshold": plan.threshold,
        "rounded_to": plan.base,
        "reason_codes": reasons(plan),
    }


def reasons(plan: Plan) -> dict[str, str]:
    """What stands in place of a figure -> why."""
    return {
        BELOW: f"Withheld: fewer than {plan.threshold} persons after noise, perhaps none.",
        GROUP: "Withheld: nearly all of a group have one value, and it would tell of each of them.",
    }


def _long(table: Planned, settled: Settled) -> Sheet:
    """One line a cell: its codes, and persons or why they are withheld."""
    tags = ("#date", *(TAGS[name] for name in table.dimensions), PERSONS)
    rows = [(settled.period, *cell, figure) for cell, figure in settled.figures.items()]
    return Sheet(
        table.key, ("period", *table.dimensions, "persons"), rows, 1 + len(table.dimensions), tags
    )


def _laid_out(table: Planned, settled: Settled, names: Names) -> Sheet:
    """The grid, with names beside the codes of its lines."""
    grid = grid_of(table, settled)
    first = table.dimensions[0]
    columns = grid.columns or ("persons",)

    def rows() -> Iterator[Row]:
        for line in grid.lines:
            yield (line, names.get(first, {}).get(line, line), *grid.of(line))

    return Sheet(table.key, (first, "name", *columns), rows(), 2)


def _csv(sheet: Sheet, mark: str) -> bytes:
    return "".join(csv_lines(sheet, mark)).encode()


def _workbook(plan: Plan, about: About, tables: Tables, layouts: Sequence[Sheet]) -> bytes:
    held = io.BytesIO()
    sheets = [*(_laid_out(table, settled, about.names) for table, settled in tables), *layouts]
    write_workbook(held, sheets, _notes(plan, about, tables), about.mark)
    return held.getvalue()


def _notes(plan: Plan, about: About, tables: Tables) -> list[tuple[str, str]]:
    """The manifest for people: (what, text)."""
    method = _method(plan)
    dimensions = dict.fromkeys(name for table, _ in tables for name in table.dimensions)
    return [
        (about.title, ""),
        ("Release", about.mark or "none"),
        ("Country", about.country),
        ("Period", tables[0][1].period),
        ("What a period is", _PERIOD_RULE),
        *(("Note", note) for note in about.notes),
        ("What not to do", _WARNING),
        ("How the figures were protected", ""),
        ("Method", str(method["method"])),
        ("Plan", plan.version),
        ("Budget of a person's lifetime", f"epsilon {plan.epsilon:.2f} at delta {plan.delta:g}"),
        (
            "Most that anybody can tell of one person",
            f"{100 * plan.advantage():.1f} % above guessing",
        ),
        ("Of 100 figures 95 are within", f"{method['interval_95']} persons before rounding"),
        ("Rounded to", str(plan.base)),
        *reasons(plan).items(),
        ("Tables", ""),
        *(
            (table.key, f"{len(settled.figures)} figures, {settled.withheld} withheld")
            for table, settled in tables
        ),
        ("Definitions", ""),
        *((name, DEFINITIONS[name]) for name in dimensions),
        ("Names of codes", ""),
        *(
            (f"{name} {code}", about.names[name][code])
            for name in dimensions
            for code in sorted(about.names.get(name, {}))
        ),
    ]
