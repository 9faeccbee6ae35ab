"""The newest checkpoint of the log on paper: whoever keeps the sheet can show that nothing was taken back."""

from __future__ import annotations

import segno
from flask import g, render_template

from app.web.supervision.labels import number
from app.web.supervision.routes import blueprint
from app.work import opens
from workflows import accountability
from workflows.policy import Act
from workflows.work import Work


@blueprint.get("/accountability/checkpoint")
@opens(Act.VERIFY_LOG)
def checkpoint(work: Work) -> str:
    """The signed note as text and as a QR code, with the key that checks it. It names nobody."""
    g.place = "supervision.accountability"
    found = accountability.newest_checkpoint(work)
    drawn = None if found is None else segno.make(found.note, error="l", micro=False)
    return render_template(
        "supervision/checkpoint.html",
        found=found,
        qr=None if drawn is None else drawn.svg_data_uri(scale=4, border=4),
        number=number,
    )
