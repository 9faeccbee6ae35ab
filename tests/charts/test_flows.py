"""Bands between stages: as wide as they are many, mirrored where read so, silent where withheld."""

from __future__ import annotations

import re

import pytest

from app import charts
from app.chart_flows import Flow, Place, Stages, flows_layout
from app.chart_series import Canvas, Words
from app.chart_shapes import Band, Curve, Rect
from tests.charts.test_charts import ROOT, html, pictures, telling

WORDS = charts.FlowWords()


def stages(hidden=None):
    posts = (Place("Korday", 80), Place("Merke", 40))
    desks = (Place("Authority", 90), Place("None", 30))
    ends = (Place("Accepted", 60), Place("None yet", hidden))
    return Stages(
        (posts, desks, ends),
        (
            (Flow(0, 0, 60), Flow(0, 1, 20), Flow(1, 0, 30), Flow(1, 1, 10)),
            (Flow(0, 0, 60), Flow(0, 1, hidden), Flow(1, 1, hidden)),
        ),
    )


def drawn(found, *, rtl=False, width=640):
    words = Words()
    return flows_layout(found, Canvas("wide", width, words, str, rtl))


def marks(layout, kind):
    return [mark for mark in layout.marks if isinstance(mark, kind)]


def test_a_band_is_as_thick_as_it_counts():
    bands = marks(drawn(stages(30)), Band)
    assert bands[0].thick / bands[1].thick == pytest.approx(3, rel=0.02)
    # What leaves a block fills it.
    block = next(mark for mark in drawn(stages(30)).marks if isinstance(mark, Rect))
    assert bands[0].thick + bands[1].thick == pytest.approx(block.height, abs=0.3)


@pytest.mark.parametrize("width", [640, 328])
def test_no_band_leaves_the_blocks_it_joins(width):
    layout = drawn(stages(30), width=width)
    for band in marks(layout, Band):
        assert 0 <= band.x1 < band.x2 <= width
        assert band.y1 >= 0
        assert band.y2 + band.thick <= layout.height


def test_what_is_withheld_is_a_dashed_line_that_tells_no_number():
    few, many = (drawn(stages(None)), drawn(stages(30)))
    lines = [curve for curve in marks(few, Curve) if curve.look == "withheld-flow"]
    assert len(lines) == 2
    assert not [curve for curve in marks(many, Curve) if curve.look == "withheld-flow"]
    hatched = [rect for rect in marks(few, Rect) if rect.pattern == "withheld"]
    assert {rect.height for rect in hatched} == {10.0, 11}
    figure = charts.flows(stages(None), telling(), WORDS, 120)
    assert figure.withheld
    assert ("Authority to None yet", (None,)) in figure.table.rows


def test_the_table_has_a_line_for_every_band():
    figure = charts.flows(stages(30), telling(), WORDS, 120)
    assert len(figure.table.rows) == 7 + 1
    assert figure.table.rows[0] == ("Korday to Authority", ("60",))
    assert figure.table.rows[-1][1] == ("120",)


def test_a_picture_may_leave_out_what_the_table_tells():
    found = stages(30)
    less = Stages(found.places[1:], found.flows[1:])
    figure = charts.flows(found, telling(), WORDS, 120, less)
    assert len(marks(figure.layouts[0], Band)) == len(found.flows[1])
    assert len(figure.table.rows) == 7 + 1


def test_right_to_left_is_the_same_picture_in_a_mirror():
    left, right = drawn(stages(30)), drawn(stages(30), rtl=True)
    for one, other in zip(marks(left, Band), marks(right, Band), strict=True):
        assert other.x1 == pytest.approx(640 - one.x1, abs=0.2)
        assert (other.y1, other.thick) == (one.y1, one.thick)


def test_a_picture_is_valid_and_every_look_has_a_rule():
    figure = charts.flows(stages(None), telling(), WORDS, 120)
    page = html(figure)
    assert "style=" not in page
    for picture in pictures(figure):
        assert picture.get("role") == "img"
    sheet = (ROOT / "static" / "css" / "charts.css").read_text(encoding="utf-8")
    looks = {mark.look for layout in figure.layouts for mark in layout.marks} - {"label"}
    assert not [look for look in looks if f"serai-chart__{look}" not in sheet]
    assert re.search(r'<path class="serai-chart__band-1" d="M[\d.]+ ', page)
