"""Today at this post, one case's head, search, and tasks."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import g, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from app.web.border.likeness import as_codes, words_of
from app.web.border.routes import blueprint
from app.web.border.words import names_in, status_word, task_words
from app.web.fields import add_errors
from app.web.forms.border import SearchForm
from app.work import opens
from workflows import casenumbers, group_pages, post_lists
from workflows import search as searching
from workflows import tasks as doing
from workflows.errors import BadCaseNumber, InvalidCommand, NotFound, TooManyAttempts
from workflows.policy import Act
from workflows.post_lists import ArrivalShown
from workflows.search import Similar
from workflows.work import Work


@blueprint.get("/today")
@opens(Act.VIEW_TODAY)
def today(work: Work) -> Any:
    """The arrivals at this post, unfinished and urgent first. No names."""
    g.place = "border.today"
    try:
        page = post_lists.today(work, request.args.get("after"))
    except InvalidCommand:
        raise NotFound from None
    post = post_lists.own_post(work)
    return render_template(
        "border/today.html",
        page=page,
        post=names_in(post.names),
        first=not request.args.get("after"),
        rows=[(row, casenumbers.show(row.number), _left(row)) for row in page.rows],
        status_word=status_word,
    )


def _left(row: ArrivalShown) -> str:
    """What is left to do, and where."""
    if row.screening_open and not row.informed:
        return gettext("Inform, ask")
    if row.screening_open:
        return gettext("Ask, refer, finish")
    if row.tasks:
        return gettext("Tasks")
    if row.unanswered:
        return gettext("A desk must answer")
    return gettext("Nothing at this post")


@blueprint.get("/cases/<number>")
@opens(Act.VIEW_CASE)
def case(work: Work, number: str) -> Any:
    """Number and state; while the screening is open also what comes next."""
    page = post_lists.case_head(work, number)
    return render_template(
        "border/case.html",
        page=page,
        number=casenumbers.show(page.number),
        status=status_word(page.status),
    )


@blueprint.route("/search", methods=["GET", "POST"])
@opens(Act.SEARCH, typed=True)
def search(work: Work) -> Any:
    """By case number or by name. What was typed goes in the body and is in no address."""
    g.place = "border.search"
    form = SearchForm()
    if request.method == "GET":
        return render_template("border/search.html", form=form, found=None)
    if not form.validate_on_submit():
        _stale(form)
        return render_template("border/search.html", form=form, found=None), 422
    text = form.text.data or ""
    try:
        number = post_lists.typed_number(text)
        if number is not None:
            post_lists.case_head(work, number)
            return redirect(url_for("border.case", number=casenumbers.show(number)), 303)
        found = searching.find(work, text)
    except (BadCaseNumber, InvalidCommand, TooManyAttempts) as error:
        add_errors(form, {"text": [gettext(error.message)]})
        return render_template("border/search.html", form=form, found=None), error.status
    except NotFound:
        add_errors(form, {"text": [gettext("There is no such case at this post.")]})
        return render_template("border/search.html", form=form, found=None), 422
    return render_template("border/search.html", form=form, found=found, rows=_rows(work, found))


def _stale(form: SearchForm) -> None:
    if form.errors.get("csrf_token"):
        form.csrf_token.errors = []
        form.form_errors = [
            gettext("This page was open for too long. Check what you typed and send it again.")
        ]


def _rows(work: Work, found: Similar) -> list[dict[str, Any]]:
    with_others = group_pages.sizes(work, [hint.case_number for hint in found.hints])
    return [
        {
            "number": casenumbers.show(hint.case_number),
            "others": with_others.get(hint.case_number, 0),
            "name": hint.name,
            "day": hint.registered_on,
            "reasons": "; ".join(words_of(as_codes(hint.likeness.reasons))),
        }
        for hint in found.hints
    ]


@blueprint.get("/tasks")
@opens(Act.VIEW_TASKS)
def tasks(work: Work) -> Any:
    """What officials of this post must do."""
    g.place = "border.tasks"
    rows = [
        (task, casenumbers.show(task.number) if task.number else None, *task_words(task.kind))
        for task in post_lists.tasks(work)
    ]
    return render_template(
        "border/tasks.html", rows=rows, now=work.now, done=request.args.get("done") == "answered"
    )


@blueprint.post("/tasks/<uuid:task>/done")
@opens(Act.DO_TASK)
def task_done(work: Work, task: UUID) -> Response:
    """Say that a task is done."""
    doing.do_task(work, task)
    return redirect(url_for("border.tasks"), 303)
