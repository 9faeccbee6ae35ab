"""The tables that may be exported, in words."""

from __future__ import annotations

from flask_babel import gettext


def table_words() -> dict[str, str]:
    """Key of `workflows.releases.TABLES` -> what the table shows."""
    return {
        "week-post": gettext("Arrivals by week and post"),
        "month-post": gettext("Arrivals by month and post"),
        "profile-sex": gettext("Profiles by sex"),
        "profile-age": gettext("Profiles by age"),
        "profile-sex-age": gettext("Profiles by sex and age together"),
        "need-sex": gettext("Needs by sex"),
        "region-sex": gettext("Region of nationality by sex"),
        "acknowledged-referral": gettext("Time to a desk's answer by sort of agency"),
        "outcome-referral": gettext("Outcome by sort of agency"),
    }
