"""The many whose story is short: they come, are asked, and go on. They give the charts something to show.

Each is done in one unit of work, with a clock set back; the answers are those of common vignettes.
"""

from __future__ import annotations

from datetime import timedelta
from random import Random

from app.demonstration.cast import Cast, answers_of, arrival, told
from app.demonstration.people import people
from workflows import arrivals, deadlines, desks, letters, referrals, screening
from workflows.accounts import SYSTEM_ACTOR
from workflows.rules.answers import Source

SIZE = 140
#: Common vignettes, each as often as it stands here.
COMMON = (
    "returning-national-complete",
    "returning-national-complete",
    "returning-national-complete",
    "labour-migrant-complete-no-wish",
    "labour-migrant-complete-no-wish",
    "smuggled-only",
    "asylum-with-smuggler",
    "asylum-by-gesture",
    "boy-14-alone",
    "child-with-mother",
    "unpaid-wages-only",
    "deported-and-unpaid",
    "flood",
)
#: The posts that most people come through.
BUSY = ("zhibek_zholy", "zhibek_zholy", "korday", "nur_zholy", "panji_poyon", "fotehobod")


def fill(cast: Cast, seed: int, weeks: int) -> int:
    """Register the crowd over the last `weeks`; returns how many."""
    random = Random(seed)  # noqa: S311  # a crowd for trying out, nothing secret
    packs = {pack.country: pack for pack in cast.packs()}
    by_name = {v.file.rsplit("/", 1)[-1].removesuffix(".yaml"): v for v in cast.vignettes()}
    places = {post.code: (post, actor) for rows in cast.officials.values() for post, actor in rows}
    posts = [places[code] for code in BUSY if code in places]
    common = [by_name[name] for name in COMMON if name in by_name]
    for number, person in enumerate(people(seed + 1, SIZE)):
        post, official = random.choice(posts)
        vignette = random.choice(common)
        at = cast.now - timedelta(days=random.randrange(1, weeks * 7), minutes=number)
        with cast.work(official, at) as work:
            case = arrivals.register(work, arrival(post, vignette, person, at)).case_number
            screening.inform(work, told(case, person))
            for source, answers in answers_of(packs[post.country], vignette).items():
                screening.answer(
                    work,
                    screening.RecordAnswers(case_number=case, answers=answers, source=source),
                    decided=source is Source.DECISION,
                )
            open_needs = referrals.propose(work, case)
            taken = [p for p in open_needs if cast.taker_of(p)][:1]
            sent = [cast.send(work, case, proposal) for proposal in taken]
            screening.finish(work, case)
        for referral, desk in sent:
            if random.random() < 0.8:
                later = min(at + timedelta(hours=random.randrange(1, 60)), cast.now)
                with cast.work(cast.takers[desk], later) as work:
                    desks.accept(work, desks.AcceptReferral(number=referral))
    with cast.work(SYSTEM_ACTOR, cast.now) as work:
        letters.deliver(work)
        deadlines.tick(work)
    return SIZE
