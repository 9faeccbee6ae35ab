"""What disclosure control refuses. Params hold dimension names, codes of the closed lists and counts."""

from __future__ import annotations

from workflows.errors import SeraiError


class DisclosureError(SeraiError):
    """Base: a table or an export was asked for that may not be made."""

    code = "disclosure_refused"
    status = 422
    message = "These figures may not be made in this form."


class UnknownDimension(DisclosureError):
    """A breakdown that is not on the closed list; nothing else may ever be counted by."""

    code = "unknown_dimension"
    message = "Figures cannot be broken down by this."


class UnknownCode(DisclosureError):
    """A fact carries a code that is not on the dimension's list, or none at all."""

    code = "unknown_code"
    message = "The figures hold a code that is not on the list. Rebuild the figures."


class TableTooLarge(DisclosureError):
    """More cells than can be protected and audited in a request (statistics.md 3.5)."""

    code = "table_too_large"
    message = "This table has too many cells. Choose a coarser breakdown or a shorter period."


class TablesOverlap(DisclosureError):
    """Tables of one export that would have to be audited cell by cell over a third dimension."""

    code = "tables_overlap"
    message = "These tables cannot go out together. Take one of them out of this export."


class StillExposed(DisclosureError):
    """The audit found a cell that the published figures give away; nothing is released."""

    code = "still_exposed"
    message = "A small cell could be worked out from these tables, so nothing was made."


class ManifestInvalid(DisclosureError):
    """Something in the manifest is finer than an export may carry: a day, an id, a free text."""

    code = "manifest_invalid"
    message = "The description of this export holds something that may not be published."


class WouldDisclose(DisclosureError):
    """With what earlier exact files told, this one would tell of a few persons, however much is withheld."""

    code = "would_disclose"
    message = (
        "Together with exact files that were made before, this table would tell of a few persons."
    )


class FiguresMoved(DisclosureError):
    """No population gives both the earlier files and this one: who compares them sees who was changed."""

    code = "figures_moved"
    message = (
        "These figures have changed since an earlier exact file told of them. Two files side by side "
        "would tell who was added or corrected."
    )


class TooMuchTogether(DisclosureError):
    """More kinds of persons are told apart by all files together than can be compared."""

    code = "too_much_together"
    message = (
        "With the exact files that were made before, this is too much to be compared. Choose a coarser "
        "table or another period."
    )
