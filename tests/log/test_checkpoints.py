"""Checkpoints: made by the sealer over what holds, kept outside, checked offline; a sample of the drill."""

from __future__ import annotations

import threading
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from models.log import LogCheckpoint
from tests.log.drill import checked, drill, sealed_world
from tests.world import World
from workflows import checkpoints, log_check, merkle, notes, witnesses
from workflows.errors import WitnessSilent
from workflows.log_check import Outside
from workflows.merkle import Edge
from workflows.notes import NoteKey

SAMPLE = 39


def sealed(world: World) -> checkpoints.Sealed:
    with world.work() as work:
        return checkpoints.seal(work)


def test_a_sample_of_the_drill_finds_every_attack(
    world: World, tmp_path: Path, figure: Callable[[str], None]
) -> None:
    result = drill(world, tmp_path / "outside", SAMPLE, seed=7)
    assert (result.missed, result.alarms) == ([], 0)
    assert len(result.made) == 13
    figure(f"log drill: {result.found.total()} of {SAMPLE} found, {result.alarms} false alarms")


def test_a_checkpoint_covers_what_was_committed_and_nothing_twice(any_world: World) -> None:
    any_world.child()
    first = sealed(any_world)
    assert (first.added, first.broken) == (first.size, ())
    assert sealed(any_world).added == 0
    any_world.register("Marzia")
    second = sealed(any_world)
    assert second.size == first.size + second.added > first.size
    with any_world.work() as work:
        key = checkpoints.public_key(work)
    for row in any_world.rows(LogCheckpoint):
        assert notes.is_signed_by(row.note, key)
        assert notes.parse(row.note).size == row.size


def test_the_sealer_leaves_out_what_does_not_hold(world: World) -> None:
    world.child()
    with world.storage.engine.begin() as connection:
        connection.execute(text("UPDATE log_entry SET act = 'forged' WHERE counter = 2"))
    result = sealed(world)
    assert result.broken


def test_the_key_is_said_as_other_tools_say_it() -> None:
    """The example of C2SP's signed-note: name, hash and key of sum.golang.org."""
    text_ = "sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8"
    assert str(NoteKey.parse(text_)) == text_
    with pytest.raises(ValueError, match="name"):
        NoteKey.parse(text_.replace("golang", "gopher"))


def test_a_heartbeat_is_due_once_a_minute_and_names_every_chain_that_moved(world: World) -> None:
    def beat() -> bool:
        with world.work() as work:
            return checkpoints.beat(work)

    world.child()
    assert [beat(), beat()] == [True, False]
    world.clock.forward(seconds=60)
    assert beat()
    sealed(world)
    with world.storage.open_session() as (session, _):
        assert log_check.check(session, Outside(complete=True)).findings == ()


def test_the_folder_gets_what_it_lacks_and_keeps_all(world: World, tmp_path: Path) -> None:
    folder = tmp_path / "outside"
    world.child()
    sealed(world)
    world.register("Marzia")
    sealed(world)
    for wanted in (2, 0):
        with world.work() as work:
            assert witnesses.catch_up(work, folder) == wanted
    assert [notes.parse(one).size for one in witnesses.in_folder(folder)] == sorted(
        row.size for row in world.rows(LogCheckpoint)
    )


def test_an_untouched_log_and_its_data_hold_on_each_database(
    any_world: World, tmp_path: Path
) -> None:
    outside, _ = sealed_world(any_world, tmp_path / "outside")
    with any_world.storage.engine.connect() as connection:
        found = checked(connection, outside)
    assert found.findings == ()
    assert found.values > 30
    assert found.waiting == 0


def test_entries_that_no_checkpoint_covers_are_counted_and_in_time_found(world: World) -> None:
    world.child()
    sealed(world)
    world.register("Marzia")
    with world.storage.open_session() as (session, _):
        fresh = log_check.check(session, Outside())
    assert (fresh.findings, fresh.waiting > 0) == ((), True)
    world.clock.now += timedelta(hours=3)
    with world.storage.engine.begin() as connection:
        # The sealer is deceived about how far one chain is.
        connection.execute(text("UPDATE log_sealed SET counter = 10000"))
    world.clock.forward(minutes=1)
    threading.Thread(target=lambda: world.register("Latifa")).run()
    worker = threading.Thread(target=lambda: world.register("Ali"))
    worker.start()
    worker.join()
    sealed(world)
    with world.storage.open_session() as (session, _):
        late = log_check.check(session, Outside())
    assert "not_covered" in log_check.kinds(late.findings)


