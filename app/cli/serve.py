"""`serai run`: the whole product on this machine, from nothing. `serai demo`: only its invented people.

For trying Serai out and for a post in a box. A national system runs `wsgi.py` under gunicorn
(docs/deployment.md).
"""

from __future__ import annotations

import os
import secrets
import socket
import threading
from pathlib import Path

import click
from waitress import create_server

from app.cli.opening import OneLine, data_option, faults_in_one_line, settings_of
from app.demonstration import story, world
from app.demonstration.cast import Cast
from app.demonstration.signins import SignInCard
from app.factory import create_app
from app.jobs.rounds import rounds
from app.work import utc_now
from config.loading import TRAINING_MARK
from config.settings import Settings
from models import schema
from models.session import Storage, open_storage
from models.vault.providers import FileProvider
from workflows.packs import open_shelf

_ROUND = 10


@click.command()
@data_option
@click.option("--port", default=8000, show_default=True)
@click.option("--empty", is_flag=True, help="Without invented people: an own, empty register.")
@click.option("--training", is_flag=True, help="The training ground, in a folder of its own.")
def run(data: Path | None, port: int, empty: bool, training: bool) -> None:  # noqa: FBT001  # flags of the command line
    """Set up what is missing, and serve on this machine only."""
    _free(port)
    if training:
        data = data or Path("training")
        _mark(data)
    settings, storage, cards = _prepared(data, empty=empty and not training)
    app = create_app(settings, storage=storage)
    # Requests and answers stay in memory: the server would put larger ones into temporary files, unsealed.
    room = 2 * settings.largest_file + settings.largest_request
    server = create_server(
        app,
        host="127.0.0.1",
        port=port,
        threads=8,
        ident=None,
        inbuf_overflow=room,
        outbuf_overflow=room,
    )
    told = bool(cards) and not settings.training
    worker = threading.Thread(target=_work, args=(storage, settings, told), daemon=True)
    worker.start()
    _greet(port, settings, cards)
    try:
        server.run()
    finally:
        server.close()
        storage.close()


@click.command()
@data_option
def demo(data: Path | None) -> None:
    """Prepare the folder with invented people and print the sign-ins, without serving."""
    settings, storage, cards = _prepared(data, empty=False)
    told = story.tell(Cast(storage, settings, open_shelf(settings), utc_now()))
    storage.close()
    click.echo(f"{told} persons were registered now.")
    _greet(None, settings, cards)


def _prepared(data: Path | None, *, empty: bool) -> tuple[Settings, Storage, list[SignInCard]]:
    with faults_in_one_line():
        folder = data or Path(os.environ.get("SERAI_DATA_DIR", "data"))
        _folder(folder)
        if not empty:
            os.environ.setdefault("SERAI_DEMONSTRATION", "1")
        settings = settings_of(folder)
        if settings.key_provider == "file" and not settings.keyring.exists():
            _new_keyring(settings, folder)
            settings = settings_of(folder)
        storage = open_storage(settings)
        schema.upgrade(storage.engine)
        cards = [] if empty else world.prepare(storage, settings, open_shelf(settings), folder)
    return settings, storage, cards


def _mark(folder: Path) -> None:
    """Make the folder of the training ground, unless it holds other data: then the settings refuse it."""
    _folder(folder)
    if not any(folder.iterdir()):
        (folder / TRAINING_MARK).touch(mode=0o600)
    os.environ["SERAI_TRAINING"] = "1"


def _folder(folder: Path) -> None:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as fault:
        raise OneLine(f"--data {folder}: {fault.strerror}") from None


def _new_keyring(settings: Settings, folder: Path) -> None:
    """A keyring under a random passphrase that lies beside it: right for trying out, wrong for real
    people.
    """
    passphrase = folder / "passphrase"
    if settings.passphrase_file is None:
        descriptor = os.open(passphrase, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(secrets.token_urlsafe(24))
    text = (settings.passphrase_file or passphrase).read_text(encoding="utf-8").strip()
    FileProvider.create(settings.keyring, text)


def _free(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            raise OneLine(f"port {port} is taken: choose another with --port") from None


def _work(storage: Storage, settings: Settings, demonstration: bool) -> None:  # noqa: FBT001  # of a thread
    """What happens beside the pages: in a demonstration the people arrive first, while one signs in."""
    if demonstration:
        story.tell(Cast(storage, settings, open_shelf(settings), utc_now()))
    rounds(storage, settings, _ROUND)


def _greet(port: int | None, settings: Settings, cards: list[SignInCard]) -> None:
    if port is not None:
        click.echo(f"\nSerai is at http://127.0.0.1:{port}/ (stop with Ctrl+C)\n")
    if not cards:
        return
    click.echo("Sign in as (the sign-in page of the demonstration has a button for each):")
    for card in cards:
        click.echo(f"  {card.name:<10} {card.password:<28} code {card.code()}   {card.who}")
    click.echo("")
    click.echo(f"Everybody here is invented. Data: {settings.data_dir}")
