"""The demonstration: accounts for every role, the published cases, and all states of a referral."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.demonstration import crowd, signins, story, world
from app.demonstration.cast import Cast
from app.work import utc_now
from config.loading import load
from models import schema
from models.accounts import User
from models.cases import Answer, Case, Hold
from models.figures import Agreement, StatFact
from models.referrals import Referral
from models.session import Storage, open_storage
from models.vault.providers import EnvProvider
from models.vocabulary import Action, ReferralState, Role
from workflows.packs import Shelf


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory, shelf: Shelf) -> tuple[Storage, Path, int]:
    folder = tmp_path_factory.mktemp("demonstration")
    environ = {"SERAI_KEY_PROVIDER": "env", "SERAI_KEY_MATERIAL": EnvProvider.create()}
    settings = load(environ, folder)
    storage = open_storage(settings)
    schema.upgrade(storage.engine)
    world.prepare(storage, settings, shelf, folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(story, "INVENTED", 12)
        patch.setattr(crowd, "SIZE", 6)
        number = story.tell(Cast(storage, settings, shelf, utc_now()))
    return storage, folder, number


def test_every_role_can_sign_in(told: tuple[Storage, Path, int]) -> None:
    cards = signins.read(told[1])

    assert {card.role for card in cards} == {role.value for role in Role if role is not Role.SYSTEM}
    assert all(len(card.password) >= 15 for card in cards)


def test_everybody_is_registered_once(told: tuple[Storage, Path, int], shelf: Shelf) -> None:
    storage, folder, number = told
    with Session(storage.engine) as session:
        assert session.scalar(select(func.count()).select_from(Case)) == number
        assert session.scalar(select(func.count()).select_from(StatFact)) == number
    cast = Cast(storage, load({}, folder), shelf, utc_now())
    published = [vignette for vignette in cast.vignettes() if vignette.case]

    assert number >= len(published) + 12
    assert len({vignette.case for vignette in published}) == 6


def test_most_states_of_a_referral_occur_and_somebody_is_held(
    told: tuple[Storage, Path, int],
) -> None:
    with Session(told[0].engine) as session:
        states = set(session.scalars(select(Referral.state)))
        shut = set(session.scalars(select(Hold.action)))

    # What is sent is received as soon as the outbox has delivered it; drafts are not kept.
    assert set(ReferralState) - states <= {
        ReferralState.DRAFT,
        ReferralState.SENT,
        ReferralState.SEEN,
    }
    assert shut == set(Action)


def test_somebody_was_asked_at_a_desk_and_a_case_was_closed(
    told: tuple[Storage, Path, int],
) -> None:
    with Session(told[0].engine) as session:
        asked = session.scalars(
            select(Answer.case_id)
            .join(User, Answer.recorded_by == User.id)
            .where(User.role == Role.PROTECTION_OFFICER)
            .distinct()
        ).all()
        closed = session.scalars(select(Case).where(Case.closed_on.is_not(None))).all()

    assert len(asked) == 2
    assert [case.id in asked for case in closed] == [True]


def test_it_is_told_once(told: tuple[Storage, Path, int], shelf: Shelf) -> None:
    storage, folder, _ = told
    assert story.tell(Cast(storage, load({}, folder), shelf, utc_now())) == 0


def test_one_partner_may_have_exact_figures_and_one_waits(told: tuple[Storage, Path, int]) -> None:
    with Session(told[0].engine) as session:
        confirmed = [row.confirmed_by is not None for row in session.scalars(select(Agreement))]

    assert sorted(confirmed) == [False, True]
