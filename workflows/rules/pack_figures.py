"""How much a pack says, in numbers: for reports, and to see at a glance what an edit added."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from workflows.rules.pack import Pack
from workflows.rules.pack_model import Vignette

#: How the note of a vignette begins that nobody has confirmed: the prover's, and those of countries.
UNCONFIRMED = ("proposed, not confirmed", "recorded, not yet confirmed")


def confirmed(vignette: Vignette) -> bool:
    """Whether a person stands for this vignette: its note does not say the contrary."""
    return not vignette.note.casefold().startswith(UNCONFIRMED)


#: Column -> how it is counted; rows of the base count with a country, for they hold there, too.
COLUMNS: Mapping[str, Callable[[Pack], int]] = {
    "profiles": lambda pack: len(pack.profiles),
    "questions": lambda pack: sum(fact.askable for fact in pack.facts.values()),
    "rules": lambda pack: len(pack.rules),
    "needs": lambda pack: len(pack.needs),
    "holds": lambda pack: len(pack.holds),
    "deadlines": lambda pack: len({row.id for row in pack.deadlines}),
    "routes": lambda pack: len(pack.routes),
    "bodies": lambda pack: len(pack.agencies),
    "posts": lambda pack: len(pack.posts),
    "treaties": lambda pack: len(pack.treaties),
    "vignettes": lambda pack: len(pack.vignettes),
    "confirmed": lambda pack: sum(map(confirmed, pack.vignettes)),
}


def figures(pack: Pack) -> dict[str, int]:
    """Counts by column, in the order of COLUMNS."""
    return {name: count(pack) for name, count in COLUMNS.items()}
