"""Fairness watch: groups that are referred less often, or met with silence more often, than others there."""

from __future__ import annotations

from dataclasses import dataclass

from flask import g, render_template
from flask_babel import gettext

from app.locale import language_name
from app.web.supervision.labels import Labels, labels_of, month_label, number, region_label
from app.web.supervision.routes import blueprint
from app.work import opens
from workflows import fairness as workflow
from workflows.disclosure.fairness import LEAST, Finding, Verdict
from workflows.fairness import Fairness, Measure
from workflows.policy import Act
from workflows.work import Work

#: Rates are told in steps of so many of a hundred.
_STEP = 5


@dataclass(frozen=True)
class Line:
    """A group as it is shown. Without rates where it is too small to judge."""

    group: str
    kind: str
    rate: str
    expected: str
    verdict: Verdict


@dataclass(frozen=True)
class Part:
    """One thing that is compared."""

    heading: str
    says: str
    alarms: tuple[Line, ...]
    judged: tuple[Line, ...]
    few: tuple[str, ...]


@blueprint.get("/board/fairness")
@opens(Act.VIEW_BOARD)
def fairness(work: Work) -> str:
    """What the watch has found over six months."""
    g.place = "supervision.board"
    found = workflow.fairness(work)
    return render_template(
        "supervision/fairness.html",
        parts=[] if found is None else _parts(found),
        first=month_label(found.first) if found else "",
        last=month_label(found.last) if found else "",
        least=number(LEAST),
    )


def _parts(found: Fairness) -> list[Part]:
    labels = labels_of(found.posts, found.packs)
    words = {
        Measure.REFERRED: (gettext("Referred"), gettext("Of those with a need: share referred.")),
        Measure.SILENCE: (
            gettext("Silence"),
            gettext("Of those referred: share without an answer within two weeks."),
        ),
    }
    return [_part(*words[measure], found.findings[measure], labels) for measure in Measure]


def _part(heading: str, says: str, findings: tuple[Finding, ...], labels: Labels) -> Part:
    kinds = kind_words()
    lines = [
        Line(
            group=_group(one, labels),
            kind=kinds[one.dimension],
            rate=_percent(one.rate),
            expected=_percent(one.expected),
            verdict=one.verdict,
        )
        for one in findings
    ]
    return Part(
        heading,
        says,
        tuple(line for line in lines if line.verdict is Verdict.DIFFERS),
        tuple(line for line in lines if line.verdict is not Verdict.TOO_FEW),
        tuple(line.group for line in lines if line.verdict is Verdict.TOO_FEW),
    )


def _percent(rate: float | None) -> str:
    """In steps. That none or all of a group are meant would tell of each of them, so it is never said."""
    if rate is None:
        return ""
    share = round(100 * rate / _STEP) * _STEP
    if share <= _STEP:
        return gettext("%(share)s %% or less", share=number(_STEP))
    if share >= 100 - _STEP:
        return gettext("%(share)s %% or more", share=number(100 - _STEP))
    return gettext("%(share)s %%", share=number(share))


def _group(one: Finding, labels: Labels) -> str:
    if one.dimension == "language":
        return gettext("Not informed yet") if one.code == "unknown" else language_name(one.code)
    if one.dimension == "region":
        return region_label(one.code)
    return labels.get((one.dimension, one.code), one.code)


def kind_words() -> dict[str, str]:
    """By what groups are told apart."""
    return {
        "sex": gettext("Sex"),
        "age_band": gettext("Age"),
        "region": gettext("Region of nationality"),
        "language": gettext("Language"),
        "post": gettext("Post"),
    }
