"""The console script `serai`: one module a noun. A door like the web: it opens a work and calls a
workflow.
"""

from __future__ import annotations

import click

from app.cli import (
    agency,
    assess,
    bringing_in,
    cases,
    clock,
    database,
    erase,
    figures,
    keys,
    languages,
    letter,
    log,
    names,
    pack_figures,
    pack_reading,
    pack_signing,
    packs,
    proofs,
    serve,
    user,
    versions,
)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="serai")
def main() -> None:
    """Serai: case management and referral for people on the move."""


for command in (
    serve.run,
    serve.demo,
    database.database,
    keys.keys,
    user.user,
    clock.tick,
    clock.deliver,
    clock.worker,
    log.log,
    names.names,
    languages.languages_command,
    figures.figures,
    cases.cases,
    erase.erase,
    letter.letter,
    agency.agency,
    packs.pack,
    assess.assess_command,
):
    main.add_command(command)

for command in (
    *(pack_reading.show_command, pack_reading.doubts_command, pack_reading.import_command),
    pack_figures.figures_command,
    *proofs.COMMANDS,
    *(pack_signing.export, pack_signing.keygen, pack_signing.sign, pack_signing.verify),
    *(versions.recheck, versions.shadow, bringing_in.bring_in_command),
):
    packs.pack.add_command(command)
