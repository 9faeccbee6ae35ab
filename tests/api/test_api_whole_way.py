"""The main chain by machine, end to end. The machine holds every answer against the document."""

from __future__ import annotations

import json
from uuid import uuid4

from api_machines import POST, Machine, Product
from sqlalchemy import select

from models.network import Desk, Service


def test_a_person_is_registered_asked_referred_and_cared_for_by_machine(
    product: Product, officer: Machine
) -> None:
    number = officer.register("Zohra Karimi", sex="F", birth={"kind": "age", "age": 15})
    seen = officer.done(f"/cases/{number}/urgent-needs", {"seen": ["child_alone"]})
    assert seen["case_number"] == number
    assert officer.found(f"/cases/{number}")["status"] == "registered"
    told = {"language": "prs", "how": "read_aloud", "interpreter": "here", "understood": True}
    assert officer.done(f"/cases/{number}/information", told)["status"] == "informed"
    card = officer.found(f"/cases/{number}/questions?private=true")
    assert all(question["asks"] for question in card["questions"])
    assert card["questions"]

    answered = officer.done(f"/cases/{number}/answers", {"answers": {"fear_of_return": "yes"}})

    assert "RETURN" in answered["shut"]
    assert "ASY" in answered["trace"]["profiles"]
    assert officer.found(f"/cases/{number}/assessment") == answered
    needs = officer.found(f"/cases/{number}/proposals")["proposals"]
    need = next(n for n in needs if n["desks"])
    desk = need["desks"][0]["desk"]
    packet = officer.found(f"/cases/{number}/needs/{need['need_id']}/packet?desk={desk}")
    body = {
        "need_id": need["need_id"],
        "desk": desk,
        "legal_basis": "consent",
        "consented": True,
        "note": "Speaks Dari.",
    }
    sent = officer.done(f"/cases/{number}/referrals", body)
    assert sent["state"] == "sent"
    assert officer.done(f"/cases/{number}/finish")["status"] == "screened"

    owner = product.machine("unhcr" if ".unhcr" in desk else "others")
    waiting = owner.found("/referrals/waiting")["rows"]
    assert [row["number"] for row in waiting] == [sent["number"]]
    before = owner.found(f"/referrals/{sent['number']}/packet")
    assert before["identity"] is None
    assert before["needs"]["need"] == packet["need"] == need["need"]
    assert "Zohra" not in json.dumps(before)
    assert owner.done(f"/referrals/{sent['number']}/accept")["state"] == "accepted"
    after = owner.found(f"/referrals/{sent['number']}/packet")
    assert after["identity"]["name"] == packet["fields"]["name"] == "Zohra Karimi"
    assert owner.found(f"/referrals/{sent['number']}/case")["case_number"] == number
    assert [row["number"] for row in owner.found("/referrals/taken")["rows"]] == [sent["number"]]
    done = owner.done(
        f"/referrals/{sent['number']}/outcome", {"outcome": "procedure_opened", "note": ""}
    )
    assert done["state"] == "outcome_reported"
    assert owner.done(f"/referrals/{sent['number']}/close")["state"] == "closed"


def test_after_screening_the_post_sees_number_and_state_and_no_more(officer: Machine) -> None:
    number = officer.informed()
    officer.done(f"/cases/{number}/finish")

    assert officer.found(f"/cases/{number}")["status"] == "screened"
    for path in ("assessment", "questions", "holds"):
        assert officer.get(f"/cases/{number}/{path}").status_code == 404


def test_a_referral_that_no_desk_took_is_withdrawn(product: Product, officer: Machine) -> None:
    number, referral, _ = officer.sent()

    assert officer.done(f"/referrals/{referral}/withdraw")["state"] == "withdrawn"

    assert product.machine("others").found("/referrals/waiting")["rows"] == []
    assert officer.post(f"/referrals/{referral}/withdraw").status_code == 409
    assert officer.found(f"/cases/{number}/proposals")["proposals"]


