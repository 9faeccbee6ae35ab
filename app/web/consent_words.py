"""Words about consents that more than one place shows."""

from __future__ import annotations

from flask_babel import gettext

from models.vocabulary import ApprovalState


def last_day_words() -> str:
    """Which last days a consent may have."""
    return gettext("The last day of the consent must be today or later, and within a year.")


def countersign_words(state: ApprovalState) -> str:
    """How it stands that a second account agrees to send without the person's consent."""
    if state is ApprovalState.REFUSED:
        return gettext(
            "Somebody else has refused that this is sent without the person's consent. Ask the person again."
        )
    return gettext(
        "A supervisor of your agency must agree that this is sent without the person's consent. They have"
        " been asked. Send it again once they have agreed. Where a life is in danger, say so instead."
    )
