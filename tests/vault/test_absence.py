"""A purpose whose private key is not here (test class 5): reads are denied and say so, all else goes on."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import select

from models.cases import Case
from models.people import Person
from models.session import guard as guard_of
from models.vault.guarded import GuardedProvider
from models.vault.index import NameIndex
from models.vault.pairs import PrivateHalf
from models.vocabulary import PERSON_PURPOSES
from tests.border.conftest import Official, application, made
from tests.world import World

__all__ = ["application"]

#: What lies at headquarters: the private half of each public one.
HALVES: dict[bytes, PrivateHalf] = {}
ALL = tuple(str(purpose) for purpose in PERSON_PURPOSES)
INFORMED = {"language": "prs", "how": "read_aloud", "interpreter": "here", "understood": "yes"}
#: Lists and desks: nothing of a person is opened there, so they never break.
LISTS = {
    "officer": ("/today", "/cases", "/register", "/search"),
    "guardian": ("/care", "/referrals"),
    "supervisor": ("/board",),
}


def without(world: World, *purposes: str) -> World:
    """The same installation on a machine with the public halves of these purposes alone."""
    storage = world.storage
    assert isinstance(storage.provider, GuardedProvider)
    settings = replace(world.settings, drop_box_purposes=purposes)
    provider = guard_of(settings, storage.engine, storage.provider.base, storage.keys)
    for purpose in purposes:
        half = PrivateHalf.fresh()
        HALVES[half.public.raw] = half
        provider.book.add(purpose, half)
    there = replace(storage, provider=provider, index=NameIndex(provider))
    return World(there, settings, world.shelf, world.secrets, world.clock)


def denied(browser: Official, path: str) -> bool:
    """Whether a page says that it cannot be opened; any other failure is a failure."""
    page = browser.get(path)
    assert page.status in {200, 302, 303, 503}, (path, page.status)
    if page.status == 503:
        assert "cannot be opened" in page.words
        assert "What you saved is kept" in page.words
    return page.status == 503


@pytest.mark.parametrize(
    "purposes",
    [("identity",), ("protection",), ("legal",), ("contact", "medical", "audit"), ALL],
    ids="-".join,
)
def test_reads_are_denied_and_say_so_and_nothing_else_breaks(
    application: Flask, world: World, purposes: tuple[str, ...]
) -> None:
    world.sent()
    product = made(application, without(world, *purposes))
    officer = product.official("officer")
    number = officer.register("Parwana")
    ticked = officer.send(f"/cases/{number}/now", {"seen": ["medical", "distress"]})
    assert ticked.status == 303, ticked.errors
    informed = officer.send(f"/cases/{number}/inform", INFORMED)
    assert informed.status == 303, informed.errors
    reads = {path: denied(officer, f"/cases/{number}{path}") for path in ("", "/ask", "/file")}
    assert reads["/file"] == bool({"identity", "contact", "protection"} & set(purposes))
    if "protection" in purposes:
        assert reads["/ask"]
    for who, paths in LISTS.items():
        browser = officer if who == "officer" else product.official(who)
        for path in paths:
            assert not denied(browser, path), path


def test_what_was_written_there_opens_where_the_key_is(application: Flask, world: World) -> None:
    away = without(world, *ALL)
    officer = made(application, away).official("officer")
    number = officer.register("Parwana")
    officer.send(f"/cases/{number}/now", {"seen": ["medical"]})
    officer.send(f"/cases/{number}/inform", INFORMED)
    assert "cannot be shown on this machine" in officer.get(f"/cases/{number}/now").words

    home = world.storage.provider
    assert isinstance(home, GuardedProvider)
    for pair in home.book.all():
        home.book.hold(pair.ref, HALVES[pair.public.raw])
    with world.work() as work:
        case = work.session.scalars(select(Case)).one()
        work.vault.grant(case.person_id, *ALL)
        assert case.urgent_needs == ["medical"]
        assert (case.information or {})["language"] == "prs"
        assert work.vault.opens(case.person_id, ALL)
        person = work.session.get_one(Person, case.person_id)
        assert (person.names or [])[0]["text"] == "Parwana"
    taken = made(application, world).official("officer").get(f"/cases/{number}/ask")
    assert taken.status == 200
