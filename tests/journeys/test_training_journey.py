"""Journey: a course. One of ten invented people is chosen, played and asked, and helped at each question."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from playwright.sync_api import expect

from app.work import Engines
from tests.journeys.stage import Stage
from tests.journeys.test_border_journey import number_in, on_step, told
from tests.journeys.visitor import Visitor

pytestmark = pytest.mark.browser

Visit = Callable[..., Visitor]


@pytest.fixture
def ground(stage: Stage) -> Iterator[Stage]:
    """The product as a training ground, for one test."""
    engines: Engines = stage.app.extensions["serai"]
    settings = replace(engines.settings, training=True)
    stage.app.extensions["serai"] = replace(engines, settings=settings)
    yield stage
    stage.app.extensions["serai"] = engines


@pytest.mark.usefixtures("ground")
@pytest.mark.parametrize("language", ["en", "fa_AF"])
def test_a_trainee_practises_on_one_of_ten(visit: Visit, language: str) -> None:
    trainee = visit("11-training", 1280, language, widths=(1280, 360))
    page = trainee.sign_in("officer")
    expect(page.locator(".serai-training")).to_be_visible()
    page.locator("nav a[href='/practice']").click()
    page.wait_for_url("**/practice")
    expect(page.locator("main ol li")).to_have_count(10)
    trainee.look("ten")
    page.locator("main ol a").first.click()
    page.wait_for_url(re.compile("/practice/"))
    trainee.look("before")
    for summary in page.locator("main details > summary").all():
        summary.click()
    trainee.look("opened")

    page.locator("main a[href='/register']").click()
    page.wait_for_url("**/register")
    page.locator("#name").fill("Farid")
    on_step(trainee, "now")
    trainee.choose("seen", "child_alone")
    on_step(trainee, "inform")
    told(trainee)
    on_step(trainee, "ask")
    number = number_in(page)
    trainee.go(f"/cases/{number}/ask?card=with_child&alone=1")
    helped = page.locator(".serai-question .serai-help")
    assert helped.count() == page.locator(".serai-question").count() > 0
    helped.first.locator("summary").click()
    expect(helped.first.locator("li").first).to_be_visible()
    trainee.look("asked")
