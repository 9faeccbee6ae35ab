"""A referral between two installations by files: in order, twice, out of order, with any one file lost."""

from __future__ import annotations

import json

import pytest

from models.accounts import User
from models.agency_keys import OutsideThread
from models.cases import Need
from models.referrals import Letter as OutboxLetter
from models.referrals import Packet
from models.vocabulary import (
    LetterKind,
    NeedState,
    OutcomeCode,
    OutsideState,
    Purpose,
    ReferralState,
    RefusalReason,
)
from tests.letters.conftest import Pair
from tests.world import GUARDIANS
from workflows import envelopes, outside, referrals
from workflows.agency_keys import Directory
from workflows.envelopes import LetterRefused, Reason
from workflows.errors import InvalidCommand, NotAllowedNow
from workflows.packets import IDENTITY_FIELDS

R, T = ReferralState, OutsideState


def opened(pair: Pair, raw: bytes) -> dict[str, object]:
    """The payload as it left, opened with the key of the agency away."""
    with pair.away.work() as work:
        return envelopes.unseal(raw, Directory(work), work.now).payload


def need_of(pair: Pair, case: str) -> NeedState:
    found: list[Need] = [n for n in pair.post.of(Need, case) if n.state is not NeedState.OPEN]
    return found[0].state if found else NeedState.OPEN


def withdraw(pair: Pair, number: str) -> None:
    with pair.post.work("officer") as work:
        referrals.withdraw(work, number)


def test_a_referral_is_accepted_known_and_ended_by_files(any_pair: Pair) -> None:
    pair = any_pair
    case, number = pair.post.sent()
    first = pair.seal(number)
    assert pair.take(pair.away, first).state is T.RECEIVED
    assert pair.state(number) == (R.SENT, T.SEALED, T.RECEIVED)

    yes = pair.answer(first, "accepted")
    assert pair.take(pair.post, yes).state is T.ACCEPTED
    second = pair.seal(number)
    assert pair.take(pair.away, second).identity["name"] == "Zarifa"
    assert pair.state(number) == (R.ACCEPTED, T.ACCEPTED, T.IDENTIFIED)

    done = pair.answer(first, "outcome", outcome=OutcomeCode.SERVICE_PROVIDED)
    pair.take(pair.post, done)
    assert pair.state(number) == (R.OUTCOME_REPORTED, T.OUTCOME_REPORTED, T.OUTCOME_REPORTED)
    assert need_of(pair, case) is NeedState.MET


def test_each_file_twice_and_sealed_again_does_nothing_more(pair: Pair) -> None:
    _, number = pair.post.sent()
    first, again = pair.seal(number), pair.seal(number)
    assert first != again
    assert not pair.take(pair.away, first).again
    assert pair.take(pair.away, first).again
    assert pair.take(pair.away, again).again
    yes, yes_again = pair.answer(first, "accepted"), pair.answer(again, "accepted")
    assert not pair.take(pair.post, yes).again
    assert pair.take(pair.post, yes).again
    assert pair.take(pair.post, yes_again).again
    assert len(pair.post.rows(OutboxLetter, OutboxLetter.kind == LetterKind.DECISION)) == 1
    assert len(pair.post.rows(OutsideThread)) == len(pair.away.rows(OutsideThread)) == 1
    standing = pair.post.rows(User, User.name.startswith("outside-"))
    assert [user.disabled_on for user in standing] == [pair.post.now.date()]


def test_a_lost_acceptance_is_healed_by_the_outcome(pair: Pair) -> None:
    _, number = pair.post.sent()
    first = pair.seal(number)
    lost = pair.answer(first, "accepted")
    outcome = pair.answer(first, "outcome", outcome=OutcomeCode.SERVICE_PROVIDED)
    pair.take(pair.post, outcome)
    assert pair.state(number)[0] is R.OUTCOME_REPORTED
    assert pair.take(pair.post, lost).again
    assert pair.state(number)[0] is R.OUTCOME_REPORTED


