"""The training ground: ten invented people to practise on, what they would say, and what should come of it.

A scenario is a vignette of the base pack: a trainee is compared with what the rules are tested by.
"""

from __future__ import annotations

from dataclasses import dataclass

from flask import g, render_template
from flask_babel import lazy_gettext

from app.web.border.routes import blueprint
from app.web.border.words import option_word, said, value_words
from app.web.office_words import ACTIONS, GRADES, SEXES, word
from app.work import opens
from workflows import post_lists
from workflows.errors import NotFound
from workflows.policy import Act, Resource
from workflows.rules.pack import Pack
from workflows.rules.pack_model import Vignette
from workflows.work import Work


@dataclass(frozen=True, kw_only=True)
class Scenario:
    """`vignette`: a file of the base pack. `title` and `lesson` are what the trainee is told before."""

    vignette: str
    title: object
    lesson: object


SCENARIOS = (
    Scenario(
        vignette="boy-14-alone",
        title=lazy_gettext("A boy who travels alone"),
        lesson=lazy_gettext(
            "A child is protected before anything is known. Ask who is with him, and nothing more."
        ),
    ),
    Scenario(
        vignette="asylum-by-gesture",
        title=lazy_gettext("A man who shows fear and uses no legal word"),
        lesson=lazy_gettext("Nobody has to say asylum. Fear is enough, in any words or signs."),
    ),
    Scenario(
        vignette="beaten-wife",
        title=lazy_gettext("A woman who fled violence at home"),
        lesson=lazy_gettext(
            "Ask in private, once, and offer a woman. What was done is for those who help."
        ),
    ),
    Scenario(
        vignette="domestic-worker",
        title=lazy_gettext("A woman whose papers and pay were kept"),
        lesson=lazy_gettext("Small signs together weigh. You need not name what they are."),
    ),
    Scenario(
        vignette="age-in-doubt",
        title=lazy_gettext("A young man who may be under 18"),
        lesson=lazy_gettext(
            "In doubt a child. You estimate nothing and correct nothing that was stated."
        ),
    ),
    Scenario(
        vignette="medical-emergency",
        title=lazy_gettext("A man with pain in the chest"),
        lesson=lazy_gettext("Help first. The questions can wait, and what is unanswered protects."),
    ),
    Scenario(
        vignette="deaf-young-woman",
        title=lazy_gettext("A young woman who cannot hear"),
        lesson=lazy_gettext(
            "Find the way of speaking before you ask. A companion is no interpreter."
        ),
    ),
    Scenario(
        vignette="refugee-moving-onward",
        title=lazy_gettext("A woman with a refugee card of another country"),
        lesson=lazy_gettext(
            "Protection elsewhere is evidence. It decides nothing here, and her country hears nothing."
        ),
    ),
    Scenario(
        vignette="birth-not-registered",
        title=lazy_gettext("A small child whose birth was never registered"),
        lesson=lazy_gettext(
            "A child with parents has needs of its own. Look for what is missing, not for fault."
        ),
    ),
    Scenario(
        vignette="armed-man",
        title=lazy_gettext("A man with a rifle and a uniform"),
        lesson=lazy_gettext(
            "Safety first, and then the same questions: he may need protection as well."
        ),
    ),
)


@blueprint.get("/practice")
@opens(Act.VIEW_TODAY)
def scenarios(work: Work) -> str:
    """The ten scenarios."""
    _prepare(work)
    return render_template("border/scenarios.html", scenarios=SCENARIOS)


@blueprint.get("/practice/<scenario>")
@opens(Act.VIEW_TODAY)
def one_scenario(work: Work, scenario: str) -> str:
    """One scenario: the way, what the person would say, and what should come of it."""
    _prepare(work)
    chosen = next((one for one in SCENARIOS if one.vignette == scenario), None)
    if chosen is None:
        raise NotFound
    post = post_lists.own_post(work)
    pack = work.shelf.get(post.pack, work.now.date())
    base = work.shelf.get("int", work.now.date())
    person = vignette_of(base, scenario)
    return render_template(
        "border/scenario.html",
        scenario=chosen,
        place=SCENARIOS.index(chosen) + 1,
        answers=_answers(pack, person),
        outcome=_outcome(pack, person),
        closed=[str(ACTIONS[action.value]) for action in person.forbid],
    )


def vignette_of(pack: Pack, name: str) -> Vignette:
    """The invented person of a file; StopIteration where the pack has none, which a test rules out."""
    return next(one for one in pack.vignettes if one.file.endswith(f"/{name}.yaml"))


def _prepare(work: Work) -> None:
    """There are no scenarios but on the training ground, for those who work at a post."""
    work.allow(Act.VIEW_TODAY, Resource(kind="post", post_id=work.actor.post_id))
    if not work.settings.training:
        raise NotFound
    g.place = "border.scenarios"


def _answers(pack: Pack, person: Vignette) -> list[tuple[str, str]]:
    """(statement, what is true of it) of all that is known of the person."""
    found = []
    for fact, raw in person.raw_facts.items():
        row = pack.facts[fact]
        value = str(raw)
        if fact == "sex":
            value = word(SEXES, raw)
        elif raw in ("yes", "no"):
            value = value_words(pack, row, raw)
        elif row.options:
            value = option_word(pack, row, value)
        found.append((said(pack, f"fact.{fact}") or fact, value.replace("..", " - ")))
    return found


def _outcome(pack: Pack, person: Vignette) -> list[str]:
    """What the rules should say at the end: profiles with their grade, and needs."""
    found = []
    for what, so in person.expect.items():
        kind, _, code = what.partition(" ")
        name = said(pack, f"{kind}.{code}") or code
        if kind == "profile":
            found.append(f"{name}: {word(GRADES, so)}")
        elif kind == "need" and so == "yes":
            found.append(name)
    return found
