"""What is unusual in the log about one account, for a supervisor to look at: rules as data, once a day each.

Counted are acts and keyed tokens; nobody's file is opened. An alert accuses nobody: it asks a named human to
look, and stays in the list until one has.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from config import codes
from models.accounts import User
from models.glass import WatchAlert
from models.log import LogEntry
from models.network import Post
from models.vocabulary import AlertKind, Role
from workflows.errors import ChangedMeanwhile, NotAllowedNow, NotFound
from workflows.holders import is_same_human
from workflows.oversight import Names, people
from workflows.policy import Act
from workflows.work import Work

#: How long a supervisor has to look at an alert.
_DUE = timedelta(hours=72)
#: Night, in hours of the day where the account's posts are.
_NIGHT_FROM, _NIGHT_TO = 22, 5
_COUNTED = {
    AlertKind.MANY_SEARCHES: Act.SEARCH.value,
    AlertKind.MANY_REFUSALS: "refused",
}


@dataclass(frozen=True)
class AlertRule:
    """More than `limit` in a day is worth a look, for accounts of these roles."""

    kind: AlertKind
    limit: int
    roles: frozenset[Role]


@dataclass(frozen=True)
class AlertLine:
    """An alert as a supervisor sees it: role, agency and sign-in name, since somebody must be asked."""

    id: UUID
    kind: AlertKind
    account: str
    role: Role | None
    agency: Names
    count: int
    limit: int
    day: str
    due_at: datetime
    own: bool
    version: int


def rules() -> tuple[AlertRule, ...]:
    """The rows of config/data/alerts.csv."""
    return tuple(
        AlertRule(
            AlertKind(row["kind"]),
            int(row["limit"]),
            frozenset(Role(word) for word in row["roles"].split()),
        )
        for row in codes.rows("alerts")
    )


def look(work: Work) -> int:
    """Count the last day once more and raise what is new; returns how many alerts. Safe to run twice."""
    work.allow(Act.RAISE_ALERT)
    since = work.now - timedelta(days=1)
    raised = 0
    for rule in rules():
        over = {who: n for who, n in _counts(work, rule.kind, since).items() if n > rule.limit}
        if not over:
            continue
        known = {
            user.id: user
            for user in work.session.scalars(
                select(User).where(User.id.in_(over), User.role.in_(list(rule.roles)))
            )
        }
        for who in known.keys() & over.keys():
            raised += _raise(work, rule, known[who], over[who])
    return raised


def _counts(work: Work, kind: AlertKind, since: datetime) -> Mapping[UUID, int]:
    """Account -> how much of it in the time."""
    if kind is AlertKind.ODD_HOURS:
        return _at_night(work, since)
    if kind is AlertKind.RELATIVES:
        return _own_name(work, since)
    act = _COUNTED.get(kind, "read")
    counted = func.count(LogEntry.subject.distinct()) if act == "read" else func.count()
    rows = work.session.execute(
        select(LogEntry.actor, counted)
        .where(LogEntry.act == act, LogEntry.at >= since, LogEntry.actor.is_not(None))
        .group_by(LogEntry.actor)
    )
    return {row[0]: row[1] for row in rows if row[0] is not None}


def _own_name(work: Work, since: datetime) -> dict[UUID, int]:
    rows = work.session.execute(
        select(LogEntry.actor, LogEntry.detail).where(
            LogEntry.act == Act.SEARCH.value, LogEntry.at >= since
        )
    )
    counts: dict[UUID, int] = {}
    for actor, detail in rows:
        if actor is not None and detail.get("own_name"):
            counts[actor] = counts.get(actor, 0) + 1
    return counts


def _at_night(work: Work, since: datetime) -> dict[UUID, int]:
    rows = work.session.execute(
        select(LogEntry.actor, LogEntry.subject, LogEntry.at).where(
            LogEntry.act == "read", LogEntry.at >= since, LogEntry.actor.is_not(None)
        )
    ).all()
    zones = _zones(work, {actor for actor, _, _ in rows if actor is not None})
    seen: dict[UUID, set[str]] = {}
    for actor, subject, at in rows:
        if actor is None or actor not in zones:
            continue
        hour = at.astimezone(zones[actor]).hour
        if hour >= _NIGHT_FROM or hour < _NIGHT_TO:
            seen.setdefault(actor, set()).add(subject or "")
    return {actor: len(subjects) for actor, subjects in seen.items()}


def _zones(work: Work, actors: set[UUID]) -> dict[UUID, ZoneInfo]:
    """Where an account works: at its post, or where its country's first post is."""
    users = work.session.scalars(select(User).where(User.id.in_(actors))).all()
    posts = work.session.execute(select(Post.country, Post.zone).order_by(Post.code)).all()
    by_country: dict[str, str] = {}
    for country, zone_name in posts:
        by_country.setdefault(country, zone_name)
    found = {}
    for user in users:
        zone = user.post.zone if user.post else by_country.get(user.agency.country)
        if zone:
            found[user.id] = ZoneInfo(zone)
    return found


def _raise(work: Work, rule: AlertRule, user: User, count: int) -> bool:
    day = work.now.date().isoformat()
    there = select(WatchAlert.id).where(
        WatchAlert.user_id == user.id,
        WatchAlert.kind == rule.kind,
        (WatchAlert.day == day) | WatchAlert.settled_at.is_(None),
    )
    if work.session.scalar(there.limit(1)) is not None:
        return False
    work.session.add(
        WatchAlert(
            id=uuid4(),
            kind=rule.kind,
            user_id=user.id,
            agency_id=user.agency_id,
            day=day,
            count=count,
            limit=rule.limit,
            raised_at=work.now,
            due_at=work.now + _DUE,
        )
    )
    work.session.flush()
    return True


def open_alerts(work: Work, limit: int = 25) -> tuple[AlertLine, ...]:
    """Alerts about accounts of the actor's agency that nobody has looked at, soonest due first."""
    work.allow(Act.REVIEW_ALERT, detail={"view": "alerts"})
    rows = work.session.execute(
        select(WatchAlert, User.name)
        .join(User, WatchAlert.user_id == User.id)
        .where(WatchAlert.agency_id == work.actor.agency_id, WatchAlert.settled_at.is_(None))
        .order_by(WatchAlert.due_at)
        .limit(limit)
    ).all()
    known = people(work, {alert.user_id for alert, _ in rows})
    return tuple(
        AlertLine(
            id=alert.id,
            kind=alert.kind,
            account=name,
            role=known.get(alert.user_id, (None, {}))[0],
            agency=known.get(alert.user_id, (None, {}))[1],
            count=alert.count,
            limit=alert.limit,
            day=alert.day,
            due_at=alert.due_at,
            own=alert.user_id == work.actor.user_id,
            version=alert.version,
        )
        for alert, name in rows
    )


def settle(work: Work, alert_id: UUID, version: int) -> None:
    """Say that somebody has looked into an alert; never the account it is about.

    Raises:
        NotFound: no such alert, or of another agency. NotAllowedNow: settled already, or about oneself.
        ChangedMeanwhile: the page is stale.
    """
    alert = work.session.get(WatchAlert, alert_id)
    if alert is None or alert.agency_id != work.actor.agency_id:
        work.asked = Act.REVIEW_ALERT
        raise NotFound
    work.allow(Act.REVIEW_ALERT, detail={"kind": alert.kind.value})
    if alert.settled_at is not None or is_same_human(work, alert.user_id, work.actor.user_id):
        raise NotAllowedNow
    if alert.version != version:
        raise ChangedMeanwhile
    alert.settled_by, alert.settled_at = work.actor.user_id, work.now
    work.session.flush()
