"""The tables that may be built, in words."""

from __future__ import annotations

from flask_babel import gettext

from workflows.releases import TABLES


def table_words() -> dict[str, str]:
    """Key of a ready-made table -> what the table shows."""
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


def breakdown_words() -> dict[str, str]:
    """What a table may be broken down by."""
    return {
        "month": gettext("Month"),
        "week": gettext("Week"),
        "province": gettext("Province"),
        "post": gettext("Post"),
        "region": gettext("Region of nationality"),
        "sex": gettext("Sex"),
        "age_band": gettext("Age"),
        "sex_age": gettext("Sex and age"),
        "profile": gettext("Profile"),
        "need": gettext("Need"),
        "referral": gettext("Sort of agency"),
        "outcome": gettext("Outcome"),
        "acknowledged": gettext("Time to a desk's answer"),
        "language": gettext("Language of information"),
    }


def table_word(key: str) -> str:
    """What any table shows; its key where it is none."""
    ready = table_words().get(key)
    if ready or key not in TABLES:
        return ready or key
    rows, columns = TABLES[key]
    words = breakdown_words()
    if columns is None:
        return words[rows]
    return gettext("%(lines)s, by %(columns)s", lines=words[rows], columns=words[columns].lower())