@given(st.lists(st.binary(min_size=1, max_size=40), min_size=1, max_size=40), st.data())
def test_consistency_proofs_hold_for_beginnings_and_for_nothing_else(
    leaves: list[bytes], data: Any
) -> None:
    old = data.draw(st.integers(1, len(leaves)))
    first, whole = merkle.root_of(leaves[:old]), merkle.root_of(leaves)
    proof = merkle.consistency(leaves, old)
    assert merkle.is_consistent(old, first, len(leaves), whole, proof)
    assert (
        not merkle.is_consistent(old, first[::-1], len(leaves), whole, proof)
        or first == first[::-1]
    )
    edge = Edge()
    for leaf in leaves[:old]:
        edge.add(leaf)
    again = Edge(edge.size, edge.hashes)
    for leaf in leaves[old:]:
        again.add(leaf)
    assert again.root() == whole


def test_known_roots() -> None:
    """The test vectors of Certificate Transparency's reference trees (RFC 6962 and 9162 hash alike)."""
    leaves = [
        bytes.fromhex(h) for h in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657")
    ]
    roots = {
        1: "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        2: "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        3: "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        7: "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    }
    for size, root in roots.items():
        assert merkle.root_of(leaves[:size]).hex() == root


class _Witness(BaseHTTPRequestHandler):
    """A witness as C2SP's tlog-witness describes it: checks the log's key and the proof, then cosigns."""

    signing: Ed25519PrivateKey
    log_key: NoteKey
    seen: dict[str, Any]

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        head, _, note = body.partition("\n\n")
        first, *proof = head.split("\n")
        old = int(first.removeprefix("old "))
        said = notes.parse(note)
        held = notes.is_signed_by(note, self.log_key) and old == self.seen.get("size", 0)
        if held and old:
            path = [b64decode(one) for one in proof if one]
            held = merkle.is_consistent(old, self.seen["root"], said.size, said.root, path)
        self.send_response(200 if held else 409)
        self.end_headers()
        if held:
            self.seen |= {"size": said.size, "root": said.root}
            self.wfile.write(self._cosignature(note).encode())

    def _cosignature(self, note: str) -> str:
        key, time = self.key(), 1_790_000_000
        text_ = note.partition("\n\n")[0] + "\n"
        signed = self.signing.sign(f"cosignature/v1\ntime {time}\n{text_}".encode())
        return (
            f"\u2014 {key.name} {b64encode(key.id + time.to_bytes(8, 'big') + signed).decode()}\n"
        )

    @classmethod
    def key(cls) -> NoteKey:
        return NoteKey("witness.test", cls.signing.public_key().public_bytes_raw(), b"\x04")

    def log_message(self, *_: Any) -> None:
        """Quiet."""


@contextmanager
def witness(key: NoteKey) -> Iterator[tuple[str, NoteKey]]:
    """A witness on loopback: its address and key."""
    told = {"signing": Ed25519PrivateKey.generate(), "log_key": key, "seen": {}}
    handler = type("Witness", (_Witness,), told)
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/add-checkpoint", handler.key()
    finally:
        server.shutdown()
        server.server_close()


def test_a_witness_cosigns_what_continues_what_it_has_seen(world: World) -> None:
    world.child()
    sealed(world)
    with world.work() as work:
        key = checkpoints.public_key(work)
    with witness(key) as (url, its_key):
        with world.work() as work:
            size, note = witnesses.cosign(work, url, its_key, 0)
        assert notes.is_signed_by(note, its_key)
        assert notes.is_signed_by(note, key)
        world.register("Marzia")
        sealed(world)
        with world.work() as work:
            grown, _ = witnesses.cosign(work, url, its_key, size)
        assert grown > size
        with pytest.raises(WitnessSilent), world.work() as work:
            witnesses.cosign(work, url, its_key, size)
        stranger = NoteKey("witness.test", bytes(32), b"\x04")
        with pytest.raises(WitnessSilent), world.work() as work:
            witnesses.cosign(work, url, stranger, grown)
