"""Invented rows of figures, written straight into the table: as many as published figures need."""

from __future__ import annotations

import random
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import insert, select

from models.figures import StatFact
from models.network import Post
from models.session import Storage
from workflows import agreements
from workflows.agreements import RecordAgreement
from workflows.disclosure.dimensions import week_of


def _way(chance: random.Random) -> dict[str, str]:
    """Where one was sent, how soon that was answered, and what came of it."""
    referral = chance.choices(("none", "authority", "un", "health"), (30, 50, 18, 1))[0]
    if referral == "none":
        return {"referral": referral, "outcome": "none", "acknowledged": "not_sent"}
    answered = chance.choices(("24h", "72h", "2w", "none"), (50, 25, 5, 20))[0]
    ends = ("none", "accepted", "service_provided", "refused")
    outcome = "none" if answered == "none" else chance.choices(ends, (10, 50, 30, 10))[0]
    return {"referral": referral, "outcome": outcome, "acknowledged": answered}


def rows_of_months(
    storage: Storage, country: str, months: Mapping[str, int], seed: int = 3
) -> None:
    """So many persons in each month, at all posts of a country."""
    chance = random.Random(seed)
    with storage.engine.begin() as connection:
        posts = connection.execute(
            select(Post.code, Post.province).where(Post.country == country).order_by(Post.code)
        ).all()
        rows = [
            {
                "id": uuid4(),
                "link": uuid4().hex,
                "month": month,
                "week": week_of(date.fromisoformat(f"{month}-12")),
                "post": post.code,
                "province": post.province or country,
                "country": country,
                "region": chance.choice(("Central-Asia", "Southern-Asia", "unknown")),
                "sex": chance.choice("FM"),
                "age_band": chance.choice(("5-11", "18-59", "18-59")),
                "profiles": chance.choice(("ASY", "ASY UAC", "UAC")),
                "needs": chance.choice(("asylum", "child")),
                "hold": True,
                "language": chance.choice(("rus", "rus", "rus", "fas", "unknown")),
                **_way(chance),
                "record_key": chance.getrandbits(40),
            }
            for month, persons in months.items()
            for post in chance.choices(posts, k=persons)
        ]
        connection.execute(insert(StatFact), rows)


def agreed(world: Any, first: str = "supervisor", second: str = "supervisor.two") -> UUID:
    """An agreement with a partner, recorded by one account and confirmed by another. Made once a world."""
    with world.work(first) as work:
        known = agreements.in_force(work)
        if known:
            return next(iter(known))
        made = agreements.record(
            work,
            RecordAgreement(
                partner="Ministry of Invented Affairs",
                purpose="Planning of reception places",
                signed_by="The head of its department of figures",
                ends_on=work.now.date() + timedelta(days=300),
            ),
        )
    with world.work(second) as work:
        agreements.confirm(work, made, 1)
    return made
