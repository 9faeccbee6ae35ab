"""`serai log`: check that nothing was edited, deleted or reordered."""

from __future__ import annotations

from pathlib import Path

import click

from app.cli.opening import data_option, working
from workflows import log as workflow


@click.group()
def log() -> None:
    """The tamper-evident log."""


@log.command()
@data_option
def verify(data: Path | None) -> None:
    """Check every entry and every chain; exit 1 and name what is wrong."""
    with working(data) as work:
        found = workflow.verify(work.session, work.provider)
    for finding in found.findings:
        click.echo(f"{finding.kind}: writer {finding.stream}, entry {finding.counter}")
    click.echo(f"{found.entries} entries, {found.writers} writers, {len(found.findings)} findings")
    if found.findings:
        raise SystemExit(1)
