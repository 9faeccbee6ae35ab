"""All country packs side by side in one database: nobody's rows are taken by another country."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from sqlalchemy import func, select

from models.network import Agency, Desk, Post, Service
from tests.world import World
from workflows.packs import agency_code, sync_network
from workflows.rules.packs import Pack


@pytest.fixture
def countries(packs: Mapping[str, Pack]) -> Mapping[str, Pack]:
    """The packs of countries, by code."""
    return {code: pack for code, pack in packs.items() if pack.country}


def test_every_country_brings_its_own_network_and_again_changes_nothing(
    world: World, countries: Mapping[str, Pack]
) -> None:
    counts = []
    for _ in range(2):
        with world.work() as work:
            for pack in countries.values():
                sync_network(work.session, pack)
            counts.append(
                [
                    work.session.scalar(select(func.count()).select_from(table))
                    for table in (Agency, Desk, Post, Service)
                ]
            )
    assert counts[0] == counts[1]
    assert counts[0][2] == sum(len(pack.posts) for pack in countries.values())

    with world.work() as work:
        for pack in countries.values():
            codes = {agency_code(pack, agency) for agency in pack.agencies}
            posts = work.session.scalars(select(Post).where(Post.country == pack.country)).all()
            assert {post.code for post in posts} == set(pack.posts)
            holders = {work.session.get_one(Agency, post.agency_id).code for post in posts}
            assert len(holders) == 1
            assert holders <= codes


def test_every_need_has_a_desk_in_every_country(
    world: World, countries: Mapping[str, Pack]
) -> None:
    with world.work() as work:
        for pack in countries.values():
            sync_network(work.session, pack)
            rows = work.session.execute(
                select(Service.need)
                .join(Desk, Desk.id == Service.desk_id)
                .join(Agency, Agency.id == Desk.agency_id)
                .where(Agency.country == pack.country)
            )
            assert {row.need for row in rows} == set(pack.needs), pack.code
