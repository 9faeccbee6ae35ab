"""Closing the books of a month: who is in them is measured once, and what is published then never changes.

A person is booked in the first month that is closed when its record is there; late records go to the next
one. Nobody is booked twice, so what all publications together tell of one person is the plan's budget.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from hashlib import sha256
from typing import Any
from uuid import uuid4

from sqlalchemy import func, select, update

from models.figures import ClosedPeriod, StatFact
from models.network import Post
from workflows.boards import dimension_of, scope_in
from workflows.disclosure.dimensions import Dimension, dimension, month_of, sex_age
from workflows.disclosure.measuring import Cohort, measure
from workflows.disclosure.plan import Plan, Span, ends_with, lean, months_of, period_of
from workflows.disclosure.publication import Books, Lists, settle_period
from workflows.disclosure.settling import Settled
from workflows.policy import Act
from workflows.work import Work

#: Days after the end of a month until its books are closed: records are complete by then.
SETTLES = timedelta(days=15)
_COLUMNS = ("province", "region", "sex", "age_band", "post", "profiles", "needs", "outcome")


@dataclass(frozen=True)
class Closed:
    """A country and a period that was closed."""

    country: str
    period: str


#: The plan in force. Where a state is the adversary its budget is one (statistics.md 3.3).
PLAN: Plan = lean()


def close_due(work: Work) -> list[Closed]:
    """Close every month that is due, in order, with the quarters and years that end with it.

    Safe to run twice and on several machines: a period is in the table once.
    """
    closed = []
    for country in work.session.scalars(select(Post.country).distinct().order_by(Post.country)):
        for month in _due(work, country):
            closed += _close(work, country, month)
    if closed:
        work.allow(Act.CLOSE_BOOKS, detail={"periods": [one.period for one in closed]})
    return closed


def _due(work: Work, country: str) -> list[str]:
    """The months not closed yet whose time has come, oldest first; none before the first person."""
    last = work.session.scalar(
        select(func.max(ClosedPeriod.period)).where(
            ClosedPeriod.country == country, ClosedPeriod.span == Span.MONTH.value
        )
    )
    first = work.session.scalar(select(func.min(StatFact.month)).where(StatFact.country == country))
    if last is None and first is None:
        return []
    month = _next(last) if last else str(first)
    found = []
    while _first_day(_next(month)) + SETTLES <= work.now.date():
        found.append(month)
        month = _next(month)
    return found


def _next(month: str) -> str:
    return month_of(_first_day(month) + timedelta(days=31))


def _first_day(month: str) -> date:
    return date.fromisoformat(f"{month}-01")


def _close(work: Work, country: str, month: str) -> list[Closed]:
    work.session.execute(
        update(StatFact)
        .where(
            StatFact.country == country,
            StatFact.booked.is_(None),
            StatFact.month <= month,
            StatFact.counted,
        )
        .values(booked=month)
        .execution_options(synchronize_session=False)
    )
    plan, lists = PLAN, lists_of(work, country)
    books = books_of(work, country)
    closed = []
    for span in Span:
        if ends_with(span, month):
            period = period_of(span, month)
            _publish(work, country, plan, (span, period), lists, books)
            closed.append(Closed(country, period))
    return closed


def _publish(
    work: Work, country: str, plan: Plan, of: tuple[Span, str], lists: Lists, books: Books
) -> None:
    span, period = of
    cohorts = _cohorts(work, country, months_of(span, period), lists)
    place = f"{country} {period}"

    def mac(data: bytes) -> bytes:
        return work.provider.mac("figures", b"measured|" + country.encode() + b"|" + data)

    measured = [measure(plan, table, period, cohorts, lists.sides, mac) for table in plan.of(span)]
    settled = settle_period(plan, span, period, measured, lists, books)
    books.add(settled)
    content = {
        table.key: {
            "dimensions": list(table.dimensions),
            "cells": [
                [list(cell), number, done.estimates[cell], done.figures[cell]]
                for cell, number in found.cells.items()
            ],
        }
        for table, found, done in zip(plan.of(span), measured, settled, strict=True)
    }
    row_id = uuid4()
    work.session.add(
        ClosedPeriod(
            id=row_id,
            country=country,
            span=span.value,
            period=period,
            plan=plan.version,
            rho=plan.rho,
            closed_at=work.now,
            snapshot=_snapshot(work, place, cohorts),
            payload=work.provider.seal_blob(_at(place), json.dumps(content).encode()),
        )
    )
    work.session.flush()


def _snapshot(work: Work, place: str, cohorts: Sequence[Cohort]) -> str:
    """Keyed, so that nobody can try whether a guessed population gives it."""
    rows = sorted(f"{sorted(c.codes.items())} {c.count} {c.keys}" for c in cohorts)
    digest = sha256("\n".join(rows).encode()).digest()
    return work.provider.mac("figures", b"snapshot|" + place.encode() + digest).hex()


def _at(place: str) -> str:
    return f"stat_period {place}"


def contents(work: Work, row: ClosedPeriod) -> dict[str, Any]:
    """The tables of a closed period, opened."""
    raw = work.provider.open_blob(_at(f"{row.country} {row.period}"), row.payload)
    found: dict[str, Any] = json.loads(raw)
    return found


def books_of(work: Work, country: str) -> Books:
    """Everything that was published of a country."""
    books = Books()
    rows = work.session.scalars(
        select(ClosedPeriod).where(ClosedPeriod.country == country).order_by(ClosedPeriod.period)
    )
    for row in rows:
        books.add(settled_of(row.period, contents(work, row)))
    return books


def settled_of(period: str, content: dict[str, Any]) -> list[Settled]:
    """The published tables of an opened period."""
    return [
        Settled(
            key,
            period,
            {tuple(cell): figure for cell, _, _, figure in table["cells"]},
            {tuple(cell): estimate for cell, _, estimate, _ in table["cells"]},
        )
        for key, table in content.items()
    ]


def lists_of(work: Work, country: str) -> Lists:
    """The closed lists of a country: its posts and provinces, regions, profiles, needs, outcomes."""
    scope = scope_in(work, country)
    rows = work.session.scalars(select(Post).where(Post.country == country).order_by(Post.code))
    posts = {post.code: post.province or post.country for post in rows}
    sides = [
        Dimension("post", tuple(posts)),
        Dimension("province", tuple(dict.fromkeys(posts.values()))),
        dimension("sex"),
        dimension("sex_age"),
        *(dimension_of(name, scope, ()) for name in ("region", "profile", "need", "outcome")),
    ]
    return Lists({side.name: side for side in sides}, {"post": ("province", posts)})


def _cohorts(work: Work, country: str, months: Sequence[str], lists: Lists) -> list[Cohort]:
    columns = [getattr(StatFact, name) for name in _COLUMNS]
    rows = work.session.execute(
        select(*columns, func.count(), func.sum(StatFact.record_key))
        .where(StatFact.country == country, StatFact.booked.in_(months))
        .group_by(*columns)
    )
    known = {name: set(side.codes) for name, side in lists.sides.items()}
    found = []
    for *values, count, keys in rows:
        row = dict(zip(_COLUMNS, values, strict=True))
        codes: dict[str, str | tuple[str, ...]] = {
            "sex_age": sex_age(row["sex"], row["age_band"]),
            "profile": tuple(c for c in row.pop("profiles").split() if c in known["profile"]),
            "need": tuple(c for c in row.pop("needs").split() if c in known["need"]),
            **{name: str(value) for name, value in row.items() if name != "age_band"},
        }
        found.append(Cohort(codes, int(count), int(keys)))
    return found
