"""What the API refuses before a workflow is asked: no token, no key, a body that cannot be read.

Refusals of the workflows themselves are in `workflows.errors`; both become problem+json in `app.errors`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from workflows.errors import SeraiError


class TokenRefused(SeraiError):
    """The request carries no token that is valid now; never says which of the two."""

    code = "token_refused"
    status = 401
    message = "This needs a token that is valid now."


class KeyMissing(SeraiError):
    """A write came without an Idempotency-Key of 1 to 100 visible ASCII characters."""

    code = "idempotency_key_missing"
    status = 400
    message = "Send an Idempotency-Key of 1 to 100 visible characters with every write."


class UnreadableBody(SeraiError):
    """The body is not one JSON object in UTF-8, says a name twice, or is nested too deep."""

    code = "unreadable_body"
    status = 400
    message = "The body must be one JSON object in UTF-8."


class VersionMissing(SeraiError):
    """A write that changes a certain version came without If-Match."""

    code = "if_match_missing"
    status = 428
    message = "Read it first, and send its version as If-Match."


class VersionChanged(SeraiError):
    """The version of If-Match is no longer the newest."""

    code = "if_match_failed"
    status = 412
    message = "Somebody else changed this since you read it. Look at it again before you go on."


class InvalidInput(SeraiError):
    """The schema refused the body or the query. `errors` says where and why; it repeats no value."""

    code = "invalid_input"
    status = 422
    message = "Something in what was sent cannot be used."

    def __init__(self, errors: Sequence[Mapping[str, str]]) -> None:
        super().__init__()
        self.errors = list(errors)
