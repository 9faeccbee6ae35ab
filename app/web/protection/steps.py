"""What a desk does beside accepting and refusing: ask the sender, waiting list, start, who did not come."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import g, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from app.schemas.desks import AskSenderSchema, PutOnWaitingListSchema
from app.web.dates import iso_day
from app.web.forms.protection import AskForm, WaitForm
from app.web.packet_words import need_in_words
from app.web.protection.queue import back, too_late, words
from app.web.protection.routes import blueprint
from app.work import opens
from workflows import desk_lists, desk_steps, questions
from workflows.errors import ChangedMeanwhile, InvalidCommand, NotAllowedNow
from workflows.policy import Act
from workflows.work import Work


@blueprint.route("/referrals/<number>/ask", methods=["GET", "POST"])
@opens(Act.ASK_SENDER, typed=True)
def ask(work: Work, number: str) -> Any:
    """Ask the sender what must be known before the desk can answer."""
    form = AskForm()
    if request.method == "POST":
        data = {"number": number, "reason": form.reason.data or "", "text": form.text.data or ""}
        command = form.checked(AskSenderSchema(), data)
        if command is not None:
            try:
                questions.ask(work, command)
            except (ChangedMeanwhile, NotAllowedNow):
                return too_late(work, number)
            return back("asked", number)
    return _page(work, number, form, "ask")


@blueprint.route("/referrals/<number>/wait", methods=["GET", "POST"])
@opens(Act.PUT_ON_WAITING_LIST, typed=True)
def wait(work: Work, number: str) -> Any:
    """Put the person on the waiting list, with the day on which a place is expected."""
    g.today = work.now.date()
    form = WaitForm()
    if request.method == "POST":
        command = form.checked(
            PutOnWaitingListSchema(),
            lambda: {
                "number": number,
                "expected_on": iso_day(form.expected_on.data),
            },
        )
        if command is not None:
            try:
                desk_steps.wait(work, command)
            except InvalidCommand as error:
                form.expected_on.errors = [
                    gettext(
                        "Choose a day after today, at most %(days)s days from now.",
                        days=error.params.get("days", 0),
                    )
                ]
            except (ChangedMeanwhile, NotAllowedNow):
                return too_late(work, number)
            else:
                return back("listed", number)
    return _page(work, number, form, "wait")


def _page(work: Work, number: str, form: Any, verb: str) -> Any:
    g.place = "protection.queue"
    shown = desk_lists.preview(work, number)
    if shown.may[verb]:
        return too_late(work, number)
    page = render_template(
        f"protection/{verb}.html",
        form=form,
        shown=shown,
        need=need_in_words(shown.pack, shown.need or ""),
        after=(request.form.get("after") or request.args.get("after") or None),
        about_person=True,
        **words(),
    )
    return page, 422 if form.errors else 200


@blueprint.post("/care/<number>/start")
@opens(Act.START_SERVICE)
def start(work: Work, number: str) -> Response:
    """The service has begun."""
    return _step(work, number, desk_steps.start_service, "started")


@blueprint.post("/care/<number>/no-show")
@opens(Act.RECORD_NO_SHOW)
def no_show(work: Work, number: str) -> Response:
    """The person did not come."""
    return _step(work, number, desk_steps.no_show, "no_show")


def _step(work: Work, number: str, act: Callable[[Work, str], object], done: str) -> Response:
    try:
        act(work, number)
    except (ChangedMeanwhile, NotAllowedNow):
        # The file shows how it stands now, and why the button is grey.
        work.start_again()
        done = "not_done"
    return redirect(url_for("protection.care_file", number=number, done=done), 303)
