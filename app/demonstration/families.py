"""Families of the demonstration: five on one page, two who are kept apart, a boy with a claimed uncle.

Names are invented. What is shown: a family whose members go one way; a woman who said alone that her husband
must not learn of her; a link that a desk verified, and one that nobody has.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from app.demonstration.cast import Cast
from models.network import Post
from models.vocabulary import (
    CameBy,
    ContactWish,
    Evidence,
    LegalBasis,
    LinkState,
    SaidBy,
    Sex,
)
from workflows import apart, desks, families, group_pages, kinship, letters, referrals, screening
from workflows.accounts import SYSTEM_ACTOR
from workflows.arrivals import Birth, NameForm
from workflows.families import Common, NewMember, RegisterGroup
from workflows.policy import Actor

COUNTRY = "KAZ"
#: Name, own script, sex, age, what they are to the first.
FIVE = (
    ("Jawad Nazari", "جواد نظری", "M", 41, None),
    ("Laila Nazari", "لیلا نظری", "F", 36, "WIF"),
    ("Bibi Gul", "بی‌بی گل", "F", 67, "PRF"),
    ("Omid Nazari", "امید نظری", "M", 12, "SON"),
    ("Hosna Nazari", "حسنا نظری", "F", 6, "DAU"),
)
TWO_AND_ONE = (
    ("Shirin Yusufi", "شیرین یوسفی", "F", 29, None),
    ("Naser Yusufi", "ناصر یوسفی", "M", 38, "HUS"),
    ("Elham Yusufi", "الهام یوسفی", "F", 4, "DAU"),
)
UNCLE = (
    ("Ghulam Sarwar", "غلام سرور", "M", 44, None),
    ("Samim Ahmadi", "صمیم احمدی", "M", 13, "NEP"),
)
WHY = "She said, alone with the official, that he beats her and that he must not find her."


def tell(cast: Cast) -> int:
    """Register the three groups; returns how many persons."""
    post, official = cast.officials[COUNTRY][0]
    now = cast.now
    _group(cast, post, official, FIVE, now - timedelta(hours=2))
    hidden = _group(cast, post, official, TWO_AND_ONE, now - timedelta(hours=5))
    _apart(cast, official, hidden[0], hidden[1], now - timedelta(hours=4))
    boy = _group(cast, post, official, UNCLE, now - timedelta(hours=7))[1]
    _looked_into(cast, official, boy, now - timedelta(hours=6))
    return len(FIVE) + len(TWO_AND_ONE) + len(UNCLE)


def _group(
    cast: Cast, post: Post, official: Actor, members: tuple[tuple[object, ...], ...], at: datetime
) -> list[str]:
    common = Common(
        post=post.code,
        nationalities=("AFG",),
        languages=("prs",),
        interpreter=True,
        came_from="UZB",
        came_by=CameBy.ROAD,
        contact_wish=ContactWish.MESSAGE,
    )
    command = RegisterGroup(common=common, members=tuple(_member(*one) for one in members))
    with cast.work(official, at) as work:
        return [one.case_number for one in families.register(work, command).members]


def _member(name: object, own: object, sex: object, age: object, kin: object) -> NewMember:
    return NewMember(
        names=(NameForm(text=str(name)), NameForm(text=str(own), kind="own_script")),
        sex=Sex(str(sex)),
        birth=Birth(kind="age", age=int(str(age))),
        relationship=None if kin is None else str(kin),
    )


def _apart(cast: Cast, official: Actor, person: str, other: str, at: datetime) -> None:
    with cast.work(official, at) as work:
        families.spoken(work, person)
        apart.keep_apart(
            work,
            apart.KeepApart(case_number=person, other=other, said_by=SaidBy.SELF, why=WHY),
        )


def _looked_into(cast: Cast, official: Actor, boy: str, at: datetime) -> None:
    """The boy is sent to the body for children, which looks into what his companion claims."""
    with cast.work(official, at) as work:
        screening.inform(
            work,
            screening.RecordInformation(
                case_number=boy,
                language="prs",
                how="read_aloud",
                interpreter="here",
                understood=True,
            ),
        )
        answers = {"with_parent": "no", "with_responsible_adult": "no", "with_other_adult": "yes"}
        screening.answer(work, screening.RecordAnswers(case_number=boy, answers=answers))
    with cast.work(official, at + timedelta(minutes=20)) as work:
        proposal = next(
            (one for one in referrals.propose(work, boy) if one.need == "guardian"), None
        )
        desk = None if proposal is None else cast.taker_of(proposal)
        if proposal is None or desk is None:
            return
        number = referrals.send(
            work,
            referrals.SendReferral(
                case_number=boy,
                need_id=proposal.need_id,
                desk=desk,
                legal_basis=LegalBasis.BEST_INTEREST,
            ),
        ).number
    with cast.work(SYSTEM_ACTOR, at + timedelta(minutes=21)) as work:
        letters.deliver(work)
    _found(cast, cast.takers[desk], boy, number, at + timedelta(hours=1))


def _found(cast: Cast, taker: Actor, boy: str, number: str, at: datetime) -> None:
    """The desk takes the boy, and cannot verify what his companion claims."""
    with cast.work(taker, at) as work:
        desks.accept(work, desks.AcceptReferral(number=number))
    with cast.work(taker, at + timedelta(hours=1)) as work:
        link = group_pages.of_case(work, boy).links[0]
        kinship.change(
            work,
            kinship.ChangeLink(
                case_number=boy,
                link_id=link.id,
                state=LinkState.UNVERIFIED,
                said_by=SaidBy.OFFICIAL,
                evidence=Evidence.SEPARATE_TALKS,
                says="Each names other places and other relatives. To be asked again.",
                version=link.version,
            ),
        )
