"""What needs a second pair of eyes: requests to approve, broken glass to review, unusual reading."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import g, redirect, render_template, request, url_for

from app.locale import listed
from app.web.office_words import ACTS, ALERTS, BASES, GLASS_REASONS, ROLES, SEXES, named, word
from app.web.page_versions import version_sent
from app.web.supervision.labels import number, period_label
from app.web.supervision.reports import report_words
from app.web.supervision.routes import blueprint
from app.web.supervision.tables import table_word
from app.work import StalePage, opens
from workflows import alerts, approvals, breakglass
from workflows.casenumbers import show
from workflows.policy import Act
from workflows.work import Work

_DONE = {"answered", "reviewed", "settled"}


@blueprint.get("/watching")
@opens(Act.VIEW_APPROVALS)
def watching(work: Work) -> str:
    """All that waits for another account, soonest due first."""
    g.place = "supervision.accountability"
    done = request.args.get("done", "")
    return render_template(
        "supervision/watching.html",
        requests=approvals.waiting(work),
        glass=breakglass.to_review(work),
        alerts=alerts.open_alerts(work),
        now=work.now,
        done=done if done in _DONE else None,
        act_word=lambda code: word(ACTS, code),
        reason_word=lambda code: word(GLASS_REASONS, code),
        alert_word=lambda code: word(ALERTS, code),
        role_word=lambda code: word(ROLES, code),
        told_words=told_words,
        named=named,
        number=number,
        show=show,
        about_person=True,
    )


@blueprint.post("/watching/approvals/<uuid:approval_id>")
@opens(Act.APPROVE)
def approve(work: Work, approval_id: UUID) -> Any:
    """Approve or refuse what another account asked."""
    # Desks and administrators answer on pages of their own, which also do what was approved.
    work.allow(Act.VIEW_APPROVALS)
    approvals.answer(work, approval_id, version_sent(), approve=_said())
    return redirect(url_for("supervision.watching", done="answered"), 303)


@blueprint.post("/watching/glass/<uuid:glass_id>")
@opens(Act.REVIEW_GLASS)
def review_glass(work: Work, glass_id: UUID) -> Any:
    """Say whether breaking the glass was justified."""
    breakglass.review(work, glass_id, version_sent(), justified=_said())
    return redirect(url_for("supervision.watching", done="reviewed"), 303)


@blueprint.post("/watching/alerts/<uuid:alert_id>")
@opens(Act.REVIEW_ALERT)
def settle_alert(work: Work, alert_id: UUID) -> Any:
    """Say that somebody has looked into it."""
    alerts.settle(work, alert_id, version_sent())
    return redirect(url_for("supervision.watching", done="settled"), 303)


def told_words(told: Mapping[str, Any]) -> list[str]:
    """What exactly is asked, in the reader's words where there are such; else as it was said."""
    found: list[str] = []
    for key, value in told.items():
        if key == "period":
            found.append(period_label(str(value)))
        elif key == "tables":
            found += [table_word(str(one)) for one in value]
        elif key == "ground":
            found.append(word(BASES, value))
        elif key == "case":
            found.append(show(str(value)))
        elif key == "sex":
            found.append(str(word(SEXES, value)))
        elif key == "agreement":
            continue
        elif key == "report":
            found.append(report_words().get(str(value), str(value)))
        elif value not in ("", None):
            found.append(listed(map(str, value)) if isinstance(value, list) else str(value))
    return found


def _said() -> bool:
    """Yes or no; anything else is a page that was not ours."""
    said = request.form.get("said", "")
    if said not in {"yes", "no"}:
        raise StalePage
    return said == "yes"
