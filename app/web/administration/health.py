"""Whether the system is well."""

from __future__ import annotations

from flask import g, render_template

from app.web.administration.routes import blueprint
from app.work import opens
from workflows import health as wellness
from workflows.policy import Act
from workflows.work import Work


@blueprint.get("/health")
@opens(Act.VIEW_HEALTH)
def health(work: Work) -> str:
    """Schema, keys, outbox, index, packs."""
    g.place = "administration.health"
    found = wellness.health(work)
    return render_template(
        "administration/health.html",
        found=found,
        most=wellness.MOST_COUNTED,
        today=work.now.date(),
        now=work.now,
    )
