"""Plain keys of a name for the blind index: pairs of skeletons, and one skeleton with a birth year.

Keys are plain text here and become keyed digests in `models.vault.index`; none is ever stored or
logged. Why pairs: digests of single common names would betray themselves by frequency.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from workflows.names.digits import ascii_digits
from workflows.names.fold import FOLDING, Script, Token, tokens
from workflows.names.skeleton import forms, hint_of

MOST_KEYS = 96
MOST_YEARS = 12


@dataclass(frozen=True, slots=True)
class QueryKeys:
    """What to look up: `pairs` first; `singles` (name and year, one-word names) are weaker."""

    pairs: frozenset[str]
    singles: frozenset[str]

    @property
    def all(self) -> frozenset[str]:
        """Both kinds together."""
        return self.pairs | self.singles


def pair_key(one: str, other: str) -> str:
    """The key of two skeletons, whichever came first."""
    low, high = sorted((one, other))
    return f"name2|{FOLDING}|{low}|{high}"


def merged_token(one: Token, other: Token) -> Token | None:
    """Two neighbours written as one word, with the article between them; None across scripts."""
    if one.script is not other.script or one.script is Script.OTHER:
        return None
    return Token(one.text + other.link + other.text, one.script)


def readings(text: str) -> tuple[list[frozenset[str]], list[tuple[int, frozenset[str]]]]:
    """Skeletons of each token, and of each two neighbours written together (with first index)."""
    found = tokens(text)
    hint = hint_of(found)
    single = [frozenset(form.skeleton for form in forms(token, hint)) for token in found]
    joined: list[tuple[int, frozenset[str]]] = []
    if len(found) > 2:
        for at, (one, other) in enumerate(pairwise(found)):
            merged = merged_token(one, other)
            if merged is not None:
                whole = forms(merged, hint)
                joined.append((at, frozenset(form.skeleton for form in whole)))
    return single, joined


def _pairs(text: str) -> tuple[set[str], list[frozenset[str]]]:
    single, joined = readings(text)
    keys: set[str] = set()
    for at, one in enumerate(single):
        for other in single[at + 1 :]:
            keys.update(pair_key(a, b) for a in one for b in other)
    for at, merged in joined:
        for beside, other in enumerate(single):
            if beside not in (at, at + 1):
                keys.update(pair_key(a, b) for a in merged for b in other)
    return keys, single


def _singles(single: list[frozenset[str]], years: Iterable[int]) -> set[str]:
    keys = {f"name1yob|{FOLDING}|{s}|{year}" for year in years for each in single for s in each}
    if len(single) == 1:
        keys.update(f"name1|{FOLDING}|{s}" for s in single[0])
    return keys


def keys_of(forms: Sequence[str], birth_years: Sequence[int] = ()) -> frozenset[str]:
    """Keys to index for a person: every name form, and every possible year of birth (at most 12).

    At most 96 keys; the pairs of the first forms are kept before anything else.
    """
    years = sorted(set(birth_years))[:MOST_YEARS]
    pairs: dict[str, None] = {}
    singles: dict[str, None] = {}
    for text in forms:
        found, single = _pairs(text)
        pairs.update(dict.fromkeys(sorted(found)))
        singles.update(dict.fromkeys(sorted(_singles(single, years))))
    return frozenset([*pairs, *singles][:MOST_KEYS])


def query_keys(text: str, birth_years: Sequence[int] = ()) -> QueryKeys:
    """Keys to look up for a typed name; each year is widened by one on either side.

    A one-word query finds one-word names, and with a year everybody who bears that word and was
    born within a year of it.
    """
    wide = sorted({year + step for year in birth_years[:MOST_YEARS] for step in (-1, 0, 1)})
    pairs, single = _pairs(text)
    return QueryKeys(
        frozenset(sorted(pairs)[:MOST_KEYS]), frozenset(sorted(_singles(single, wide))[:MOST_KEYS])
    )


def document_key(kind: str, issuer: str, number: str) -> str:
    """The key of an identity document: letters and digits only, digits of every script as ASCII."""
    parts = (
        "".join(char for char in ascii_digits(part).upper() if char.isalnum())
        for part in (kind, issuer, number)
    )
    return "doc|" + "|".join(parts)
