"""What an export's files hold, and what they refuse to hold."""

from __future__ import annotations

import csv
import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflows.disclosure.cubes import Fact, tabulate
from workflows.disclosure.dimensions import Dimension, dimension
from workflows.disclosure.errors import ManifestInvalid, UnknownCode, UnknownDimension
from workflows.disclosure.exports import ExportRequest, csv_text, make_export, safe_text
from workflows.disclosure.grids import Policy
from workflows.disclosure.suppression import protect

POST = Dimension("post", ("bridge", "station", "airport"))
FACTS = [
    Fact({"post": "bridge", "sex": "F"}, 31),
    Fact({"post": "bridge", "sex": "M"}, 44),
    Fact({"post": "station", "sex": "F"}, 3),
    Fact({"post": "station", "sex": "M"}, 26),
    Fact({"post": "airport", "sex": "F"}, 18),
    Fact({"post": "airport", "sex": "M"}, 22),
]


def request(**changes):
    fields = {
        "title": "Arrivals by post and sex",
        "first": "2026-01",
        "last": "2026-03",
        "month": "2026-04",
        "filters": {"country": ["TJK"]},
        "packs": {"tjk": "2026.1"},
    }
    return ExportRequest(**(fields | changes))


def published(policy=None):
    return protect([tabulate(FACTS, POST, dimension("sex"))], policy)


def read(text):
    return list(csv.reader(io.StringIO(text, newline="")))


def test_a_table_is_written_with_margins_and_c_for_what_is_withheld():
    (table,) = published()
    rows = read(csv_text(table))
    assert rows[0] == ["post", "F", "M", "X", "U", "total"]
    assert rows[1][0] == "bridge"
    assert rows[2][1] == "c"
    assert rows[-1][0] == "total"
    assert rows[-1][-1] == "144"
    assert all(len(row) == len(rows[0]) for row in rows)


def test_lines_end_as_rfc_4180_says_and_a_bom_is_an_option():
    (table,) = published()
    assert csv_text(table).count("\r\n") == len(read(csv_text(table)))
    assert csv_text(table, bom=True) == "\ufeff" + csv_text(table)


@pytest.mark.asvs("1.2.10")
@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "＝"])
def test_a_label_that_a_spreadsheet_would_run_is_defused(start):
    (table,) = published()
    text = csv_text(table, {("post", "bridge"): f'{start}HYPERLINK("x")'})
    assert read(text)[1][0].startswith("'" + start)


@pytest.mark.asvs("1.2.10", "1.3.3")
@given(st.text(max_size=30))
def test_no_text_cell_ever_starts_as_a_formula(label):
    (table,) = published()
    rows = read(csv_text(table, {("sex", "F"): label, ("post", "station"): label}))
    for row in rows:
        assert not any(cell[:1] in ("=", "+", "-", "@", "\t", "\r") and cell for cell in row)


def test_harmless_text_is_left_as_it_is():
    assert safe_text("Panji Poyon") == "Panji Poyon"


def test_a_manifest_says_what_the_reader_needs():
    export = make_export(request(), published(), Policy())
    manifest = json.loads(export.files["manifest.json"])
    assert manifest["k"] == 5
    assert manifest["rule_packs"] == {"tjk": "2026.1"}
    assert manifest["generated"] == "2026-04"
    assert manifest["filters"] == {"country": ["TJK"]}
    assert manifest["code_lists"]["post"] == list(POST.codes)
    assert set(manifest["definitions"]) == {"post", "sex"}
    assert "Do not subtract" in manifest["warning"]
    assert manifest["files"][0]["name"] == "post-by-sex.csv"


def test_a_manifest_counts_what_is_withheld_and_does_not_tell_small_from_covering():
    export = make_export(request(), published(), Policy())
    (entry,) = export.manifest["tables"]
    text = export.files["post-by-sex.csv"]
    assert entry["withheld"] == {"c": sum(row.count("c") for row in read(text))}
    assert "complement" not in json.dumps(export.manifest).lower()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("first", "2026-01-15"),
        ("last", "yesterday"),
        ("month", "2026-04-02"),
        ("title", "Arrivals on 2026-01-15"),
        ("title", "Arrivals of 15.01.2026"),
        ("title", "Ask person@example.org"),
        ("title", "Case 0a1b2c3d-0000-4000-8000-000000000000"),
        ("title", "x" * 201),
    ],
)
def test_days_times_and_identifiers_are_refused(field, value):
    with pytest.raises(ManifestInvalid):
        make_export(request(**{field: value}), published(), Policy())


def test_a_filter_off_the_closed_list_is_refused():
    with pytest.raises(UnknownDimension):
        make_export(request(filters={"nationality": ["AFG"]}), published(), Policy())


def test_a_dimension_off_the_closed_list_cannot_even_be_made():
    with pytest.raises(UnknownDimension):
        dimension("given_name", ["Zarina"])


@pytest.mark.parametrize(
    "code", ["2026-01-15", "12345678", "0a1b2c3d-0000-4000", "a@b", "", "~", "one\ntwo", "x" * 60]
)
def test_a_code_as_fine_as_a_day_or_an_identifier_is_refused(code):
    with pytest.raises(UnknownCode):
        dimension("post", [code])


def test_the_same_figures_give_the_same_bytes():
    first = make_export(request(), published(), Policy())
    second = make_export(request(), published(), Policy())
    assert first == second
