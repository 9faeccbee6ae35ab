"""The files of a published period: each table as CSV with HXL tags, all of them as JSON, and a manifest.

The same figures give the same bytes. HXL (Humanitarian Exchange Language 1.1) puts a row of tags under the
headings, so that others' tools know what a column is.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Sequence

from workflows.disclosure.dimensions import DEFINITIONS
from workflows.disclosure.exports import safe_text
from workflows.disclosure.plan import HOUSEHOLD, Plan, Planned
from workflows.disclosure.settling import BELOW, GROUP, Settled

#: Columns of dimensions, and of the figure.
_TAGS = {
    "province": "#adm1+code",
    "post": "#loc+code",
    "region": "#region+origin+code",
    "sex": "#indicator+sex+code",
    "sex_age": "#indicator+sex_age+code",
    "profile": "#indicator+profile+code",
    "need": "#need+code",
    "outcome": "#indicator+outcome+code",
}
_PERSONS = "#affected+persons+num"


def csv_of(table: Planned, settled: Settled) -> str:
    """One line a cell: its codes, and persons or why they are withheld. RFC 4180."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(["period", *table.dimensions, "persons"])
    writer.writerow(["#date", *(_TAGS.get(name, "#meta") for name in table.dimensions), _PERSONS])
    for cell, figure in settled.figures.items():
        writer.writerow([settled.period, *map(safe_text, cell), figure])
    return out.getvalue()


def files_of(plan: Plan, country: str, tables: Sequence[tuple[Planned, Settled]]) -> dict[str, str]:
    """Every file by its name, `manifest.json` last. Names and texts hold codes of closed lists only."""
    files = {
        f"{table.key}-{settled.period}.csv": csv_of(table, settled) for table, settled in tables
    }
    period = tables[0][1].period
    figures = {
        settled.table: [
            {**dict(zip(table.dimensions, cell, strict=True)), "persons": figure}
            for cell, figure in settled.figures.items()
        ]
        for table, settled in tables
    }
    files[f"figures-{period}.json"] = _json(
        {"country": country, "period": period, "tables": figures}
    )
    manifest = manifest_of(plan, country, tables)
    manifest["files"] = [
        {"name": name, "sha256": hashlib.sha256(text.encode()).hexdigest()}
        for name, text in files.items()
    ]
    files["manifest.json"] = _json(manifest)
    return files


def manifest_of(
    plan: Plan, country: str, tables: Sequence[tuple[Planned, Settled]]
) -> dict[str, object]:
    """What the figures are, how they were protected, how wrong they are, and what not to do with them."""
    names = sorted({name for table, _ in tables for name in table.dimensions})
    return {
        **_method(plan),
        "title": "Persons in the books of a closed period, preliminary profiles, needs and outcomes",
        "country": country,
        "period": tables[0][1].period,
        "period_rule": "A person is counted once, in the period whose books closed after the record was "
        "there (15 days after the end of the month); late ones are in the next. Not the day of arrival.",
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
        "warning": "Do not subtract tables or releases from one another: differences are noise. Do not "
        "combine these figures with other lists in order to find persons.",
    }


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
        "reason_codes": {
            BELOW: f"Withheld: fewer than {plan.threshold} persons after noise, perhaps none.",
            GROUP: "Withheld: nearly all of a group have one value, and it would tell of each of them.",
        },
    }


def _json(content: object) -> str:
    return json.dumps(content, ensure_ascii=False, indent=1) + "\n"
