"""What tests of the interview at a desk share: somebody the post has asked, and a desk that asks on."""

from __future__ import annotations

from typing import Any

from models.vocabulary import LegalBasis, Role, Sex
from tests.safeguards.safe import Safe, nothing_protective
from workflows import interviews
from workflows.arrivals import Birth
from workflows.interviews import BeginInterview, InterviewShown, RecordInterview
from workflows.policy import Actor
from workflows.rules.askers import asker


def of_the_post(safe: Safe, **told: Any) -> str:
    """A man of 32 who paid a facilitator, asked all that an official may ask; nothing protects him."""
    number = safe.world.register("Farrukh", sex=Sex.MALE, birth=Birth(kind="age", age=32))
    safe.world.inform(number)
    pack = safe.world.pack()
    asked = asker(pack, Role.BORDER_OFFICIAL).facts
    plain = {fact: raw for fact, raw in nothing_protective(pack).items() if fact in asked}
    safe.world.answer(number, **{**plain, "paid_facilitator": "yes", **told})
    return number


def at_desk(safe: Safe, number: str, need: str = "specialist_screening", agency: str = "") -> Actor:
    """An officer of the first desk proposed for a need (of an agency), with the case in their care."""
    proposed = [choice.desk for choice in safe.world.proposal(number, need).desks]
    desk = next(code for code in proposed if agency in code)
    referral = safe.world.send(number, need, desk, basis=LegalBasis.VITAL_INTEREST)
    actor = safe.officer_of(desk)
    safe.world.accept(referral, actor)
    return actor


def begin(safe: Safe, who: Actor, number: str, **changed: Any) -> None:
    """Confirm the setting."""
    given = {
        "language": "prs",
        "how": "read_aloud",
        "interpreter": "here",
        "understood": True,
        "alone": True,
        **changed,
    }
    with safe.world.work(who) as work:
        interviews.begin(work, BeginInterview(case_number=number, **given))


def page(safe: Safe, who: Actor, number: str, card: str | None = None) -> InterviewShown:
    with safe.world.work(who) as work:
        return interviews.page(work, number, card)


def record(safe: Safe, who: Actor, number: str, answers: dict[str, Any], **given: Any) -> Any:
    with safe.world.work(who) as work:
        command = RecordInterview(case_number=number, answers=answers, **given)
        return interviews.record(work, command)


def ask_everything(safe: Safe, who: Actor, number: str, **told: Any) -> InterviewShown:
    """Go from card to card as the page proposes them until the body has nothing left to ask."""
    plain = {**nothing_protective(safe.world.pack()), **told}
    shown = page(safe, who, number)
    for _ in range(40):
        if shown.card is None:
            return shown
        new = {
            one.fact.id: plain[one.fact.id]
            for one in shown.questions
            if not one.answered and not one.elsewhere and one.fact.id in plain
        }
        assert new, f"the card {shown.card} is proposed with nothing to ask"
        record(safe, who, number, new, seen=shown.seen)
        shown = page(safe, who, number)
    raise AssertionError("the interview does not end")
