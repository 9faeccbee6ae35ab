"""Two installations with a network between them: letters go by themselves; a cut network loses nothing."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from random import Random

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.serving import WSGIRequestHandler, make_server

from app.factory import create_app
from app.jobs.posting import PATH, Carrier, PostRounds, by_https, refused_with
from models.agency_keys import OutsideLetter, OutsideParcel, OutsideThread
from models.vocabulary import (
    LetterState,
    LetterSuite,
    OutcomeCode,
    OutsideKind,
    OutsideState,
    Purpose,
    ReferralState,
)
from tests.erasure.conftest import with_second
from tests.erasure.whole import erase
from tests.letters.conftest import Pair
from tests.world import BORDER, GUARDIANS, World
from workflows import agency_keys, outside, outside_post, referrals
from workflows.errors import InvalidCommand, NotAllowed, NotFound, SeraiError
from workflows.outside import Answer
from workflows.outside_post import TRIES, Parcel

R, T = ReferralState, OutsideState


class Network:
    """Both ends with their workers, and what lies between: whole, or cut before or after a letter arrives."""

    def __init__(self, pair: Pair) -> None:
        self.pair, self.chance, self.cut = pair, Random(0), 0.0
        self.post_app, self.away_app = (app_of(world) for world in (pair.post, pair.away))
        self.at_post = rounds_of(pair.post, lambda parcel: self._carried(self.away_app, parcel))
        self.at_away = rounds_of(pair.away, lambda parcel: self._carried(self.post_app, parcel))
        for world, agency in ((pair.post, GUARDIANS), (pair.away, BORDER)):
            with world.work() as work:
                outside_post.set_address(work, agency, "https://serai.example")

    def rounds(self, times: int = 1) -> None:
        for _ in range(times):
            self.at_post.run()
            self.at_away.run()
            self.pair.post.clock.forward(minutes=1)
            self.pair.away.clock.forward(minutes=1)

    def answer(self, kind: str, outcome: OutcomeCode | None = None) -> None:
        """What somebody at the agency away decides about the one referral that is there."""
        thread = self.pair.away.rows(OutsideThread)[0]
        with self.pair.away.work() as work:
            row = work.session.get_one(OutsideThread, thread.id)
            outside_post.post(
                work, outside.answer_in(work, row, Answer(kind=kind, outcome=outcome))
            )

    def _carried(self, app: Flask, parcel: Parcel) -> str | None:
        if self.chance.random() < self.cut:
            return "unreachable"
        answer = app.test_client().post(PATH, data=parcel.raw)
        if self.chance.random() < self.cut:
            return "unreachable"
        return None if answer.status_code == 200 else refused_with(answer.status_code, answer.data)


def app_of(world: World) -> Flask:
    return create_app(world.settings, storage=world.storage, clock=world.clock)


def rounds_of(world: World, carrier: Carrier) -> PostRounds:
    return PostRounds(world.storage, world.settings, world.shelf, world.clock, carrier)


@pytest.fixture
def network(any_pair: Pair) -> Network:
    return Network(any_pair)


@pytest.fixture
def local(pair: Pair) -> Network:
    return Network(pair)


def parcels(world: World, state: LetterState) -> list[OutsideParcel]:
    return world.rows(OutsideParcel, OutsideParcel.state == state)


def test_a_referral_goes_is_taken_known_and_ended_by_itself(network: Network) -> None:
    pair = network.pair
    _, number = pair.post.sent()
    network.rounds()
    assert pair.state(number) == (R.SENT, T.SEALED, T.RECEIVED)

    network.answer("accepted")
    network.rounds(2)
    assert pair.state(number) == (R.ACCEPTED, T.ACCEPTED, T.IDENTIFIED)
    (there,) = pair.away.rows(OutsideThread)
    with pair.away.work() as work:
        work.vault.grant(there.id, Purpose.IDENTITY)
        assert (work.session.get_one(OutsideThread, there.id).identity or {})["name"] == "Zarifa"

    network.answer("outcome", OutcomeCode.SERVICE_PROVIDED)
    network.rounds(2)
    assert pair.state(number) == (R.OUTCOME_REPORTED, T.OUTCOME_REPORTED, T.OUTCOME_REPORTED)
    for world in (pair.post, pair.away):
        assert {one.state for one in world.rows(OutsideParcel)} == {LetterState.DELIVERED}
        assert all(one.raw is None for one in world.rows(OutsideParcel))


def test_a_withdrawal_reaches_the_holder_and_comes_back_with_a_receipt(local: Network) -> None:
    pair = local.pair
    _, number = pair.post.sent()
    local.rounds()
    withdraw(pair, number)
    local.rounds(2)
    assert pair.state(number) == (R.WITHDRAWN, T.RECEIPTED, T.RECEIPTED)


def withdraw(pair: Pair, number: str) -> None:
    with pair.post.work("officer") as work:
        referrals.withdraw(work, number)


@pytest.mark.parametrize("seed", range(6))
def test_a_network_that_is_cut_at_random_loses_nothing(local: Network, seed: int) -> None:
    pair = local.pair
    local.chance, local.cut = Random(seed), 0.5
    numbers = [pair.post.sent()[1] for _ in range(2)]
    for turn in range(30):
        local.rounds()
        if turn == 6:
            withdraw_if_it_may(pair, numbers[seed % 2])
        decide(local)
    local.cut = 0.0
    for _ in range(4):
        # Pauses between tries have become long; a day brings every one of them.
        for world in (pair.post, pair.away):
            world.clock.forward(hours=7)
        decide(local)
        local.rounds(2)
    ends = {
        (R.OUTCOME_REPORTED, T.OUTCOME_REPORTED, T.OUTCOME_REPORTED),
        (R.WITHDRAWN, T.RECEIPTED, T.RECEIPTED),
    }
    assert {pair.state(number) for number in numbers} <= ends
    for world in (pair.post, pair.away):
        assert not parcels(world, LetterState.WAITING)
        assert not parcels(world, LetterState.STUCK)


def decide(local: Network) -> None:
    """The agency away takes what came and, once it knows who the person is, says how it ended."""
    for thread in local.pair.away.rows(OutsideThread):
        kind = {T.RECEIVED: "accepted", T.IDENTIFIED: "outcome"}.get(thread.state)
        if kind is None:
            continue
        outcome = OutcomeCode.SERVICE_PROVIDED if kind == "outcome" else None
        with local.pair.away.work() as work:
            row = work.session.get_one(OutsideThread, thread.id)
            given = Answer(kind=kind, outcome=outcome)
            outside_post.post(work, outside.answer_in(work, row, given))


def withdraw_if_it_may(pair: Pair, number: str) -> None:
    try:
        withdraw(pair, number)
    except SeraiError:
        return


def test_a_letter_that_is_refused_waits_says_why_and_is_stuck_in_the_end(local: Network) -> None:
    pair = local.pair
    _, number = pair.post.sent()
    with pair.away.work() as work:
        for key in agency_keys.listed(work):
            if key.agency == BORDER:
                agency_keys.revoke(work, key.kid)
    local.rounds()
    (waiting,) = parcels(pair.post, LetterState.WAITING)
    assert (waiting.answered, waiting.tries) == ("revoked_sender", 1)
    for _ in range(TRIES):
        pair.post.clock.forward(hours=7)
        local.at_post.run()
    (stuck,) = parcels(pair.post, LetterState.STUCK)
    assert stuck.raw
    assert pair.state(number)[0] is R.SENT

    with pair.post.work(pair.post.actor("administrator")) as work:
        (line,) = outside_post.undelivered(work)
        assert line.state is LetterState.STUCK
        outside_post.again(work, line.id)
    local.at_post.run()
    assert [one.tries for one in parcels(pair.post, LetterState.WAITING)] == [1]


def test_a_letter_that_has_arrived_is_not_tried_again(local: Network) -> None:
    local.pair.post.sent()
    local.rounds()
    (there,) = parcels(local.pair.post, LetterState.DELIVERED)
    with pytest.raises(NotFound), local.pair.post.work("administrator") as work:
        outside_post.again(work, there.id)
    with pytest.raises(NotAllowed), local.pair.post.work("officer") as work:
        outside_post.undelivered(work)


def test_two_workers_send_a_letter_once(local: Network) -> None:
    post = local.pair.post
    post.sent()
    with post.work() as work:
        for one in outside_post.due(work):
            outside_post.prepare(work, one)
    with post.work() as work:
        first = outside_post.lease(work)
    with post.work() as work:
        assert (len(first), outside_post.lease(work)) == (1, ())
    post.clock.forward(minutes=3)
    with post.work() as work:
        # Whoever had it is dead: it is nobody's any more.
        assert [one.id for one in outside_post.lease(work)] == [first[0].id]


def test_what_cannot_be_sealed_yet_does_not_hold_up_the_rest(pair: Pair) -> None:
    local = Network(pair)
    with pair.post.work() as work:
        theirs = [key.kid for key in agency_keys.listed(work) if key.agency == GUARDIANS]
        agency_keys.revoke(work, theirs[0])
    _, number = pair.post.sent()
    local.rounds(2)
    assert pair.post.rows(OutsideParcel) == []
    with pair.away.work() as work:
        card, _ = agency_keys.make(work, GUARDIANS, LetterSuite.SERVER)
    with pair.post.work() as work:
        kid = agency_keys.add(work, card).kid
        agency_keys.confirm(work, kid, agency_keys.fingerprint_of_card(card).words)
    local.rounds(12)
    assert pair.state(number) == (R.SENT, T.SEALED, T.RECEIVED)


def test_what_was_withdrawn_before_it_left_is_dropped_and_never_sent(pair: Pair) -> None:
    local = Network(pair)
    local.cut = 1.0
    _, number = pair.post.sent()
    local.rounds()
    (waiting,) = parcels(pair.post, LetterState.WAITING)
    with pair.post.work() as work:
        work.session.get_one(OutsideParcel, waiting.id).state = LetterState.STUCK
    withdraw(pair, number)
    local.cut = 0.0
    local.rounds()
    came = [one.kind for one in pair.away.rows(OutsideLetter, ~OutsideLetter.outgoing)]
    assert came == [OutsideKind.WITHDRAWAL]
    assert {one.kind for one in pair.post.rows(OutsideParcel)} == {OutsideKind.WITHDRAWAL}


def test_the_letters_of_an_erased_person_go_with_them_also_while_on_their_way(pair: Pair) -> None:
    local = Network(pair)
    local.cut = 1.0
    with_second(pair.post)
    case, number = pair.post.sent()
    local.rounds()
    pair.post.clock.forward(hours=1)
    with pair.post.work() as work:
        (parcel,) = outside_post.lease(work)
    withdraw(pair, number)
    pair.post.finish(case)
    erase(pair.post, case)
    for model in (OutsideParcel, OutsideLetter, OutsideThread):
        assert pair.post.rows(model) == []
    with pair.post.work() as work:
        assert outside_post.settle(work, parcel.id, None) is None


def test_whoever_brings_a_letter_learns_only_that_it_was_taken(
    pair: Pair, door: FlaskClient
) -> None:
    case = pair.post.child()
    letter = pair.seal(pair.post.send(case))
    for _ in range(2):
        answer = door.post(PATH, data=letter)
        assert (answer.status_code, answer.json) == (200, {"taken": True})


@pytest.fixture
def door(pair: Pair) -> FlaskClient:
    return app_of(pair.away).test_client()


@pytest.mark.parametrize("raw", [b"", b"hello", b"\0" * 5000])
def test_what_is_no_letter_is_refused_and_told(door: FlaskClient, raw: bytes) -> None:
    answer = door.post(PATH, data=raw)
    assert (answer.status_code, answer.json) == (422, {"reason": "not_a_letter"})
    assert "Set-Cookie" not in answer.headers


def test_more_than_any_letter_is_not_read(door: FlaskClient) -> None:
    assert door.post(PATH, data=b"x" * 80_000).status_code == 413


def test_a_letter_that_was_altered_on_its_way_is_refused(pair: Pair, door: FlaskClient) -> None:
    _, number = pair.post.sent()
    raw = bytearray(pair.seal(number))
    raw[-1] ^= 1
    answer = door.post(PATH, data=bytes(raw))
    assert (answer.status_code, answer.json) == (422, {"reason": "altered"})
    assert pair.away.rows(OutsideThread) == []


@pytest.mark.parametrize(
    "url",
    [
        "http://serai.example", "ftp://serai.example", "serai.example", "https://", "javascript:1",
        "https://name:word@serai.example", "https://serai.example/?to=1", "https://h:99999",
        "https://" + "a" * 200, "https://серай.example",
    ],
)  # fmt: skip
def test_an_address_is_over_tls_and_carries_nothing(pair: Pair, url: str) -> None:
    with pytest.raises(InvalidCommand), pair.post.work() as work:
        outside_post.set_address(work, GUARDIANS, url)


def test_without_an_address_letters_are_carried_by_hand(local: Network) -> None:
    post = local.pair.post
    with post.work() as work:
        outside_post.set_address(work, GUARDIANS, None)
    _, number = post.sent()
    local.rounds()
    assert post.rows(OutsideParcel) == []
    with pytest.raises(InvalidCommand), post.work() as work:
        outside_post.post(work, outside.seal(work, number, GUARDIANS))


class Quiet(WSGIRequestHandler):
    """A server whose log is of no interest."""

    def log(self, *_: object) -> None:
        return


@contextmanager
def served(app: Flask) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=Quiet)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_over_a_real_connection(pair: Pair) -> None:
    _, number = pair.post.sent()
    worker = PostRounds(pair.post.storage, pair.post.settings, pair.post.shelf, pair.post.clock)
    with served(app_of(pair.away)) as url:
        with pair.post.work() as work:
            outside_post.set_address(work, GUARDIANS, url)
        worker.run()
    assert pair.state(number) == (R.SENT, T.SEALED, T.RECEIVED)


def test_a_server_that_sends_letters_elsewhere_or_is_gone_gets_none(pair: Pair) -> None:
    elsewhere = Flask("elsewhere")
    came: list[bytes] = []

    @elsewhere.post(PATH)
    def there() -> tuple[str, int, dict[str, str]]:
        return "", 307, {"Location": "/other"}

    @elsewhere.route("/other", methods=["GET", "POST"])
    def other() -> str:
        came.append(b"")
        return ""

    parcel = Parcel(pair.post.actor("officer").user_id, "", b"sealed")
    with served(elsewhere) as url:
        assert by_https(Parcel(parcel.id, url, parcel.raw)) == "http_307"
    assert came == []
    assert by_https(Parcel(parcel.id, url, parcel.raw)) == "unreachable"
