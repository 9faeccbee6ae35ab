"""`serai tick`, `serai deliver`, `serai worker`: what happens without anybody pressing a button."""

from __future__ import annotations

from pathlib import Path

import click

from app.cli.opening import data_option, opened, working
from app.jobs.rounds import rounds
from workflows import deadlines, letters


@click.command()
@data_option
def tick(data: Path | None) -> None:
    """Move every clock that has run out. Safe to run twice, and on several machines."""
    with working(data) as work:
        done = deadlines.tick(work)
    click.echo(f"{done.warned} warned, {done.overdue} overdue, {done.timed_out} without an answer")


@click.command()
@data_option
def deliver(data: Path | None) -> None:
    """Deliver the letters that wait in the outbox."""
    with working(data) as work:
        done = letters.deliver(work)
    click.echo(f"{done.delivered} delivered, {done.stuck} stuck")


@click.command()
@data_option
@click.option("--every", default=10, show_default=True, help="Seconds between rounds.")
def worker(data: Path | None, every: int) -> None:
    """Deliver and tick for ever."""
    with opened(data) as (settings, storage):
        rounds(storage, settings, every)