def test_a_refusal_opens_the_need_again(product: Product, officer: Machine) -> None:
    number, referral, desk = officer.sent()
    owner = product.machine("unhcr" if ".unhcr" in desk else "others")

    refused = owner.done(f"/referrals/{referral}/refuse", {"reason": "no_capacity"})

    assert refused["state"] == "refused"
    states = {need["state"] for need in officer.found(f"/cases/{number}/proposals")["proposals"]}
    assert states == {"open"}


def test_what_left_on_consent_goes_back_when_it_is_redirected(
    product: Product, officer: Machine
) -> None:
    _, referral, desk = officer.sent()
    owner = product.machine("unhcr" if ".unhcr" in desk else "others")
    # Another desk of this country that an administrator lets meet every need.
    with product.work() as work:
        found = work.session.scalars(select(Desk).order_by(Desk.code)).all()
        row = next(one for one in found if one.code != desk and one.code.startswith("kaz."))
        held = {service.need for service in row.services}
        for need in set(product.shelf.get("kaz", product.clock.now.date()).needs) - held:
            work.session.add(Service(id=uuid4(), desk_id=row.id, need=need, area="KAZ", rank=9))
        other = row.code

    moved = owner.done(f"/referrals/{referral}/redirect", {"desk": other, "reason": "no_mandate"})

    assert moved == {"number": referral, "state": "redirected"}


def test_somebody_is_found_by_name_in_another_script(officer: Machine) -> None:
    number = officer.register("Zohra Karimi")
    officer.register("Bakhtiyor Rahimov")

    found = officer.done("/search", {"name": "زهرا کریمی"}, key=None)

    assert [one["case_number"] for one in found["found"]] == [number]


def test_the_same_person_again_is_hinted_at_without_a_name(officer: Machine) -> None:
    first = officer.register("Zohra Karimi")

    body = {"post": POST, "names": [{"text": "Zuhra Karimi"}]}
    again = officer.done("/arrivals", body)

    assert [hint["case_number"] for hint in again["hints"]] == [first]
    assert "Karimi" not in json.dumps(again)


def test_arrivals_are_listed_page_by_page(officer: Machine) -> None:
    numbers = {officer.register(f"Parwana{n}") for n in range(27)}

    first = officer.found("/arrivals")
    second = officer.found(f"/arrivals?after={first['after']}")

    assert second["after"] is None
    assert {row["number"] for row in (*first["rows"], *second["rows"])} == numbers


def test_a_supervisor_sees_the_board_and_makes_an_export(
    product: Product, officer: Machine
) -> None:
    for n in range(6):
        officer.register(f"Zohra{n}")
    supervisor = product.machine("supervisor")

    board = supervisor.found("/board")
    wanted = {"period": board["month"], "tables": ["profile-sex"]}
    assert supervisor.post("/figures/approvals", wanted).status_code == 422
    wanted["agreement"] = product.agreed()
    refused = supervisor.post("/figures/releases", wanted)
    assert (refused.status_code, refused.json["code"]) == (409, "approval_missing")
    assert supervisor.done("/figures/approvals", wanted)["state"] == "asked"
    product.approve()
    released = supervisor.done("/figures/releases", wanted)

    assert board["tables"][0]["total"] == 6
    assert {"manifest.json", "profile-by-sex.csv"} == set(released["files"])
    assert "Zohra" not in json.dumps(released)


def test_the_log_is_checked_by_machine(product: Product, officer: Machine) -> None:
    officer.register()

    found = product.machine("monitor").done("/log/checks")

    assert found["findings"] == []
    assert found["entries"] > 0


def test_the_rules_are_read_by_machine(product: Product) -> None:
    monitor = product.machine("monitor")

    codes = [pack["code"] for pack in monitor.found("/packs")["packs"]]
    facts = monitor.found("/packs/kaz/facts")["facts"]

    assert {"int", "kaz", "tjk"} <= set(codes)
    assert monitor.found("/packs/kaz")["profiles"]["ASY"]
    assert "fear_of_return" in {fact["fact"] for fact in facts}
    assert monitor.get("/packs/zzz").status_code == 404
