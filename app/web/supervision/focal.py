"""Whom one's own agency has named for what nobody has moved."""

from __future__ import annotations

from typing import Any

from flask import g, url_for

from app.web.forms.focal import focal_page
from app.web.supervision.routes import blueprint
from app.work import opens
from workflows.policy import Act
from workflows.work import Work


@blueprint.route("/clocks/focal-point", methods=["GET", "POST"])
@opens(Act.NAME_FOCAL_POINT, typed=True)
def focal_point(work: Work) -> Any:
    """The focal point of one's own agency."""
    g.place = "supervision.clocks"
    done = url_for("supervision.focal_point", done="named")
    return focal_page(work, None, url_for("supervision.clocks"), done)
