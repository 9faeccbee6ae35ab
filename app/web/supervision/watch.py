"""Accountability: is the log whole, what was refused, what has left; and cases by state, naming nobody."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

from flask import g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.web.office_words import ACTS, CASE_STATES, named, word
from app.web.supervision.labels import number, period_label, week_label
from app.web.supervision.routes import blueprint
from app.web.supervision.tables import table_word
from app.work import opens
from workflows import accountability as watched
from workflows import oversight
from workflows.casenumbers import show
from workflows.disclosure.dimensions import week_of
from workflows.errors import InvalidCommand
from workflows.policy import Act, role_may
from workflows.work import Work

_WEEK = re.compile(r"(20\d\d)-W(0[1-9]|[1-4]\d|5[0-3])")


@blueprint.get("/accountability")
@opens(Act.VERIFY_LOG)
def accountability(work: Work) -> str:
    """The last check of the log, refusals, releases."""
    g.place = "supervision.accountability"
    return render_template(
        "supervision/accountability.html",
        found=watched.accountability(work),
        act_word=lambda code: word(ACTS, code),
        table_word=table_word,
        period_label=period_label,
        named=named,
        number=number,
        may_see_cases=role_may(work.actor.role, Act.VIEW_CASE),
        may_watch=role_may(work.actor.role, Act.VIEW_APPROVALS),
    )


@blueprint.post("/accountability/check")
@opens(Act.VERIFY_LOG)
def check(work: Work) -> Response:
    """Check the whole log now; what was found is in the log itself, and on the page."""
    watched.check_log(work)
    return redirect(url_for("supervision.accountability"), 303)


@blueprint.get("/cases")
@opens(Act.VIEW_CASE)
def cases(work: Work) -> Any:
    """The cases of one week that one may see: number, post, state. Nobody's name."""
    g.place = "supervision.accountability"
    today = work.now.date()
    monday = _monday(request.args.get("week"), today)
    after = request.args.get("after") or None
    following = monday + timedelta(days=7)
    return render_template(
        "supervision/cases.html",
        page=oversight.cases(work, monday, after),
        may_reopen=role_may(work.actor.role, Act.REOPEN_CASE),
        week=week_of(monday),
        week_label=week_label,
        before=week_of(monday - timedelta(days=7)),
        following=week_of(following) if following <= today else None,
        after=after,
        status_word=lambda code: word(CASE_STATES, code),
        named=named,
        show=show,
    )


def _monday(week: str | None, today: date) -> date:
    """The first day of a week as `2026-W47`; of this week where none is named."""
    if not week:
        return today - timedelta(days=today.weekday())
    found = _WEEK.fullmatch(week)
    if found is None:
        raise InvalidCommand(field="week")
    try:
        return date.fromisocalendar(int(found[1]), int(found[2]), 1)
    except ValueError:
        raise InvalidCommand(field="week") from None
