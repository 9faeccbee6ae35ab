"""Fields of both forms that say how a person was told what follows: at the post, and before an interview."""

from __future__ import annotations

from flask_babel import lazy_gettext

from app.web.fields import Option, RadiosField
from app.web.pictograms import pictogram_of


def how_told() -> RadiosField:
    """In what way."""
    return RadiosField(
        lazy_gettext("How"),
        options=(
            Option(value="read_aloud", label=lazy_gettext("Read aloud")),
            Option(value="read_by_person", label=lazy_gettext("Read by the person")),
            Option(value="recording", label=lazy_gettext("Played from a recording")),
            Option(value="signed", label=lazy_gettext("In signs or pictures")),
        ),
        required=lazy_gettext("Choose how the person was told."),
    )


def understood() -> RadiosField:
    """Whether the person understood, as the officer sees it."""
    return RadiosField(
        lazy_gettext("Did the person understand?"),
        inline=True,
        options=(
            Option(value="yes", label=lazy_gettext("Yes"), pictogram=pictogram_of("answer", "yes")),
            Option(
                value="no",
                label=lazy_gettext("Not sure"),
                pictogram=pictogram_of("answer", "does_not_know"),
            ),
        ),
        required=lazy_gettext("Say whether the person understood."),
    )


def interpreter(label: object, *, hint: object, officer: object, required: object) -> RadiosField:
    """Who interprets; `officer` is what an officer of the place is called."""
    return RadiosField(
        label,
        hint=hint,
        options=(
            Option(value="none_needed", label=lazy_gettext("Nobody: no need")),
            Option(value="here", label=lazy_gettext("An interpreter, here")),
            Option(value="by_phone", label=lazy_gettext("An interpreter, by phone or video")),
            Option(value="officer", label=officer),
        ),
        required=required,
    )
