"""Figures that leave: choose, see what is withheld and why, take the files. The unsafe one cannot be made."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from typing import Any

from flask import g, make_response, render_template, request
from flask_babel import gettext
from werkzeug.wrappers import Response

from app.charts import DataTable, data_table
from app.schemas.figures import FiguresSchema
from app.web.forms.supervision import FiguresForm
from app.web.supervision.labels import labels_of, period_label, telling
from app.web.supervision.routes import blueprint
from app.web.supervision.tables import table_words
from app.work import opens
from workflows import releases
from workflows.disclosure.errors import DisclosureError
from workflows.errors import InvalidCommand
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
    return _page(form, made), 422 if form.errors or form.form_errors else 200


@blueprint.post("/figures/files")
@opens(Act.EXPORT_FIGURES)
def files(work: Work) -> Any:
    """The files, in one archive. What was released is kept with its manifest; the files are not."""
    form = _form(work, request.form)
    command = form.checked(FiguresSchema(), form.chosen())
    if command is None:
        return _page(form, None), 422
    try:
        export = releases.release(work, command)
    except (DisclosureError, InvalidCommand) as error:
        _say(form, error)
        return _page(form, None), 422
    return archive(export.files, f"serai-figures-{command.period}.zip")


def _form(work: Work, given: Any) -> FiguresForm:
    g.place = "supervision.figures"
    g.choices = releases.choices(work)
    start = {"period": g.choices.periods[0], "tables": list(releases.USUAL)}
    return FiguresForm(formdata=given, data=None if given else start)


def _made(work: Work, form: FiguresForm) -> Figures | None:
    command: FiguresRequest | None = form.checked(FiguresSchema(), form.chosen())
    if command is None:
        return None
    try:
        return releases.figures(work, command)
    except (DisclosureError, InvalidCommand) as error:
        _say(form, error)
        return None


def _say(form: FiguresForm, error: DisclosureError | InvalidCommand) -> None:
    field = str(error.params.get("field", "tables"))
    target = form[field] if field in {"period", "tables", "post"} else form.tables
    target.errors = [gettext(error.message)]


def _page(form: FiguresForm, made: Figures | None) -> str:
    return render_template(
        "supervision/figures.html",
        form=form,
        made=made,
        previews=[] if made is None else _previews(made),
        period=period_label(made.request.period) if made else None,
        withheld=sum(table.withheld for table in made.tables) if made else 0,
    )


def _previews(made: Figures) -> list[tuple[str, DataTable, int, int]]:
    """Heading, numbers, figures and how many of them are withheld, of each table."""
    labels = labels_of(made.posts, made.packs)
    words = table_words()
    found = []
    for key, table in zip(made.request.tables, made.tables, strict=True):
        told = telling(key, words[key], "", labels, table)
        count = sum(1 for _ in table.figures())
        found.append((words[key], data_table(table, told), count, table.withheld))
    return found


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
