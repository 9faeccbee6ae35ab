"""What changes between the page that shows a packet and the press that sends it."""

from __future__ import annotations

from models.referrals import Packet, Referral
from models.vocabulary import RequestKind
from tests.border.conftest import Product
from tests.border.test_whole_way import chosen, screened
from workflows import approvals, referrals, rights


def test_who_objects_between_preview_and_sending_is_heard(product: Product) -> None:
    officer = product.official("officer")
    number = screened(officer)
    wanted = chosen(officer.get(f"/cases/{number}/outcome"))
    address = f"/cases/{number}/referrals/preview?need={wanted['need']}&desk={wanted['desk']}"
    token = officer.get(address).token
    with product.world.work("officer") as work:
        says = "Send nothing more about me"
        ask = rights.TakeRequest(case_number=number, kind=RequestKind.OBJECTION, says=says)
        rights.take(work, ask)

    given = {"csrf_token": token, "need_id": wanted["need"], "desk_id": wanted["desk"]}
    given |= {"basis": "best_interest", "note": "She sleeps badly"}
    refused = officer.post(f"/cases/{number}/referrals", given)
    assert refused.status == 422
    assert "This person has objected." in refused.errors
    assert refused.value("note").strip() == "She sleeps badly"
    for model in (Referral, Packet):
        assert product.world.rows(model) == []

    # Whoever agrees to exactly this is helped all the same.
    sent = officer.post(f"/cases/{number}/referrals", {**given, "basis": "consent"})
    assert sent.status == 303, sent.errors


def test_two_officers_send_the_same_need_once(product: Product) -> None:
    """The second has the page from before: nothing is sent twice, and the case is as the first left it."""
    officer = product.official("officer")
    number = screened(officer)
    wanted = chosen(officer.get(f"/cases/{number}/outcome"))
    address = f"/cases/{number}/referrals/preview?need={wanted['need']}&desk={wanted['desk']}"
    colleague = product.official("colleague")
    given = {"need_id": wanted["need"], "desk_id": wanted["desk"], "basis": "best_interest"}
    first, second = officer.get(address).token, colleague.get(address).token
    path = f"/cases/{number}/referrals"
    assert officer.post(path, {"csrf_token": first, **given}).status == 303
    late = colleague.post(path, {"csrf_token": second, **given})
    assert late.status == 409
    assert len(product.world.rows(Referral)) == len(product.world.rows(Packet)) == 1


def test_best_interests_instead_of_consent_wait_for_a_supervisor_and_keep_what_was_typed(
    product: Product,
) -> None:
    officer, world = product.official("officer"), product.world
    number = screened(officer)
    with world.work("officer") as work:
        proposed = referrals.propose(work, number)
    found = next(one for one in proposed if one.consent_needed and one.desks)
    desk = found.desks[0]
    address = f"/cases/{number}/referrals/preview?need={found.need_id}&desk={desk.id}"
    given = {"csrf_token": officer.get(address).token, "need_id": str(found.need_id)}
    given |= {"desk_id": str(desk.id), "basis": "best_interest", "note": "She cannot say"}
    path = f"/cases/{number}/referrals"
    for _ in range(2):
        waits = officer.post(path, given)
        assert waits.status == 422
        assert "A supervisor of your agency must agree" in waits.errors
        assert waits.value("note").strip() == "She cannot say"
    assert world.rows(Referral) == []

    with world.work("supervisor") as work:
        (asked,) = approvals.waiting(work)
        approvals.answer(work, asked.id, asked.version, approve=True)
    assert officer.post(path, given).status == 303
    assert len(world.rows(Referral)) == 1
