"""The machine-readable zone: ICAO's own specimens, what is wrong with a zone, and the form that it fills."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflows.zone import Part, PartialDay, ZoneError, check_digit, read_zone, state_of

TODAY = date(2026, 11, 24)
#: The specimens of Doc 9303 parts 4 to 7 (Utopia), and the long number of part 5, appendix B.
TD3 = "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL898902C36UTO7408122F1204159ZE184226B<<<<<10"
TD2 = "I<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<\nD231458907UTO7408122F1204159<<<<<<<6"
TD1 = (
    "I<UTOD231458907<<<<<<<<<<<<<<<\n7408122F1204159UTO<<<<<<<<<<<6\nERIKSSON<<ANNA<MARIA<<<<<<<<<<"
)
VISA = "V<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL8988901C4XXX4009078F96121096ZE184226B<<<<<<"
LONG = (
    "I<UTOD23145890<7349<<<<<<<<<<<\n3407127M9507122UTO<<<<<<<<<<<2\nSTEVENSON<<PETER<JOHN<<<<<<<<<"
)
BORN = PartialDay(1974, 8, 12)


@pytest.mark.parametrize(
    ("text", "kind", "number", "born"),
    [
        (TD3, "TD3", "L898902C3", BORN),
        (TD2, "TD2", "D23145890", BORN),
        (TD1, "TD1", "D23145890", BORN),
        (VISA, "MRV-A", "L8988901C", PartialDay(1940, 9, 7)),
        (LONG, "TD1", "D23145890734", PartialDay(1934, 7, 12)),
    ],
)
def test_the_specimens_are_read(text: str, kind: str, number: str, born: PartialDay) -> None:
    zone = read_zone(text, TODAY)
    assert (zone.format, zone.number, zone.birth, zone.wrong) == (kind, number, born, ())
    assert zone.issuer == "UTO"
    assert zone.name in ("Anna Maria Eriksson", "Peter John Stevenson")


@pytest.mark.parametrize(
    "text",
    [
        TD3.replace("\n", ""),
        TD3.lower(),
        f"\n  {TD3} \r\n\t",
        TD3.replace("\n", "\r\n"),
        TD3.replace("<<<<<<<<<<<<<<<<<<<", "< < < < < < < < < < < < < < < < < < <"),
        TD3.replace("7408122", "۷۴۰۸۱۲۲"),
        TD3.replace("<<ANNA", "«ANNA"),
    ],
)
def test_it_may_be_typed_in_any_way(text: str) -> None:
    assert read_zone(text, TODAY) == read_zone(TD3, TODAY)


@pytest.mark.parametrize(
    ("old", "new", "wrong"),
    [
        ("L898902C36", "L898902C35", {Part.NUMBER, Part.WHOLE}),
        ("7408122", "7408123", {Part.BIRTH, Part.WHOLE}),
        ("1204159", "1204158", {Part.EXPIRY, Part.WHOLE}),
        ("<<<10", "<<<11", {Part.WHOLE}),
        ("L898902", "L898922", {Part.NUMBER, Part.WHOLE}),
    ],
)
def test_a_check_digit_that_does_not_fit_is_named(old: str, new: str, wrong: set[Part]) -> None:
    assert set(read_zone(TD3.replace(old, new), TODAY).wrong) == wrong


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        ("", "empty", 0),
        ("  \n ", "empty", 0),
        (TD3[:-1], "length", 2),
        (TD3.split("\n", maxsplit=1)[0], "length", 1),
        (TD3.replace("ERIKSSON", "ERIKSSÖN"), "letter", 1),
        (TD1 + "\nX", "lines", 4),
        ("<" * 500, "length", 0),
    ],
)
def test_what_is_no_zone_says_why(text: str, code: str, line: int) -> None:
    with pytest.raises(ZoneError) as error:
        read_zone(text, TODAY)
    assert (error.value.code, error.value.line) == (code, line)


def test_two_digits_of_a_year_are_read_by_their_kind() -> None:
    """A birth lies behind us, an expiry at most thirty years before us."""

    def zone(birth: str, expiry: str) -> str:
        return (
            "P<UTOA<<B<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<\n"
            f"L898902C36UTO{birth}{check_digit(birth)}F{expiry}{check_digit(expiry)}<<<<<<<<<<<<<<<0"
        )

    assert read_zone(zone("270101", "270101"), TODAY).birth.year == 1927
    assert read_zone(zone("270101", "270101"), TODAY).expiry.year == 2027
    assert read_zone(zone("260101", "560101"), TODAY).birth.year == 2026
    assert read_zone(zone("260101", "570101"), TODAY).expiry.year == 1957
    assert read_zone(zone("74<<<<", "270101"), TODAY).birth == PartialDay(1974, None, None)


def test_signs_of_protection_are_no_state() -> None:
    # All of them codes of ICAO Doc 9303-3, the fourth too: nationality not specified.
    assert [state_of(code) for code in ("XXA", "XXB", "XXC", "XXX", "UNO", "D", "AFG")] == [
        *[None] * 5,
        *("DEU", "AFG"),
    ]


@given(st.text(alphabet="ABCXYZ0123456789<\n ۱", max_size=200))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        zone = read_zone(text, TODAY)
    except ZoneError:
        return
    assert zone.format in ("TD1", "TD2", "TD3", "MRV-A", "MRV-B")


@given(st.text(alphabet="ABCDEFGHIJ0123456789", min_size=9, max_size=9), st.integers(0, 8))
def test_a_check_digit_finds_every_single_wrong_sign(number: str, at: int) -> None:
    """Doc 9303 promises no more: of digits and letters whose values differ by ten it finds none."""
    for other in "0123456789":
        changed = number[:at] + other + number[at + 1 :]
        values = [
            "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ".index(text[at]) for text in (number, changed)
        ]
        assert (check_digit(changed) == check_digit(number)) == ((values[0] - values[1]) % 10 == 0)