def test_a_refusal_opens_the_need_and_tells_nobody_who(pair: Pair) -> None:
    case, number = pair.post.sent()
    first = pair.seal(number)
    pair.take(pair.post, pair.answer(first, "refused", reason=RefusalReason.NO_CAPACITY))
    assert pair.state(number) == (R.REFUSED, T.REFUSED, T.REFUSED)
    assert need_of(pair, case) is NeedState.OPEN
    with pytest.raises(NotAllowedNow):
        pair.seal(number)
    with pytest.raises(NotAllowedNow):
        pair.answer(first, "accepted")
    assert disclosed(pair) == [None, None]


def test_a_withdrawal_reaches_the_holder_empties_the_file_and_comes_back(any_pair: Pair) -> None:
    pair = any_pair
    _, number = pair.post.sent()
    first = pair.seal(number)
    pair.take(pair.away, first)
    withdraw(pair, number)
    last = pair.seal(number)
    assert pair.take(pair.away, last).state is T.WITHDRAWN
    theirs = pair.away.rows(OutsideThread)[0]
    with pair.away.work() as work:
        work.vault.grant(theirs.id, Purpose.PROTECTION)
        assert work.session.get_one(OutsideThread, theirs.id).needs is None
    assert pair.take(pair.away, first).crossed
    with pytest.raises(NotAllowedNow):
        pair.answer(first, "accepted")
    assert pair.take(pair.post, pair.answer(last, "receipt")).state is T.RECEIPTED
    assert pair.state(number) == (R.WITHDRAWN, T.RECEIPTED, T.RECEIPTED)
    # The letter may be asked for again; nothing is undone.
    assert pair.take(pair.away, pair.seal(number)).again
    assert pair.state(number) == (R.WITHDRAWN, T.RECEIPTED, T.RECEIPTED)


def test_an_acceptance_that_crosses_a_withdrawal_changes_nothing(pair: Pair) -> None:
    _, number = pair.post.sent()
    first = pair.seal(number)
    yes = pair.answer(first, "accepted")
    withdraw(pair, number)
    found = pair.take(pair.post, yes)
    assert found.crossed
    with pytest.raises(NotAllowedNow):
        pair.answer(first, "refused", reason=RefusalReason.NO_CAPACITY)
    last = pair.seal(number)
    pair.take(pair.away, last)
    pair.take(pair.post, pair.answer(last, "receipt"))
    assert pair.state(number) == (R.WITHDRAWN, T.RECEIPTED, T.RECEIPTED)


def test_a_withdrawal_that_comes_before_its_referral_wins(pair: Pair) -> None:
    _, number = pair.post.sent()
    first = pair.seal(number)
    withdraw(pair, number)
    last = pair.seal(number)
    assert pair.take(pair.away, last).state is T.WITHDRAWN
    late = pair.take(pair.away, first)
    assert late.crossed
    assert late.needs == {}


@pytest.mark.parametrize("order", [(0, 1, 2), (1, 2, 0), (2, 0, 1)])
def test_answers_in_any_order_end_in_the_same_state(pair: Pair, order: tuple[int, ...]) -> None:
    _, number = pair.post.sent()
    first = pair.seal(number)
    answers = [pair.answer(first, "accepted")]
    pair.take(pair.post, answers[0])
    second = pair.seal(number)
    pair.take(pair.away, second)
    answers.append(pair.answer(second, "outcome", outcome=OutcomeCode.NOT_REACHED))
    answers.append(pair.answer(second, "outcome", outcome=OutcomeCode.NOT_REACHED))
    for place in order:
        pair.take(pair.post, answers[place])
    assert pair.state(number) == (R.OUTCOME_REPORTED, T.OUTCOME_REPORTED, T.OUTCOME_REPORTED)


def test_identity_leaves_only_after_a_signed_acceptance(pair: Pair) -> None:
    _, number = pair.post.sent()
    first = pair.seal(number)
    pair.take(pair.away, first)
    needs = json.dumps(opened(pair, first), ensure_ascii=False)
    assert "Zarifa" not in needs
    # Accepted by an account inside is no signature of the agency outside.
    pair.post.accept(number)
    with pytest.raises(NotAllowedNow):
        pair.seal(number)


