"""What a figure shows, says and never does. Pictures are parsed as XML, as strictly as that is."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from app import charts
from app.chart_series import Words
from app.chart_shapes import Curve, Rect, Rule, Text, apart, text_width, ticks, wrapped
from workflows.disclosure.dimensions import TOGETHER, Dimension, dimension
from workflows.disclosure.published import PublishedTable

ROOT = Path(charts.__file__).parent
PAGES = Environment(
    loader=FileSystemLoader(ROOT / "templates"), autoescape=True, undefined=StrictUndefined
)
SEX = dimension("sex")
SVG = "{http://www.w3.org/2000/svg}"


def one_way(figures, name="post", together=()):
    codes = tuple(f"p{n}" for n in range(len(figures)))
    if name == "week":
        codes = tuple(f"2026-W{n + 1:02d}" for n in range(len(figures)))
    totals = dict(zip(codes, figures, strict=True))
    if together:
        totals[TOGETHER] = 12
    total = sum(figure or 0 for figure in figures) + (12 if together else 0)
    return PublishedTable(Dimension(name, codes), None, {}, totals, {}, total, tuple(together), ())


def two_way(rows, name="post"):
    codes = tuple(one_way([0] * len(rows), name).rows.codes)
    cells = {
        (code, sex): figure
        for code, row in zip(codes, rows, strict=True)
        for sex, figure in zip(SEX.codes, row, strict=True)
    }
    totals = {code: sum(f or 0 for f in row) + 3 for code, row in zip(codes, rows, strict=True)}
    return PublishedTable(
        Dimension(name, codes), SEX, cells, totals, dict.fromkeys(SEX.codes, 9), 99, (), ()
    )


def telling(**changes):
    fields = {"key": "fig", "heading": "Arrivals", "finding": "Most came by the bridge."}
    return charts.Telling(**(fields | changes))


def html(figure):
    return str(PAGES.get_template("parts/charts.html").module.figure(figure))


def pictures(figure):
    page = html(figure).replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ')
    return [ET.fromstring(svg) for svg in re.findall(r"<svg .*?</svg>", page, re.DOTALL)]


def marks(figure, kind, layout=0):
    return [mark for mark in figure.layouts[layout].marks if isinstance(mark, kind)]


def test_the_length_of_a_bar_is_its_number():
    figure = charts.bars(one_way([40, 10, 20]), telling())
    first, second, third = (bar.width for bar in marks(figure, Rect))
    assert first / second == pytest.approx(4, rel=0.02)
    assert third / second == pytest.approx(2, rel=0.02)


def test_every_number_is_written_beside_its_bar_and_in_the_table():
    figure = charts.bars(one_way([40, None, 20]), telling())
    texts = " ".join(text.text for text in marks(figure, Text))
    assert "40" in texts
    assert "20" in texts
    assert "withheld" in texts
    assert [cells for _, cells in figure.table.rows] == [("40",), (None,), ("20",), ("60",)]


@pytest.mark.parametrize("draw", [charts.bars, charts.columns])
def test_a_withheld_figure_is_hatched_and_explained(draw):
    figure = draw(one_way([40, None, None, 20], "week"), telling())
    for drawn in (0, 1):
        hatched = [bar for bar in marks(figure, Rect, drawn) if bar.pattern == "withheld"]
        # two figures and the swatch that explains them
        assert len(hatched) == 3
        assert len({(bar.width, bar.height) for bar in hatched[:2]}) == 1


def test_nothing_is_explained_that_is_not_there():
    figure = charts.columns(one_way([40, 20], "week"), telling())
    assert "small" not in " ".join(text.text for text in marks(figure, Text))


def test_a_listener_hears_withheld_and_does_not_hear_c():
    page = html(charts.bars(one_way([40, None]), telling()))
    assert '<span aria-hidden="true">c</span>' in page
    assert '<span class="govuk-visually-hidden">withheld</span>' in page


@pytest.mark.parametrize("rtl", [False, True])
def test_a_picture_has_a_role_a_title_a_description_and_no_style(rtl):
    figure = charts.grouped_bars(two_way([(7, None, 5, 0), (9, 8, 6, 5)]), telling(rtl=rtl))
    page = html(figure)
    assert "style=" not in page
    assert "<script" not in page
    ids = re.findall(r' id="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    for picture in pictures(figure):
        assert picture.get("role") == "img"
        named = picture.get("aria-labelledby").split()
        assert {picture.find(f"{SVG}title").get("id"), picture.find(f"{SVG}desc").get("id")} == set(
            named
        )
        assert "Most came by the bridge." in picture.find(f"{SVG}desc").text
        assert all(text.get("direction") is None for text in picture.iter(f"{SVG}text"))


def test_every_pattern_a_picture_uses_is_in_it():
    figure = charts.stacked_bars(two_way([(7, None, 5, 9), (9, 8, 6, 5)]), telling())
    for picture in pictures(figure):
        there = {pattern.get("id") for pattern in picture.iter(f"{SVG}pattern")}
        used = {rect.get("fill")[5:-1] for rect in picture.iter(f"{SVG}rect") if rect.get("fill")}
        assert used == there


def test_every_look_has_a_rule_in_the_style_sheet():
    sheet = (ROOT / "static" / "css" / "charts.css").read_text(encoding="utf-8")
    drawn = [
        charts.stacked_bars(two_way([(70, None, 50, 9), (9, 8, 6, 5)]), telling()),
        charts.lines(two_way([(70, None, 50, 9), (9, 8, 6, 5)], "week"), telling()),
        charts.bars(one_way([40, None]), telling()),
    ]
    looks = {m.look for figure in drawn for plan in figure.layouts for m in plan.marks}
    assert not [look for look in looks - {"label"} if f"serai-chart__{look}" not in sheet]


def test_what_a_label_says_cannot_become_markup():
    labels = {("post", "p0"): "<script>alert(1)</script>"}
    page = html(charts.bars(one_way([40]), telling(labels=labels, heading='"><b>')))
    assert "<script" not in page
    assert "<b>" not in page


def test_right_to_left_is_the_same_picture_in_a_mirror():
    table = two_way([(7, 12, 5, 6), (9, 8, 6, 5)])
    left, right = (charts.grouped_bars(table, telling(rtl=rtl)) for rtl in (False, True))
    width = left.layouts[0].width
    for one, other in zip(marks(left, Rect), marks(right, Rect), strict=True):
        assert other.x == pytest.approx(width - one.x - one.width, abs=0.2)
    swap = {"start": "end", "end": "start", "middle": "middle"}
    for one, other in zip(marks(left, Text), marks(right, Text), strict=True):
        assert (other.anchor, other.text) == (swap[one.anchor], one.text)


def test_a_line_is_broken_where_a_figure_is_withheld():
    rows = [(7, 9, 5, 6), (None, 9, 5, 6), (8, 9, 5, 6), (9, 9, 5, 6)]
    figure = charts.lines(two_way(rows, "week"), telling())
    first = [curve for curve in marks(figure, Curve) if curve.look == "line-1"]
    assert [len(curve.points) for curve in first] == [2, 2]
    assert [curve.lone for curve in first] == [True, False]


def test_a_stack_draws_what_is_withheld_to_scale_since_the_total_tells_it():
    figure = charts.stacked_bars(two_way([(40, 30, None, 10)]), telling())
    bars = {bar.look: bar.width for bar in marks(figure, Rect)[4:] if bar.look != "plate"}
    assert marks(figure, Rect)[-1].pattern == "withheld"
    segment = next(b for b in marks(figure, Rect) if b.pattern == "withheld")
    assert (segment.width + 1) / bars["bar-1"] == pytest.approx(3 / 40, rel=0.1)


def test_persons_who_count_in_several_columns_are_not_stacked():
    table = two_way([(7, 8, 9, 6)])
    several = Dimension("sex", SEX.codes, multi=True)
    broken = PublishedTable(
        table.rows, several, table.cells, table.row_totals, table.column_totals, 99, (), ()
    )
    with pytest.raises(ValueError, match="cannot be stacked"):
        charts.stacked_bars(broken, telling())


def test_more_series_than_can_be_told_apart_are_refused():
    ages = Dimension("sex_age", tuple(f"F {n}" for n in range(7)))
    cells = {("p0", code): 9 for code in ages.codes}
    table = PublishedTable(
        Dimension("post", ("p0",)),
        ages,
        cells,
        {"p0": 63},
        dict.fromkeys(ages.codes, 9),
        63,
        (),
        (),
    )
    with pytest.raises(ValueError, match="told apart"):
        charts.grouped_bars(table, telling())


def test_lines_told_together_are_named_or_counted():
    few = charts.bars(one_way([40, None, None], together=("p1", "p2")), telling())
    assert few.table.rows[-2] == ("p1 + p2", ("12",))
    many = charts.bars(one_way([40] + [None] * 4, together=("p1", "p2", "p3", "p4")), telling())
    assert many.table.rows[-2] == ("4 lines together", ("12",))


def test_an_empty_or_wholly_withheld_table_is_still_a_picture():
    for figures in ([0, 0], [None, None]):
        assert pictures(charts.columns(one_way(figures, "week"), telling()))
        assert pictures(charts.bars(one_way(figures), telling()))


def test_words_and_digits_are_the_readers():
    digits = str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")
    figure = charts.bars(
        one_way([40, None]),
        telling(number=lambda n: str(n).translate(digits), words=Words(withheld="پنهان"), rtl=True),
    )
    texts = " ".join(text.text for text in marks(figure, Text))
    assert "۴۰" in texts
    assert "پنهان" in texts


FIGURES = st.one_of(st.none(), st.integers(0, 250_000))
LABELS = st.text(st.characters(categories=("Lu", "Ll", "Lo", "Zs")), min_size=1, max_size=60)


def edges(mark):
    if isinstance(mark, Rect):
        return [(mark.x, mark.y), (mark.x + mark.width, mark.y + mark.height)]
    if isinstance(mark, Rule):
        return [(mark.x1, mark.y1), (mark.x2, mark.y2)]
    if isinstance(mark, Curve):
        return list(mark.points)
    wide = text_width(mark.text.strip("\u2068\u2069"), 13)
    left = {"start": 0, "middle": wide / 2, "end": wide}[mark.anchor]
    return [(mark.x - left, mark.y - 10), (mark.x - left + wide, mark.y)]


def assert_inside(figure):
    for plan in figure.layouts:
        for mark in plan.marks:
            for x, y in edges(mark):
                assert -2 <= x <= plan.width + 2, (plan.name, mark)
                assert -2 <= y <= plan.height + 6, (plan.name, mark)


@settings(max_examples=60, deadline=None)
@given(st.lists(FIGURES, min_size=1, max_size=12), LABELS, st.booleans())
def test_no_bar_and_no_label_leaves_the_picture(figures, label, rtl):
    table = one_way(figures)
    labels = {("post", code): label for code in table.rows.codes}
    assert_inside(charts.bars(table, telling(labels=labels, rtl=rtl)))


@settings(max_examples=60, deadline=None)
@given(st.lists(FIGURES, min_size=1, max_size=60), st.booleans())
def test_no_column_leaves_the_picture(figures, rtl):
    assert_inside(charts.columns(one_way(figures[:53], "week"), telling(rtl=rtl)))


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(FIGURES, FIGURES, FIGURES, FIGURES), min_size=1, max_size=20),
    st.sampled_from([charts.grouped_bars, charts.stacked_bars, charts.lines]),
    st.booleans(),
)
def test_no_series_leaves_the_picture(rows, draw, rtl):
    assert_inside(draw(two_way(rows, "week"), telling(rtl=rtl)))


@given(st.integers(0, 10**7))
def test_ticks_are_few_and_reach_the_top(most):
    scale = ticks(most)
    assert scale[0] == 0
    assert scale[-1] >= most
    assert 2 <= len(scale) <= 6


@given(LABELS, st.integers(60, 300))
def test_wrapped_text_fits_its_room(text, room):
    rows = wrapped(text, room)
    assert len(rows) <= 2
    assert all(text_width(row) <= room for row in rows)


@given(st.lists(st.floats(0, 200), min_size=1, max_size=6))
def test_names_at_the_ends_of_lines_keep_their_distance(places):
    moved = sorted(apart(places, 17, 200))
    assert moved[-1] <= 200
    assert all(after - before >= 17 - 1e-6 for before, after in pairwise(moved))
