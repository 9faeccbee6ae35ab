"""The contact sheet has every page: a new one is put on it, or left out with a reason."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from bs4 import BeautifulSoup

from app.factory import create_app
from app.web import pages
from tests.screens import sheet
from tests.screens.finding import links
from tests.screens.looking import Found, Seen
from tests.screens.ways import LEFT_OUT, MAIN, WAYS
from tests.world import World

#: Machines read these, no eyes: the API, and what the frame keeps for static files.
UNSEEN = ("/api/", "/static/", "/assets/")


def test_every_page_is_on_the_contact_sheet_or_left_out_with_a_reason(world: World) -> None:
    app = create_app(world.settings, storage=world.storage, clock=world.clock)
    answering = {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if "GET" in (rule.methods or ()) and not rule.rule.startswith(UNSEEN)
    }

    assert answering - set(WAYS) - set(LEFT_OUT) == set(), "put it into tests/screens/ways.py"
    assert set(WAYS) & set(LEFT_OUT) == set()
    assert (set(WAYS) | set(LEFT_OUT)) - answering == set(), "no such page any more"
    assert all(reason.strip() for reason in LEFT_OUT.values())
    assert set(MAIN) <= set(WAYS)


def test_every_place_of_a_role_is_looked_at() -> None:
    """Whoever signs in and follows the menu is followed by the sheet."""
    places = {endpoint for rows in pages.PLACES.values() for endpoint, _, _ in rows}

    assert places <= set(WAYS)


def seen(**more: Any) -> Seen:
    told = {"endpoint": "border.today", "who": "officer", "language": "en", "width": 360}
    return Seen(
        **{
            **told,
            "picture": "a.jpg",
            "violations": [],
            "beyond": 0,
            "weight": 1,
            "status": 200,
            **more,
        }
    )


def test_whatever_is_wrong_with_a_page_is_said_in_a_line() -> None:
    found = Found(
        seen=[
            seen(),
            seen(violations=[["label", ["<input>"]]]),
            seen(beyond=12),
            seen(status=404),
        ],
        wrong=[("zoom 200 %", "border.ask", "3 px beyond the edge")],
        modes={"zoom 200 %": 2},
    )

    said = sheet.complaints(found)

    assert [line for line in said if "axe label" in line]
    assert [line for line in said if "12 px" in line]
    assert [line for line in said if "status 404" in line]
    assert [line for line in said if line.startswith("zoom 200 %")]
    assert len(said) == 4
    assert "zoom 200 %: 1 of 2" in sheet.table(found)


def test_the_sheet_is_one_page_with_each_picture(tmp_path: Path) -> None:
    page = sheet.write(tmp_path, Found(seen=[seen(), seen(width=1280, picture="b.jpg")]))
    text = page.read_text("utf-8")

    assert "a.jpg" in text
    assert "b.jpg" in text
    assert all(endpoint in text for endpoint in LEFT_OUT)


def test_a_form_that_asks_by_address_is_a_link_with_what_is_chosen() -> None:
    page = BeautifulSoup(
        "<form action='/preview' method='get'><input type=hidden name=need value=7>"
        "<input type=radio name=desk value=a><input type=radio name=desk value=b checked></form>"
        "<form action='/send' method='post'></form><a href='/here'>x</a>",
        "html.parser",
    )

    assert set(links(page)) == {"/preview?need=7&desk=b", "/here"}
