"""`serai names`: how the product compares names, on a list of one's own."""

from __future__ import annotations

import json
from pathlib import Path

import click

from app.cli.opening import OneLine
from workflows.names.pairs import PairsError, judge, read_pairs, report


class BadList(OneLine):
    """The list cannot be read: exit 2, and nothing is said of any name."""

    exit_code = 2


@click.group()
def names() -> None:
    """Names in any script."""


@names.command("compare")
@click.option(
    "--csv", "file", required=True, help="Columns name_a, name_b, perhaps match; - is stdin."
)
def compare_command(file: str) -> None:
    """Compare pairs of names; print decision and score of each, precision and recall, as JSON.

    Decision: likely (shown as perhaps the same), possible (only in a wider search), unlikely.
    """
    try:
        stream = click.open_file(file, encoding="utf-8-sig")
        with stream as lines:
            judged = [judge(pair) for pair in read_pairs(lines)]
    except PairsError as error:
        raise BadList(f"{Path(file).name}: {error}") from None
    except UnicodeDecodeError:
        raise BadList(f"{Path(file).name}: not UTF-8") from None
    except OSError as error:
        raise BadList(f"{Path(file).name}: {error.strerror}") from None
    click.echo(json.dumps(report(judged), ensure_ascii=False, indent=1))
