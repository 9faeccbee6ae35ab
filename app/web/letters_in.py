"""Where other installations bring sealed letters. No account: a letter proves by itself whose it is.

Nothing is said but whether it was taken, or a code for why not. No cookie is read, and none is set.
"""

from __future__ import annotations

import structlog
from flask import Blueprint, jsonify, request
from werkzeug.wrappers import Response

from app.work import engines
from workflows import outside
from workflows.accounts import SYSTEM_ACTOR
from workflows.envelopes import LetterRefused
from workflows.errors import SeraiError
from workflows.policy import Act
from workflows.work import begin

blueprint = Blueprint("letters_in", __name__)
log = structlog.get_logger("serai")

#: A letter of the largest class, sealed, with some room.
LARGEST = 70_000


@blueprint.post("/letters")
def take() -> Response:
    """Take a letter in; 422 with `reason` where it is refused, 409 or 503 where it should come again."""
    request.max_content_length = LARGEST
    # Read before the work is opened: a slow line must not hold the database's lock.
    raw = request.get_data(cache=False)
    held = engines()
    try:
        with begin(
            held.storage, SYSTEM_ACTOR, now=held.clock(), settings=held.settings, shelf=held.shelf
        ) as work:
            outside.take_in(work, raw)
    except LetterRefused as refusal:
        log.warning("letter refused", error=refusal.reason.value)
        return _answer(refusal.status, reason=refusal.reason.value)
    except SeraiError as fault:
        return _answer(fault.status, reason=fault.code)
    # No more: whoever has found a letter and sends it here must not learn what kind it is or what came of it.
    return _answer(200, taken=True)


def _answer(status: int, **said: object) -> Response:
    response: Response = jsonify(said)
    response.status_code = status
    return response


take.act = Act.DELIVER  # type: ignore[attr-defined]  # read by the tests and by the reference pages
take.signed_out = True  # type: ignore[attr-defined]  # likewise
take.typed = False  # type: ignore[attr-defined]  # likewise
