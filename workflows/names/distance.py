"""Weighted edit distance between the class letters of two words, and the score of two words.

It knows letters and scripts only; names of several words are `workflows.names.compare`.
"""

from __future__ import annotations

from dataclasses import dataclass

from workflows.names import costs
from workflows.names.fold import Script, Token
from workflows.names.skeleton import Form, forms

SCALE_PER_LETTER = 0.2
LONGEST_SCALED = 8
HOPELESS = 0.5  # of the scale: beyond it a score is given as 0 and not worked out


@dataclass(slots=True)
class Coded:
    """A reading of a word with what each letter costs when the other spelling lacks it.

    The costs are worked out when they are first asked for: most pairs of words are told apart by their
    consonants alone.
    """

    form: Form
    consonants: str
    abjad: bool
    _against_full: list[float] | None = None
    _against_abjad: list[float] | None = None

    def drops(self, other: Coded) -> list[float]:
        """What each letter costs where `other` lacks it: more if that script writes its vowels."""
        letters = self.form.letters
        if other.abjad:
            if self._against_abjad is None:
                self._against_abjad = _drops_against_abjad(letters, abjad=self.abjad)
            return self._against_abjad
        if self._against_full is None:
            self._against_full = _drops_against_full(letters)
        return self._against_full


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a name, ready for comparison; `part` is family_name, given_name or name_part."""

    token: Token
    coded: tuple[Coded, ...]
    part: str
    #: What the keys of this word are made of.
    skeletons: frozenset[str]


def word(token: Token, hint: str, part: str) -> Word:
    """Code a token for comparison; `hint` as from `skeleton.hint_of`."""
    abjad = token.script is Script.ABJAD
    coded = tuple(Coded(form, form.skeleton.lstrip("AV"), abjad) for form in forms(token, hint))
    return Word(token, coded, part, frozenset(each.form.skeleton for each in coded))


def _beside(letters: str, at: int) -> str:
    return (letters[at - 1] if at else "") + letters[at + 1 : at + 2]


def _always(letters: str, at: int) -> float | None:
    """The cost where it does not depend on the other script."""
    letter = letters[at]
    if letter.isupper():
        return costs.MISSING_CONSONANT.get(letter, 1.0)
    if letter == "h" and at == len(letters) - 1:
        return costs.MISSING_AT_END
    return {"x": costs.LINKING, "c": costs.MISSING_BEARER}.get(letter)


def _vowel_missing(letters: str, at: int) -> float:
    if any(near.islower() for near in _beside(letters, at)):
        return costs.MISSING_BESIDE_VOWEL
    if at == len(letters) - 1:
        return costs.MISSING_AT_END
    return costs.MISSING_VOWEL if at else costs.MISSING_AT_START


def _drops_against_full(letters: str) -> list[float]:
    """The other spelling writes all vowels."""
    found: list[float] = []
    for at, letter in enumerate(letters):
        cost = _always(letters, at)
        if cost is None:
            if letter in "lwjh":
                cost = costs.MISSING_LONG
            else:
                cost = costs.MISSING_GLIDE if letter == "y" else _vowel_missing(letters, at)
        found.append(cost)
    return found


def _drops_against_abjad(letters: str, *, abjad: bool) -> list[float]:
    """The other spelling is Arabic script without short vowels; `abjad`: so is this one."""
    found: list[float] = []
    last = len(letters) - 1
    for at, letter in enumerate(letters):
        cost = _always(letters, at)
        if cost is None:
            if letter in "lwjh":
                cost = costs.MISSING_LONG_BOTH if abjad else costs.MISSING_LONG
            elif letter == "y":
                gliding = any(near in "izj" for near in _beside(letters, at))
                cost = costs.MISSING_GLIDE if gliding else costs.GLIDE_AFTER_OTHER
            elif 0 < at < last:
                long = letter in "uo" and letters[at - 1] in "aeo"  # au is written with و
                cost = costs.GLIDE_AFTER_OTHER if long else costs.UNWRITTEN_SHORT
            else:
                cost = _vowel_missing(letters, at)
        found.append(cost)
    return found


def _distance(one: Coded, other: Coded) -> float:
    drop_one, drop_other = one.drops(other), other.drops(one)
    substitution = costs.SUBSTITUTION
    row = [0.0]
    for cost in drop_other:
        row.append(row[-1] + cost)
    for a, drop in zip(one.form.letters, drop_one, strict=True):
        diagonal = row[0]
        row[0] = left = diagonal + drop
        for at, (b, insert) in enumerate(zip(other.form.letters, drop_other, strict=True), 1):
            above = row[at]
            row[at] = left = min(diagonal + substitution[a + b], above + drop, left + insert)
            diagonal = above
    return row[-1]


def _ending_cost(one: str, other: str) -> float:
    if one == other:
        return 0.0
    if not one or not other:
        return costs.ENDING_ONE_SIDE
    return costs.ENDING_GENDER if (one in "mp") != (other in "mp") else costs.ENDING_ONE_SIDE


def _coded_score(one: Coded, other: Coded) -> float:
    """1 for the same sounds, falling with the distance; longer words bear a little more."""
    first, second = one.form, other.form
    size = max(len(first.skeleton), len(second.skeleton))
    scale = 1.0 + SCALE_PER_LETTER * min(size, LONGEST_SCALED)
    cost = _ending_cost(first.ending, second.ending)
    if not (first.first and second.first):
        cost += costs.VARIANT_READING
    if first.letters != second.letters:
        if cost + costs.RELATED * _unmatched(one.consonants, other.consonants) > scale * HOPELESS:
            return 0.0
        cost += _distance(one, other)
    return max(0.0, 1.0 - cost / scale)


def _unmatched(one: str, other: str) -> int:
    """Consonants of the longer word that the shorter has nowhere: each costs RELATED at least."""
    if one == other:
        return 0
    left, common = other, 0
    for letter in one:
        if letter in left:
            left = left.replace(letter, "", 1)
            common += 1
    return max(len(one), len(other)) - common


def word_score(one: Word, other: Word) -> float:
    """How alike two words are, 0..1, over all their readings; symmetric."""
    if one.token.text == other.token.text and one.token.script is other.token.script:
        return 1.0
    if Script.OTHER in (one.token.script, other.token.script):
        return 0.0
    best = 0.0
    for a in one.coded:
        for b in other.coded:
            best = max(best, _coded_score(a, b))
            if best == 1.0:
                return best
    return best
