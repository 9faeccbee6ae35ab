"""The slip a person takes along: neutral words, and a code that holds the case number only."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.documents.codes import number_code
from app.documents.receipts import requests_of
from models.vocabulary import ReferralState, Urgency
from tests.border.conftest import Product
from tests.world import START
from workflows.post_outcomes import ReferralShown

TELLING = ("asylum", "trafficking", "child", "gbv", "mhpss", "security", "police", "statelessness")


def sent(function: str) -> ReferralShown:
    return ReferralShown(
        number="23456789C",
        need="anything",
        function=function,
        desk_names={"en": "Desk for victims"},
        agency_names={"en": "Agency for victims"},
        state=ReferralState.SENT,
        urgency=Urgency.NOW,
        sent_at=START,
        due_at=START + timedelta(days=1),
        seen_at=None,
        expected_on=None,
        agreed_until=None,
        may={},
    )


@pytest.mark.parametrize("function", TELLING)
def test_an_agency_whose_name_tells_what_happened_is_not_named(
    product: Product, function: str
) -> None:
    with product.app.test_request_context():
        line = requests_of([sent(function)], "Korday", "en", {"23456789C": "234-567-89C"})[0]
    assert "victims" not in line.where
    assert "Korday" in line.where
    assert function not in line.what.casefold()


def test_a_place_that_tells_nothing_is_named(product: Product) -> None:
    with product.app.test_request_context():
        line = requests_of([sent("relief")], "Korday", "en", {"23456789C": "234-567-89C"})[0]
    assert line.where == "Desk for victims"


def test_the_code_is_one_picture_without_an_address() -> None:
    picture = str(number_code("234-567-89C"))
    assert picture.startswith("<svg")
    assert "http" not in picture
    assert "script" not in picture
    assert picture != str(number_code("234-567-892"))
