"""The picture of a case number as a QR code. It holds the number and nothing else: no address, no name."""

from __future__ import annotations

from io import BytesIO

import segno
from markupsafe import Markup


def number_code(number: str) -> Markup:
    """An SVG element of the number as printed (`ABC-DEF-GHJ`), error correction Q, ready to stand
    in a page.
    """
    picture = segno.make(number, error="q", micro=False, boost_error=False)
    out = BytesIO()
    picture.save(
        out, kind="svg", border=4, xmldecl=False, svgns=False, omitsize=True, svgclass=None,
        lineclass=None, title=None, dark="#000", light="#fff",
    )  # fmt: skip
    drawn = out.getvalue().decode("utf-8")
    return Markup(drawn)  # noqa: S704  # nothing typed: segno draws the modules of a case number
