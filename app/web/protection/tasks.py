"""The tasks of a desk: tick some, say what to do, see what would happen, do it, take it back."""

from __future__ import annotations

from datetime import UTC, datetime, time
from typing import Any
from uuid import UUID

from flask import g, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from app.schemas.casework import ChangeTasksSchema
from app.schemas.loading import SchemaRefused, load
from app.web.casework_words import TASK_CHANGES, TASK_REFUSALS
from app.web.forms.casework import ChangeTasksForm
from app.web.office_words import TASKS, named, word
from app.web.page_versions import version_in
from app.web.protection.routes import blueprint
from app.work import StalePage, opens
from models.vocabulary import TaskKind
from workflows import desk_tasks, taskcare
from workflows import tasks as doing
from workflows.caring import zone_of_desk
from workflows.casenumbers import show
from workflows.errors import InvalidCommand
from workflows.policy import Act
from workflows.taskcare import Changed, ChangeTasks
from workflows.work import Work

#: Tasks that end by a press; the others end with the act that they ask for.
_BY_HAND = {TaskKind.MISSED_APPOINTMENT, TaskKind.SEE_TO_TRACING}


@blueprint.get("/desk/tasks", endpoint="desk_tasks")
@opens(Act.VIEW_TASKS)
def desk_tasks_list(work: Work) -> str:
    """What the desk must do, by urgency and time left."""
    _prepare(work)
    return _page(work, ChangeTasksForm(formdata=None))


@blueprint.post("/desk/tasks/preview")
@opens(Act.ARRANGE_TASK, typed=True)
def preview_tasks(work: Work) -> Any:
    """What would happen with each ticked task; nothing is done yet."""
    _prepare(work)
    form = ChangeTasksForm()
    command = form.checked(ChangeTasksSchema(), lambda: _data(work, form))
    if command is None:
        return _page(work, form), 422
    try:
        found = taskcare.preview(work, command)
    except InvalidCommand as error:
        form.refused(error, _faults())
        return _page(work, form), 422
    return render_template(
        "protection/tasks_preview.html",
        form=form,
        command=command,
        found=found,
        names=dict(g.colleagues),
        **_words(),
    )


@blueprint.post("/desk/tasks/change")
@opens(Act.ARRANGE_TASK)
def change_tasks(work: Work) -> Any:
    """Do it. What cannot be done is named; all else is."""
    _prepare(work)
    data = {
        "picked": _picked(),
        "kind": request.form.get("kind", ""),
        "to": request.form.get("to") or None,
        "until": request.form.get("until") or None,
        "reason": request.form.get("reason", ""),
    }
    try:
        command: ChangeTasks = load(ChangeTasksSchema(), data)
        found = taskcare.change(work, command)
    except (SchemaRefused, InvalidCommand):
        raise StalePage from None
    return _told(found, undone=False)


@blueprint.post("/desk/tasks/changes/<uuid:change_id>/undo")
@opens(Act.ARRANGE_TASK)
def undo_tasks(work: Work, change_id: UUID) -> Any:
    """Take a change of this session back."""
    _prepare(work)
    return _told(taskcare.undo(work, change_id), undone=True)


def _told(found: Changed, *, undone: bool) -> str:
    return render_template("protection/tasks_done.html", found=found, undone=undone, **_words())


@blueprint.post("/desk/tasks/<uuid:task_id>/done")
@opens(Act.DO_TASK)
def desk_task_done(work: Work, task_id: UUID) -> Response:
    """Say that a task is done."""
    doing.do_task(work, task_id)
    return redirect(url_for("protection.desk_tasks", done="done"), 303)


def _prepare(work: Work) -> None:
    g.place = "protection.desk_tasks"
    g.today = work.now.date()
    g.colleagues = [(str(one.id), one.name) for one in desk_tasks.colleagues(work)]


def _page(work: Work, form: ChangeTasksForm) -> str:
    resting = request.args.get("resting") == "1"
    return render_template(
        "protection/tasks.html",
        form=form,
        rows=desk_tasks.of_desk(work, resting=resting),
        resting=resting,
        ticked=set(request.form.getlist("picked")),
        me=work.actor.user_id,
        now=work.now,
        by_hand=_BY_HAND,
        done=request.args.get("done") == "done",
        most=taskcare.MOST,
        **_words(),
    )


def _picked() -> list[dict[str, Any]]:
    """The ticked tasks: `id.version` each."""
    found = []
    for one in request.form.getlist("picked")[: taskcare.MOST + 1]:
        task_id, _, version = one.partition(".")
        number = version_in(version)
        found.append({"task_id": task_id, "version": number})
    return found


def _data(work: Work, form: ChangeTasksForm) -> dict[str, Any]:
    return {
        "picked": _picked(),
        "kind": form.kind.data or "",
        "to": form.to.data or None,
        "until": _morning(work, form),
        "reason": form.reason.data or "",
    }


def _morning(work: Work, form: ChangeTasksForm) -> str | None:
    """Eight in the morning at the desk."""
    if form.until.data is None or not work.actor.desk_ids:
        return None
    zone = zone_of_desk(work, min(work.actor.desk_ids))
    local = datetime.combine(form.until.data.earliest, time(8), tzinfo=zone)
    return local.astimezone(UTC).isoformat()


def _faults() -> dict[str, str]:
    return {
        "picked": gettext("Tick at least one task, and at most %(most)s.", most=taskcare.MOST),
        "to": gettext("Choose who gets them"),
        "until": gettext("Enter a day after today, within a month."),
        "reason": gettext("Write why they may rest"),
    }


def _words() -> dict[str, Any]:
    return {
        "named": named,
        "show": show,
        "task_word": lambda code: word(TASKS, code),
        "change_word": lambda code: word(TASK_CHANGES, code),
        "refusal_word": lambda code: word(TASK_REFUSALS, code),
    }
