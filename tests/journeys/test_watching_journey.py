"""Journeys 3 and 4: a supervisor's board, figures and log; an administrator's accounts; a monitor."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from models.vault.factors import code_at
from tests.journeys.stage import Stage
from tests.journeys.visitor import Visitor

pytestmark = pytest.mark.browser

Visit = Callable[..., Visitor]
CASE_NUMBER = re.compile(r"\b[0-9A-Z]{3}-[0-9A-Z]{3}-[0-9A-Z]{3}\b")
PARTNER = "Ministry of Invented Affairs"
EXACT_DAY = re.compile(r"\d{4}-\d{2}-\d{2}|\d{1,2}[./]\d{1,2}[./]\d{4}")
#: Texts that no page without persons may hold: the names of the story, in any script.
STORY = ("Gulzar", "گلزار")


def test_a_supervisor_takes_figures_that_name_nobody(visit: Visit, tmp_path: Path) -> None:
    supervisor = visit("3-supervisor", hidden=STORY, widths=(360, 1280))
    page = supervisor.sign_in("supervisor")
    page.locator(".serai-figure details summary").first.click()
    expect(page.locator(".serai-figure table").first).to_be_visible()
    supervisor.look("board")
    agree(visit, supervisor)
    supervisor.go("/figures")
    page.locator("#period").select_option("2026-10")
    page.locator("#rows").select_option("post")
    page.locator("#columns").select_option("sex")
    page.locator("#agreement").select_option(label=PARTNER)
    supervisor.look("choose")
    supervisor.press("Show what would leave")
    page.wait_for_url(re.compile("period=2026-10"))
    expect(page.locator(".serai-figure__table").first).to_be_visible()
    supervisor.look("preview")
    address = page.url
    supervisor.press("Ask for approval of the files")
    page.wait_for_url(re.compile("done=asked"))
    expect(page.get_by_role("button", name="Take the files")).to_have_count(0)
    supervisor.look("asked")
    second = visit("3-second-supervisor", hidden=STORY, widths=(360, 1280), language="fa_AF")
    other = second.sign_in("supervisor2")
    second.go("/watching")
    second.look("to-approve")
    other.locator("button[name=said][value=yes]").first.click()
    other.wait_for_url(re.compile("done=answered"))
    page.goto(address)
    supervisor.look("approved")
    with page.expect_download() as taken:
        supervisor.press("Take the files")
    path = tmp_path / "figures.zip"
    taken.value.save_as(path)
    check_archive(path)

    supervisor.go("/clocks")
    supervisor.look("clocks")
    supervisor.go("/accountability")
    supervisor.press("Check the whole log now")
    page.wait_for_url(re.compile("/accountability"))
    expect(
        page.get_by_text("No entry was changed, removed or put in another place.")
    ).to_be_visible()
    supervisor.look("accountability")
    supervisor.go("/rules")
    supervisor.look("rules")
    page.locator("tbody a").first.click()
    page.wait_for_url(re.compile("/rules/"))
    supervisor.look("rule-pack")


def agree(visit: Visit, supervisor: Visitor) -> None:
    """An agreement with a partner: recorded here, confirmed by the other supervisor."""
    page = supervisor.page
    supervisor.go("/figures/partners")
    page.locator("#partner").fill(PARTNER)
    page.locator("#purpose").fill("Planning of reception places")
    page.locator("#signed_by").fill("Head of the department of figures")
    for part, value in (("day", "1"), ("month", "10"), ("year", "2027")):
        page.locator(f"#ends_on-{part}").fill(value)
    supervisor.press("Record the agreement")
    page.wait_for_url(re.compile("done=recorded"))
    supervisor.look("partner-recorded")
    second = visit("3-second-of-agreement", hidden=STORY, widths=(360, 1280))
    other = second.sign_in("supervisor2")
    second.go("/figures/partners")
    second.press("Confirm this agreement")
    other.wait_for_url(re.compile("done=confirmed"))
    second.look("partner-confirmed")


def check_archive(path: Path) -> None:
    """Each table is as its manifest says, something is withheld, nothing is fine enough to find somebody."""
    with zipfile.ZipFile(path) as archive:
        files = {name: archive.read(name).decode() for name in archive.namelist()}
    manifest = json.loads(files["manifest.json"])
    for one in manifest["files"]:
        assert hashlib.sha256(files[one["name"]].encode()).hexdigest() == one["sha256"]
    assert manifest["period"] == {"first": "2026-10", "last": "2026-10"}
    assert sum(table["withheld"]["c"] for table in manifest["tables"]) > 0
    cells = []
    for name, text in files.items():
        assert not CASE_NUMBER.search(text), name
        assert not EXACT_DAY.search(text), name
        assert not [word for word in STORY if word in text], name
        if name.endswith(".csv"):
            cells += [cell for row in list(csv.reader(io.StringIO(text)))[1:] for cell in row[1:]]
    assert "c" in cells
    shown = {int(cell) for cell in cells if cell != "c"}
    assert not shown & set(range(1, manifest["k"])), "a small count is told"
    assert max(shown) >= manifest["k"], "nothing is told"


def test_an_administrator_makes_an_account_that_signs_in(visit: Visit, stage: Stage) -> None:
    admin = visit("4-administrator", 360, hidden=STORY, widths=(1280, 360))
    page = admin.sign_in("admin")
    admin.look("users")
    page.get_by_role("button", name="Make an account").click()
    page.wait_for_url(re.compile("/users/new"))
    name = "night.officer"
    page.locator("#name").fill(name)
    admin.choose("role", "border_official")
    page.locator("#agency").select_option("kaz.kaz_border_service")
    page.locator("#post").select_option("korday")
    admin.look("new-account")
    admin.press("Make the account")
    secrets = page.locator(".serai-secret")
    expect(secrets).to_have_count(3)
    _, password, secret = secrets.all_inner_texts()
    admin.look("made")
    for path, picture in (("/network", "network"), ("/health", "health")):
        admin.go(path)
        admin.look(picture)

    newcomer = visit("4-newcomer", 360, widths=(1280, 360))
    today = newcomer.sign_in_with(
        name,
        password,
        lambda now: code_at(secret, now),
        chosen="quiet harbour lantern seventeen",
    )
    expect(today.locator(".serai-header__place")).to_contain_text("Korday")
    newcomer.look("today")


def test_a_monitor_and_an_administrator_see_nobody(visit: Visit, stage: Stage) -> None:
    case = stage.register("asylum-by-gesture")
    referral = stage.refer(case, "asylum_procedure")
    names = (*STORY, *stage.names[case])
    monitor = visit("4-monitor", hidden=names, widths=(360, 1280))
    monitor.sign_in("monitor")
    for path, picture in (("/board", "board"), ("/accountability", "accountability")):
        nobody(monitor.go(path), names)
        monitor.look(picture)
    page = monitor.page
    page.get_by_role("link", name="Cases by state").click()
    page.wait_for_url(re.compile("/cases"))
    nobody(page, names)
    monitor.look("cases")
    refused(monitor, case, referral)
    monitor.look("refused")
    admin = visit("4-administrator-refused")
    admin.sign_in("admin")
    refused(admin, case, referral)


def nobody(page: Page, names: tuple[str, ...]) -> None:
    """No name is anywhere in the page."""
    text = page.content()
    assert not [name for name in names if name in text]


def refused(visitor: Visitor, case: str, referral: str) -> None:
    """Nothing that opens a person opens to this role."""
    for path in (
        "/register",
        "/search",
        f"/cases/{case}/outcome",
        f"/cases/{case}/receipt",
        f"/referrals/{referral}",
        f"/care/{referral}",
        f"/care/{referral}?open=identity",
    ):
        answer = visitor.page.goto(path)
        assert answer is not None
        assert answer.status in (403, 404), path
