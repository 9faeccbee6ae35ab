"""Build a table: what is published of it, what would leave exactly, and why something is withheld.

Exact figures go to a named partner: choose, ask for approval, take the files.

The unsafe one cannot be made, and none leaves on one signature.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Mapping
from typing import Any

from flask import g, make_response, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from app.charts import DataTable, data_table
from app.schemas.figures import FiguresSchema
from app.web.forms.supervision import FiguresForm
from app.web.supervision.labels import labels_of, period_label, telling
from app.web.supervision.plan_tables import shown
from app.web.supervision.routes import blueprint
from app.web.supervision.tables import table_word
from app.work import opens
from models.vocabulary import ApprovalState
from workflows import approvals, published, releases
from workflows.approvals import Request
from workflows.disclosure.errors import DisclosureError
from workflows.errors import ApprovalMissing, InvalidCommand
from workflows.policy import Act
from workflows.releases import Figures, FiguresRequest
from workflows.work import Work

#: The oldest day that a ZIP archive can name: the files carry no time of their own.
_NO_TIME = (1980, 1, 1, 0, 0, 0)


@blueprint.get("/figures")
@opens(Act.EXPORT_FIGURES)
def figures(work: Work) -> tuple[str, int]:
    """Choose tables and a period; with a choice in the address, see what would leave."""
    asked = "period" in request.args
    form = _form(work, request.args if asked else None)
    made = _made(work, form) if asked else None
    return _page(work, form, made), 422 if form.errors or form.form_errors else 200


def _nearest(work: Work, form: FiguresForm, error: Exception) -> None:
    """Where a table is refused: the nearest one that is not, for the page."""
    command = form.checked(FiguresSchema(), form.chosen())
    if command is not None and isinstance(error, DisclosureError):
        g.nearest = releases.nearest_safe(work, command)


@blueprint.post("/figures/ask")
@opens(Act.EXPORT_FIGURES)
def figures_ask(work: Work) -> Any:
    """Ask another account to approve exactly this export."""
    form = _form(work, request.form)
    command = form.checked(FiguresSchema(), form.chosen())
    if command is None:
        return _page(work, form, None), 422
    try:
        releases.ask(work, command)
    except (DisclosureError, InvalidCommand) as error:
        return _refused(work, form, error)
    return redirect(address_of(command, done="asked"), 303)


@blueprint.post("/figures/files")
@opens(Act.EXPORT_FIGURES)
def files(work: Work) -> Any:
    """The files, in one archive. What was released is kept with its manifest; the files are not."""
    form = _form(work, request.form)
    command = form.checked(FiguresSchema(), form.chosen())
    if command is None:
        return _page(work, form, None), 422
    try:
        return taken(
            work,
            lambda: releases.release(work, command).files,
            lambda error: _page(work, form, releases.figures(work, command), error=error),
            f"serai-figures-{command.period}.zip",
        )
    except (DisclosureError, InvalidCommand) as error:
        return _refused(work, form, error)


def _refused(
    work: Work, form: FiguresForm, error: DisclosureError | InvalidCommand
) -> tuple[str, int]:
    _nearest(work, form, error)
    _say(form, error)
    return _page(work, form, None), 422


def _form(work: Work, given: Any) -> FiguresForm:
    g.place = "supervision.figures"
    g.choices = releases.choices(work)
    start = {"period": g.choices.periods[0], "rows": "profile", "columns": "sex"}
    return FiguresForm(formdata=given, data=None if given else start)


def _made(work: Work, form: FiguresForm) -> Figures | None:
    command: FiguresRequest | None = form.checked(FiguresSchema(), form.chosen())
    if command is None:
        return None
    try:
        return releases.figures(work, command)
    except (DisclosureError, InvalidCommand) as error:
        _nearest(work, form, error)
        _say(form, error)
        return None


def _say(form: FiguresForm, error: DisclosureError | InvalidCommand) -> None:
    field = str(error.params.get("field", "tables"))
    known = {"period", "tables", "post", "sex", "age_band", "agreement"}
    target = form[field] if field in known else form.tables
    if field == "tables" and form.built and not form.tables.data:
        target = form.rows
    said = {
        "agreement": gettext("Choose a partner with an agreement in force."),
        "sex": gettext("The table is broken down by this already."),
        "age_band": gettext("The table is broken down by this already."),
    }
    target.errors = [said.get(field, gettext(error.message))]


def standing(asked: Request | None) -> str:
    """`none`, `asked`, `approved` or `refused`: where the second signature stands."""
    if asked is None or asked.expired or asked.state is ApprovalState.USED:
        return "none"
    return asked.state.value


def address_of(asked: FiguresRequest, **more: str) -> str:
    """The page that shows what exactly this would give."""
    wanted: dict[str, list[str]] = {}
    for name, value in (*_kept(asked), *more.items()):
        wanted.setdefault(name, []).append(value)
    return url_for("supervision.figures", **wanted)  # type: ignore[arg-type]  # query values, as lists


def _page(work: Work, form: FiguresForm, made: Figures | None, error: str | None = None) -> str:
    nearest = g.get("nearest")
    return render_template(
        "supervision/figures.html",
        published=[] if made is None else _published(work, made),
        nearest=None if nearest is None else (_named_request(nearest), address_of(nearest)),
        kept=[] if made is None else _kept(made.request),
        form=form,
        made=made,
        previews=[] if made is None else _previews(made),
        period=period_label(made.request.period) if made else None,
        withheld=sum(table.withheld for table in made.tables) if made else 0,
        state=standing(made.approval) if made else "none",
        asked=request.args.get("done") == "asked",
        error=error,
        requests=[
            (
                period_label(one.period),
                [table_word(key) for key in one.tables],
                address_of(one),
                asked.state.value,
                asked.expires_at,
            )
            for one, asked in releases.asked_for(work)
        ],
        now=work.now,
    )


def _previews(made: Figures) -> list[tuple[str, DataTable, int, int]]:
    """Heading, numbers, figures and how many of them are withheld, of each table."""
    labels = labels_of(made.posts, made.packs)
    found = []
    for key, table in zip(made.request.tables, made.tables, strict=True):
        told = telling(key.replace(".", "-"), table_word(key), "", labels, table)
        count = sum(1 for _ in table.figures())
        found.append((table_word(key), data_table(table, told), count, table.withheld))
    return found


def _kept(asked: FiguresRequest) -> list[tuple[str, str]]:
    """The fields that say exactly what was asked for; a table that was built as its lines and columns."""
    built = (
        asked.tables[0] if len(asked.tables) == 1 and asked.tables[0] not in releases.READY else ""
    )
    rows, columns = releases.TABLES[built] if built else ("", None)
    found = [("period", asked.period), ("rows", rows), ("columns", columns or "")]
    found += [("tables", key) for key in asked.tables if not built]
    found += [
        (name, str(getattr(asked, name) or "")) for name in ("post", "sex", "age_band", "agreement")
    ]
    return [(name, value) for name, value in found if value]


def _named_request(asked: FiguresRequest) -> str:
    words = [table_word(key) for key in asked.tables]
    return " · ".join((*words, period_label(asked.period)))


def _published(work: Work, made: Figures) -> list[tuple[str, Any]]:
    """What is published of the chosen tables: where to take it, and its figures. It costs nothing."""
    found = published.answers(work, made.request)
    labels = labels_of(found.scope.posts, found.scope.packs) if found.tables else {}
    return [
        (url_for("supervision.published_period", period=made.request.period), one)
        for one in shown(found.tables, labels)
    ]


def taken(
    work: Work,
    release: Callable[[], Mapping[str, str] | Mapping[str, bytes]],
    page: Callable[[str], str],
    name: str,
) -> Any:
    """The archive of what was approved, or `page` with what is missing."""
    try:
        files = release()
    except ApprovalMissing as error:
        approvals.missed(work, Act.EXPORT_FIGURES)
        return page(gettext(error.message)), error.status
    return archive(files, name)


def archive(files: Mapping[str, str] | Mapping[str, bytes], name: str) -> Response:
    """A ZIP of files. Its names are of our closed lists, and it holds no time and no user."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, content in files.items():
            archive.writestr(zipfile.ZipInfo(path, _NO_TIME), content)
    response = make_response(held.getvalue())
    response.mimetype = "application/zip"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
