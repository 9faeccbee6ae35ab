"""Language, direction, dates, times and names as the reader reads them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import jdatetime
import pytest
from flask import Flask, render_template_string
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from app.locale import (
    country_name,
    haste,
    isolate,
    language_name,
    listed,
    long_date,
    moment,
    solar_date,
    time_left,
)
from app.web.forms.base import PageForm

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)


def reading(kitchen: Flask, code: str):
    return kitchen.test_request_context("/kitchen", headers={"Cookie": f"language={code}"})


@pytest.mark.parametrize(
    ("wish", "tag", "direction"),
    [
        ("ru-KZ,ru;q=0.9,en;q=0.5", "ru", "ltr"),
        ("fa-IR", "fa-AF", "rtl"),
        ("prs", "fa-AF", "rtl"),
        ("de, fr", "en", "ltr"),
        ("", "en", "ltr"),
        ("*;q=x,,;", "en", "ltr"),
    ],
)
def test_the_browser_s_wish_is_followed_where_we_can(
    kitchen: Flask, wish: str, tag: str, direction: str
) -> None:
    text = kitchen.test_client().get("/kitchen", headers={"Accept-Language": wish}).text

    assert f'lang="{tag}" dir="{direction}"' in text


def test_the_switch_is_remembered_and_leaves_a_clean_address(page: FlaskClient) -> None:
    answer = page.get("/kitchen?page=2&lang=fa_AF&q=a%26b")

    assert answer.status_code == 303
    assert answer.headers["Location"] == "/kitchen?page=2&q=a%26b"
    assert 'dir="rtl"' in page.get("/kitchen").text


@pytest.mark.asvs("3.7.2")
@pytest.mark.parametrize(
    "address", ["//elsewhere.example/?lang=ru", "/%2felsewhere.example?lang=ru"]
)
def test_the_switch_never_leads_to_another_origin(page: FlaskClient, address: str) -> None:
    location = page.get(address).headers.get("Location", "")

    assert not location.startswith(("//", "http"))


def test_an_unknown_language_changes_nothing(page: FlaskClient) -> None:
    assert page.get("/kitchen?lang=xx").status_code == 200
    assert page.get("/kitchen", headers={"Cookie": "language=../../etc"}).status_code == 200


def test_a_name_is_isolated_and_still_escaped(kitchen: Flask) -> None:
    with reading(kitchen, "en"):
        text = render_template_string("{{ name | isolate }}", name="<b>گل</b>")

    assert text == "\u2068&lt;b&gt;گل&lt;/b&gt;\u2069"
    assert isolate(7) == "\u20687\u2069"


def test_dari_readers_see_the_solar_date_with_afghan_months_and_the_gregorian_beside(
    kitchen: Flask,
) -> None:
    with reading(kitchen, "fa_AF"):
        text = long_date(date(2026, 11, 24))

    assert "۳ قوس ۱۴۰۵" in text
    assert "2026\u201111\u201124" in text


def test_english_and_russian_readers_see_the_gregorian_date(kitchen: Flask) -> None:
    with reading(kitchen, "en"):
        assert long_date(date(2026, 11, 24)).replace("\u00a0", " ") == "24 November 2026"
    with reading(kitchen, "ru"):
        assert "ноября 2026" in long_date(date(2026, 11, 24)).replace("\u00a0", " ")


def test_a_moment_shows_the_zone_of_the_post(kitchen: Flask) -> None:
    with reading(kitchen, "en"):
        assert "14:30 UTC+5" in moment(NOW)


@pytest.mark.parametrize(("code", "said"), [("en", "a, b"), ("ru", "a, b"), ("fa_AF", "a، b")])
def test_a_list_has_the_comma_of_the_readers_script(kitchen: Flask, code: str, said: str) -> None:
    with reading(kitchen, code):
        assert listed(["a", "b"]) == said


@given(st.dates(date(1921, 3, 21), date(2060, 1, 1)))
def test_the_solar_date_names_the_same_day(day: date) -> None:
    number, _month, year = solar_date(day, "ru").split()

    solar = jdatetime.date.fromgregorian(date=day)
    assert (int(number), int(year)) == (solar.day, solar.year)


@pytest.mark.parametrize(
    ("left", "words", "how"),
    [
        (timedelta(hours=3), "3 h left", "soon"),
        (timedelta(minutes=59), "59 min left", "soon"),
        (timedelta(hours=47), "47 h left", "later"),
        (timedelta(hours=49), "2 days left", "later"),
        (timedelta(minutes=-5), "5 min overdue", "overdue"),
        (timedelta(hours=-2), "2 h overdue", "overdue"),
    ],
)
def test_time_left_is_said_in_words(kitchen: Flask, left: timedelta, words: str, how: str) -> None:
    with reading(kitchen, "en"):
        assert time_left(NOW + left, NOW) == words
    assert haste(NOW + left, NOW) == how


def test_countries_and_languages_have_names_in_every_language(kitchen: Flask) -> None:
    with reading(kitchen, "ru"):
        assert country_name("AFG") == country_name("AF") == "Афганистан"
        assert language_name("prs") == "дари"
    with reading(kitchen, "fa_AF"):
        assert country_name("TJK") == "تاجکستان"
        # CLDR has neither; an interpreter is looked for by this name.
        assert language_name("haz") == "هزارگی"
    with reading(kitchen, "en"):
        assert country_name("XXA") == "Stateless person (1954 Convention)"
        assert country_name("QQQ") == "QQQ"
        assert language_name("haz") == "Hazaragi"
        assert language_name("kir") == "Kyrgyz"


def test_a_filter_on_a_constant_still_follows_the_reader(kitchen: Flask) -> None:
    page = kitchen.jinja_env.from_string("{{ 'AFG' | country_name }}")

    with reading(kitchen, "en"):
        assert page.render() == "Afghanistan"
    with reading(kitchen, "ru"):
        assert page.render() == "Афганистан"


@pytest.mark.parametrize(
    ("code", "said"), [("ru", "Обязательное поле."), ("en", "This field is required.")]
)
def test_the_library_s_own_messages_follow_the_reader(kitchen: Flask, code: str, said: str) -> None:
    with reading(kitchen, code):
        form = PageForm(meta={"csrf": False})
        assert form.meta.get_translations(form).gettext("This field is required.") == said