@pytest.mark.asvs("15.3.1")
def test_what_leaves_is_the_packet_and_nothing_else(pair: Pair) -> None:
    case, number = pair.post.sent()
    first = pair.seal(number)
    permitted = pair.post.pack().packets["guardian"]
    kept = pair.post.rows(Packet)[0].id
    with pair.post.work() as work:
        packet = work.session.get_one(Packet, kept)
        work.vault.grant(packet.person_id, Purpose.PROTECTION, Purpose.IDENTITY)
        needs, identity = packet.needs, packet.identity
    sent = opened(pair, first)
    assert set(sent) == {"needs", "clock"}
    assert sent["needs"] == needs
    assert set(needs) == {"need", "fields", "facts", "profiles", "holds", "note"}
    assert set(needs["fields"]) <= set(permitted.fields) - set(IDENTITY_FIELDS)
    assert set(needs["facts"]) <= set(permitted.facts)
    assert set(needs["profiles"]) <= set(permitted.profiles)
    pair.take(pair.post, pair.answer(first, "accepted"))
    second = pair.seal(number)
    assert opened(pair, second) == {"identity": identity}
    assert set(identity) <= set(permitted.fields) & set(IDENTITY_FIELDS)
    whole = json.dumps([sent, opened(pair, second)]).encode()
    for own in (case, case.replace("-", ""), number, str(packet.person_id), packet.person_id.hex):
        assert own.encode() not in whole
    for letter in (first, second):
        assert len(letter) in {47 + 1136 + size for size in (1024, 4096, 16384, 65536)}
        assert b"Zarifa" not in letter
        assert GUARDIANS.encode() not in letter


def test_what_has_ended_is_emptied(pair: Pair) -> None:
    _, number = pair.post.sent()
    first = pair.seal(number)
    yes = pair.answer(first, "accepted")
    pair.take(pair.post, yes)
    pair.take(pair.away, pair.seal(number))
    with pytest.raises(NotAllowedNow), pair.away.work() as work:
        outside.forget(work, first)
    assert disclosed(pair) != [None, None]
    pair.answer(first, "outcome", outcome=OutcomeCode.SERVICE_PROVIDED)
    with pair.away.work() as work:
        assert outside.forget(work, first) is T.OUTCOME_REPORTED
    assert disclosed(pair) == [None, None]
    with pytest.raises(NotAllowedNow), pair.post.work() as work:
        outside.forget(work, yes)


def disclosed(pair: Pair) -> list[object]:
    """What the agency away has kept."""
    thread = pair.away.rows(OutsideThread)[0]
    with pair.away.work() as work:
        work.vault.grant(thread.id, Purpose.PROTECTION, Purpose.IDENTITY)
        found = work.session.get_one(OutsideThread, thread.id)
        return [found.needs, found.identity]


def test_companions_leave_as_places_not_as_case_numbers() -> None:
    group = [
        {"relationship": relation, "to": to, "link": "claimed"}
        for relation, to in (
            ("sister", "ABC-DEF-GHJ"),
            ("mother", "KLM-NPQ-RST"),
            ("x", "ABC-DEF-GHJ"),
        )
    ]
    needs = {"need": "shelter", "fields": {"sex": "F", "group": group}}
    found = outside.without_numbers(needs)
    assert [one["to"] for one in found["fields"]["group"]] == ["1", "2", "1"]
    assert found["fields"]["sex"] == "F"
    assert [one["relationship"] for one in found["fields"]["group"]] == ["sister", "mother", "x"]
    assert outside.without_numbers({"need": "shelter"}) == {"need": "shelter"}


def test_a_basis_names_one_recipient(pair: Pair) -> None:
    _, number = pair.post.sent()
    with pytest.raises(InvalidCommand), pair.post.work() as work:
        outside.seal(work, number, "kaz.kaz_akimat_asylum")


def test_a_letter_for_another_referral_or_without_acceptance_is_refused(pair: Pair) -> None:
    _, one = pair.post.sent()
    first = pair.seal(one)
    pair.answer(first, "accepted")
    yes = pair.answer(first, "accepted")
    with pytest.raises(LetterRefused) as refused:
        pair.take(pair.away, yes)
    assert refused.value.reason is Reason.OTHER_RECIPIENT
