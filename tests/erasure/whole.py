"""Copies of a whole installation: both databases as a backup would take them, and what is in them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from uuid import UUID

from sqlalchemy import create_engine, inspect, make_url, select, text

from models.base import Base
from models.session import open_storage
from models.vocabulary import ErasureGround
from tests.conftest import new_database
from tests.world import World
from workflows import erasure, log, retention
from workflows.erasure import Certificate, DecideErasure, ProposeErasure
from workflows.retention import ProposalLine


@dataclass(frozen=True)
class Backup:
    """Where the copies lie."""

    main: str
    keys: str


def back_up(world: World) -> Backup:
    """Copy both databases as they are now."""
    settings = world.settings
    world.storage.close()
    made = Backup(_copy(settings.database_url), _copy(settings.keys_url))
    start(world)
    return made


def restore(world: World, *, main: str | None = None, keys: str | None = None) -> None:
    """Put copies in the place of one database or both, and start."""
    world.storage.close()
    world.settings = replace(
        world.settings,
        database_url=_copy(main) if main else world.settings.database_url,
        keys_url=_copy(keys) if keys else world.settings.keys_url,
    )
    start(world)


def start(world: World) -> None:
    """Open the storage anew, as a new process does."""
    world.storage = open_storage(world.settings)
    log.forget()


_made = [0]


def _copy(url: str) -> str:
    if url.startswith("sqlite"):
        path = Path(str(make_url(url).database))
        _made[0] += 1
        to = path.with_name(f"copy{_made[0]}-{path.name.split('-')[-1]}")
        engine = create_engine(url)
        with engine.connect() as connection:
            connection.execute(text("VACUUM INTO :to").bindparams(to=str(to)))
        engine.dispose()
        return f"sqlite:///{to}"
    server = make_url(url).set(database="postgres").render_as_string(hide_password=False)
    return new_database(server, url)


def everything(world: World) -> dict[str, list[str]]:
    """Table -> its rows in one text each, as somebody reads a dump. Ids without hyphens."""
    found = {}
    with world.storage.engine.connect() as connection:
        for name in inspect(connection).get_table_names():
            table = Base.metadata.tables.get(name)
            if table is not None:
                rows = connection.execute(select(table)).all()
                found[name] = [str(tuple(row)).replace("-", "") for row in rows]
    return found


def tables_that_name(world: World, *words: str | UUID) -> set[str]:
    """The tables in which one of the words stands."""
    plain = [word.hex if isinstance(word, UUID) else word for word in words]
    return {
        name
        for name, rows in everything(world).items()
        if any(word in row for row in rows for word in plain)
    }


def proposal(world: World, who: str = "supervisor") -> ProposalLine:
    """The one open proposal that somebody sees."""
    with world.work(who) as work:
        (found,) = retention.overview(work).proposals
    return found


def propose(
    world: World,
    number: str,
    who: str = "supervisor",
    ground: ErasureGround = ErasureGround.REQUEST,
) -> None:
    with world.work(who) as work:
        erasure.propose(work, ProposeErasure(case_number=number, ground=ground))


def decide(world: World, who: str, *, approve: bool = True) -> Certificate | None:
    found = proposal(world)
    command = DecideErasure(proposal_id=found.id, version=found.version, approve=approve)
    with world.work(who) as work:
        return erasure.decide(work, command)


def erase(world: World, number: str) -> Certificate:
    """Proposed by one supervisor, approved by another."""
    propose(world, number)
    found = decide(world, "second")
    assert found is not None
    return found


def reconcile(world: World, *outside: Certificate) -> erasure.Reconciled:
    with world.work() as work:
        return erasure.reconcile(work, outside)
