"""How alike two spellings of a name are, with the reasons as codes a screen can put into words.

It ranks what the keys found; it never merges, and the date of birth stands beside the score and
never inside it. THRESHOLD was chosen on the development sample (tests/names/sample.csv): every true
pair there scores above 0.85, every false one at most 0.70.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import pairwise, permutations
from typing import Generic, NamedTuple, TypeVar

from workflows.names.distance import Word, word, word_score
from workflows.names.fold import MOST_TOKENS, Token, tokens
from workflows.names.keys import merged_token
from workflows.names.skeleton import hint_of

THRESHOLD = 0.74
POSSIBLE = 0.55
EXTRA_WORD = 0.03
MOST_EXTRA = 0.12
ONE_WORD_ONLY = 0.70  # one word of a longer name alone never makes a likely match
MOST_JOINED = 2  # how many more words one spelling may have for neighbours to be tried as one

ScoreOf = Callable[[Word, Word], float]
Ref = TypeVar("Ref", bound=Hashable)


class Decision(StrEnum):
    """LIKELY: perhaps the same name, show it. POSSIBLE: only when the search is widened."""

    LIKELY = "likely"
    POSSIBLE = "possible"
    UNLIKELY = "unlikely"


@dataclass(frozen=True, slots=True)
class Name:
    """A name form with its parts where they are known; a plain string is a name without parts."""

    given: str = ""
    family: str = ""
    other: str = ""

    @property
    def text(self) -> str:
        """The parts in one line, as `keys_of` takes them."""
        return " ".join(part for part in (self.family, self.given, self.other) if part)


@dataclass(frozen=True, slots=True)
class Reason:
    """Why two names are alike: a code and its parameters, never a sentence and never a name.

    Codes `<part>_<how>`: part is family_name, given_name or name_part; how is same, other_script
    {script_a, script_b}, spelling (same script, written otherwise) or near. Beside them
    ending_differs, more_words {count}, birth_year_same, birth_year_within {years} (one or two) and
    birth_year_apart {years}.
    """

    code: str
    params: dict[str, str | int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Likeness:
    """`score` in 0..1 is that of the worst word; LIKELY also asks that the keys would have met."""

    score: float
    decision: Decision
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True)
class Candidate(Generic[Ref]):
    """Somebody the keys found: an opaque reference, all name forms, possible years of birth."""

    ref: Ref
    forms: tuple[str | Name, ...]
    birth_years: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Ranked(Generic[Ref]):
    """A candidate with the likeness of its best form, and the years between the births if known."""

    ref: Ref
    likeness: Likeness
    years_apart: int | None


@dataclass(frozen=True, slots=True)
class Read:
    """A name made ready by a `Reader`; `hint` as from `skeleton.hint_of`."""

    words: tuple[Word, ...]
    hint: str


@dataclass(frozen=True, slots=True)
class _Match:
    score: float
    pairs: tuple[tuple[Word, Word, float], ...] = ()
    extra: int = 0
    keyed: bool = False  # enough words share a skeleton for the index to have found it


class _Joined(NamedTuple):
    """A name with two neighbours written as the one word `whole`."""

    words: tuple[Word, ...]
    whole: Word


class Reader:
    """Reads and compares names for one ranking, remembering words and scores it has met.

    It holds plain names: let it go with the ranking, never keep one for longer.
    """

    def __init__(self) -> None:
        self._words: dict[tuple[Token, str, str], Word] = {}
        self._scores: dict[tuple[int, int], float] = {}
        self._joined: dict[tuple[int, ...], tuple[_Joined, ...]] = {}

    def read(self, name: str | Name) -> Read:
        """Fold and code a name once, to compare it with many."""
        if isinstance(name, str):
            parts = [(name, "name_part")]
        else:
            parts = [
                (name.family, "family_name"),
                (name.given, "given_name"),
                (name.other, "name_part"),
            ]
        found = [(token, part) for text, part in parts for token in tokens(text)][:MOST_TOKENS]
        hint = hint_of(token for token, _ in found)
        return Read(tuple(self._word(token, hint, part) for token, part in found), hint)

    def joined(self, name: Read) -> tuple[_Joined, ...]:
        """The name with each two neighbours in turn written as one word."""
        key = tuple(map(id, name.words))  # all live as long as this reader
        found = self._joined.get(key)
        if found is None:
            found = self._joined[key] = tuple(self._join(name))
        return found

    def _join(self, name: Read) -> Iterator[_Joined]:
        words = name.words
        for at, (one, other) in enumerate(pairwise(words)):
            merged = merged_token(one.token, other.token)
            if merged is not None:
                part = one.part if one.part == other.part else "name_part"
                whole = self._word(merged, name.hint, part)
                yield _Joined((*words[:at], whole, *words[at + 2 :]), whole)

    def score(self, one: Word, other: Word) -> float:
        """As `word_score`."""
        pair = id(one), id(other)  # both live as long as this reader
        found = self._scores.get(pair)
        if found is None:
            found = self._scores[pair] = word_score(one, other)
        return found

    def likeness(self, one: Read, other: Read) -> Likeness:
        """As `compare`, of names already read."""
        match = self._best(one, other)
        score = round(match.score, 3)
        decision = Decision.UNLIKELY
        if score >= POSSIBLE:
            decision = Decision.LIKELY if match.keyed and score >= THRESHOLD else Decision.POSSIBLE
        return Likeness(score, decision, _reasons(match))

    def _best(self, one: Read, other: Read) -> _Match:
        """The better of the words as they stand and, where that is no match, of neighbours joined."""
        best = _match(one.words, other.words, self.score)
        lengths = len(one.words), len(other.words)
        if best.score >= THRESHOLD or not best.pairs or abs(lengths[0] - lengths[1]) > MOST_JOINED:
            return best
        tried = [best]
        if lengths[0] >= lengths[1]:
            tried.extend(
                _match(joined.words, other.words, self.score)
                for joined in self.joined(one)
                if self._worth(joined, other)
            )
        if lengths[1] >= lengths[0]:
            tried.extend(
                _match(one.words, joined.words, self.score)
                for joined in self.joined(other)
                if self._worth(joined, one)
            )
        return max(tried, key=lambda match: (match.score, match.keyed))

    def _worth(self, joined: _Joined, other: Read) -> bool:
        """Whether the joined word may make a match: in the shorter name it must find its like."""
        return len(joined.words) > len(other.words) or any(
            self.score(joined.whole, word) >= POSSIBLE for word in other.words
        )

    def _word(self, token: Token, hint: str, part: str) -> Word:
        key = token, hint, part
        found = self._words.get(key)
        if found is None:
            found = self._words[key] = word(token, hint, part)
        return found


def _assign(table: list[list[float]], columns: int) -> tuple[int, ...]:
    """The best one-to-one choice of a column for each row: by the worst score, then by the sum.

    Exact for names of up to four words; longer ones greedily, best cell first.
    """
    rows = range(len(table))
    if len(table) == 1:
        return (table[0].index(max(table[0])),)
    if len(table) == columns == 2:  # most names: the worst score decides, then the sum
        (a, b), (c, d) = table
        return (1, 0) if (min(b, c), b + c) > (min(a, d), a + d) else (0, 1)
    if columns <= 4:
        return max(
            permutations(range(columns), len(table)),
            key=lambda choice: (
                min(table[row][choice[row]] for row in rows),
                sum(table[row][choice[row]] for row in rows),
            ),
        )
    taken: dict[int, int] = {}
    used: set[int] = set()
    for _, row, column in sorted((-table[r][c], r, c) for r in rows for c in range(columns)):
        if row not in taken and column not in used:
            taken[row] = column
            used.add(column)
    return tuple(taken[row] for row in rows)


def _size(words: tuple[Word, ...]) -> tuple[int, tuple[str, ...]]:
    return len(words), tuple(word.token.text for word in words)


def _match(one: tuple[Word, ...], other: tuple[Word, ...], score_of: ScoreOf) -> _Match:
    """Every word of the shorter name finds its own word of the longer; the worst one counts."""
    if not one or not other:
        return _Match(0.0)
    turned = _size(one) > _size(other)  # the same way round for (a, b) and (b, a)
    short, long = (other, one) if turned else (one, other)
    table = [[score_of(a, b) for b in long] for a in short]
    chosen = _assign(table, len(long))
    found = [(short[r], long[c], table[r][c]) for r, c in enumerate(chosen)]
    extra = len(long) - len(short)
    score = min(worth for _, _, worth in found)
    score *= 1.0 - min(MOST_EXTRA, EXTRA_WORD * extra)
    if len(short) == 1 and extra:
        score = min(score, ONE_WORD_ONLY)
    shared = sum(not a.skeletons.isdisjoint(b.skeletons) for a, b, _ in found)
    pairs = tuple((b, a, worth) if turned else (a, b, worth) for a, b, worth in found)
    return _Match(score, pairs, extra, shared >= min(2, len(short)))


def _reason(one: Word, other: Word, score: float) -> Reason | None:
    if score < POSSIBLE:
        return None
    part = one.part if one.part == other.part else "name_part"
    scripts = one.token.script.family, other.token.script.family
    if scripts[0] != scripts[1] and score >= THRESHOLD:
        return Reason(f"{part}_other_script", {"script_a": scripts[0], "script_b": scripts[1]})
    if score < THRESHOLD:
        return Reason(f"{part}_near")
    return Reason(f"{part}_{'same' if one.token.text == other.token.text else 'spelling'}")


def _reasons(match: _Match) -> tuple[Reason, ...]:
    found = [reason for pair in match.pairs if (reason := _reason(*pair))]
    if any(
        a.coded and b.coded and a.coded[0].form.ending != b.coded[0].form.ending
        for a, b, score in match.pairs
        if score >= POSSIBLE
    ):
        found.append(Reason("ending_differs"))
    if match.extra:
        found.append(Reason("more_words", {"count": match.extra}))
    return tuple(found)


def compare(a: str | Name, b: str | Name) -> Likeness:
    """How alike two spellings are; symmetric in score and decision, total on any text."""
    reader = Reader()
    return reader.likeness(reader.read(a), reader.read(b))


def _years_apart(one: Sequence[int], other: Sequence[int]) -> int | None:
    return min((abs(a - b) for a in one for b in other), default=None)


def _year_reason(apart: int) -> Reason:
    if apart == 0:
        return Reason("birth_year_same")
    return Reason("birth_year_within" if apart <= 2 else "birth_year_apart", {"years": apart})


def rank(
    query: Sequence[str | Name] | str | Name,
    candidates: Sequence[Candidate[Ref]],
    birth_years: Sequence[int] = (),
) -> list[Ranked[Ref]]:
    """Order candidates by the likeness of their best form to the best form of the query.

    All candidates come back, best first; equal scores by nearness of birth, unknown last. The years
    add a reason and order equals; they change no score.
    """
    asked = [query] if isinstance(query, (str, Name)) else list(query)
    reader = Reader()
    reads = [reader.read(form) for form in asked]
    found: list[Ranked[Ref]] = []
    for candidate in candidates:
        forms = [reader.read(form) for form in candidate.forms]
        best = _best_of(reader.likeness(one, form) for form in forms for one in reads)
        apart = _years_apart(birth_years, candidate.birth_years)
        if apart is not None:
            best = Likeness(best.score, best.decision, (*best.reasons, _year_reason(apart)))
        found.append(Ranked(candidate.ref, best, apart))
    far = float("inf")
    found.sort(
        key=lambda ranked: (
            *(-part for part in _order(ranked.likeness)),
            far if ranked.years_apart is None else ranked.years_apart,
        )
    )
    return found


def _best_of(likenesses: Iterable[Likeness]) -> Likeness:
    """The first of the best; the same name written the same way ends the comparing, since none is better."""
    best: Likeness | None = None
    for found in likenesses:
        if best is None or _order(found) > _order(best):
            best = found
        if _order(best) >= (1, 1.0):
            break
    return best or Likeness(0.0, Decision.UNLIKELY)


def _order(likeness: Likeness) -> tuple[int, float]:
    return likeness.decision is Decision.LIKELY, likeness.score
