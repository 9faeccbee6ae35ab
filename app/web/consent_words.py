"""Words about consents that more than one place shows."""

from __future__ import annotations

from flask_babel import gettext


def last_day_words() -> str:
    """Which last days a consent may have."""
    return gettext("The last day of the consent must be today or later, and within a year.")
