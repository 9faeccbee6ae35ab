"""A pack as Boolean terms over any possible person: the third reader of the condition trees.

The strata are those of `assess`: rules, grades, needs and holds, urgency, shut actions; each as two
rails. A test compares it with `assess.walk` on thousands of people.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import NamedTuple

from models.vocabulary import Action
from workflows.rules.computed import with_computed
from workflows.rules.conditions import (
    AtLeast,
    Condition,
    Is,
    Maybe,
    NotEstablished,
    OneOf,
    Output,
    ProfileIs,
    Within,
    leaves,
)
from workflows.rules.pack import Pack
from workflows.rules.pack_model import Hold, Rule
from workflows.rules.proof_person import Person, Rails, Vocabulary, conditions_of
from workflows.rules.proof_terms import FALSE, TRUE, Term, Terms, no
from workflows.rules.reading import strictly
from workflows.rules.values import NOT_ASKED, NOTHING_KNOWN
from workflows.rules.words import GRADES, STRENGTHS, URGENCIES

#: Grade levels from 1 (open) on; index 0 is "at least not indicated" and true for all.
Levels = tuple[Term, Term, Term]


@dataclass(frozen=True, slots=True)
class Protection:
    """One thing an assessment may give: kind profile, need, hold, action or urgency, id and word."""

    kind: str
    id: str
    word: str

    def __str__(self) -> str:
        return " ".join(part for part in (self.kind, self.id, self.word) if part)


class _Reading(NamedTuple):
    """A condition, what its rails depend on beside the person's own answers, and its rails.

    The condition is kept, so that its identity stays its own.
    """

    condition: Condition
    profiles: frozenset[str]
    slots: frozenset[str]
    outputs: bool
    rails: Rails


class Encoding:
    """What `pack` says of `person`, as terms.

    `like`: another encoding of the same person; rules that both packs have are not read again.
    `kept`: an encoding and profiles whose grades are here at least what they are there.
    """

    def __init__(
        self,
        pack: Pack,
        person: Person,
        like: Encoding | None = None,
        kept: tuple[Encoding, frozenset[str]] | None = None,
    ) -> None:
        self.pack = pack
        self.person = person
        self.terms = person.terms
        self._like = like
        self._read: dict[int, _Reading] = {}
        self._derived: dict[str, Rails] = {}
        self._kept = kept

    @classmethod
    def alone(cls, pack: Pack) -> Encoding:
        """An encoding over a new person who may be anybody."""
        person = Person(Terms(), pack.facts, Vocabulary.of(conditions_of(pack)))
        return cls(pack, person)

    # -- conditions ------------------------------------------------------------------------------

    def rails(self, condition: Condition) -> Rails:
        """(certainly, possibly). Output leaves are read from this same encoding."""
        match condition:
            case AtLeast():
                pairs = [self.rails(part) for part in condition.parts]
                certain = self.terms.at_least(condition.n, [c for c, _ in pairs])
                return certain, self.terms.at_least(condition.n, [p for _, p in pairs])
            case Is():
                certain, possible = self._yes(condition.slot)
                return (certain, possible) if condition.yes else (no(possible), no(certain))
            case Within():
                return self.person.within(condition)
            case OneOf():
                return self.person.one_of(condition)
            case ProfileIs():
                now, most = self.grades[condition.code]
                level = condition.level - 1
                return now[level], now[0] if level == 0 else most[level]
            case Maybe():
                possible = self.rails(condition.leaf)[1]
                return possible, possible
            case NotEstablished():
                open_ = no(self.rails(condition.leaf)[0])
                return open_, open_
            case Output():
                return self._output(condition)

    def _yes(self, slot: str) -> Rails:
        if slot in self._derived:
            return self._derived[slot]
        if slot in self.pack.derived:
            found = self._reading(self.pack.derived[slot])
        elif slot in self.person.slots:
            found = self.person.yes(slot)
        elif self.pack.facts[slot].computed == "mandatory_answered":
            found = self._complete()
        else:
            found = self._fixed(slot)
        self._derived[slot] = found
        return found

    def _complete(self) -> Rails:
        like = self._like
        if like is not None and like.pack.facts is self.pack.facts:
            return like._complete()  # noqa: SLF001  # another of this class
        return self.person.complete(self.pack)

    def _fixed(self, slot: str) -> Rails:
        """A fact that is computed from the pack alone, such as what binds its country."""
        answer = with_computed(self.pack, NOTHING_KNOWN, self.pack.on).get(slot, NOT_ASKED)
        return (TRUE if answer.value is True else FALSE), (FALSE if answer.value is False else TRUE)

    def _output(self, leaf: Output) -> Rails:
        """A row that does not exist is neither open nor on."""
        table = {"need": self.needs, "hold": self.holds, "action": self.shut}[leaf.kind]
        is_so = table.get(leaf.id, FALSE)
        found = no(is_so) if leaf.word in {"no", "off", "open"} else is_so
        return found, found

    # -- strata ----------------------------------------------------------------------------------

    @cached_property
    def rules(self) -> Mapping[str, Rails]:
        """Each rule's rails."""
        return {rule.id: self._reading(rule.when) for rule in self.pack.rules.values()}

    @cached_property
    def grades(self) -> Mapping[str, tuple[Levels, Levels]]:
        """By profile: (at least open, possible, presumed) now, and the same at most."""
        found = dict(self._graded)
        if self._kept is not None:
            other, codes = self._kept
            for code in codes:
                now, most = (
                    tuple(map(self.terms.either, zip(one, two, strict=True)))
                    for one, two in zip(found[code], other.grades[code], strict=True)
                )
                found[code] = (now[0], now[1], now[2]), (most[0], most[1], most[2])
        return found

    @cached_property
    def _graded(self) -> Mapping[str, tuple[Levels, Levels]]:
        """Grades of this pack alone, before any that are kept."""
        return {code: self._grade(code) for code in self.pack.profiles}

    @cached_property
    def _of_profile(self) -> Mapping[str, list[Rule]]:
        found: dict[str, list[Rule]] = {code: [] for code in self.pack.profiles}
        for rule in self.pack.rules.values():
            found[rule.profile].append(rule)
        return found

    def _grade(self, code: str) -> tuple[Levels, Levels]:
        """The grades, taken over from the other encoding where neither rules nor terms differ."""
        like, own = self._like, self._of_profile[code]
        if like is None or like.pack.thresholds is not self.pack.thresholds:
            return self.grade(code)
        theirs = like._of_profile.get(code, [])  # noqa: SLF001
        same = len(own) == len(theirs) and all(
            one.strength == other.strength and self.rules[one.id] == like.rules[other.id]
            for one, other in zip(own, theirs, strict=False)
        )
        return like._graded[code] if same else self.grade(code)  # noqa: SLF001

    def grade(self, code: str, without: str = "") -> tuple[Levels, Levels]:
        """A profile's grades, also as they were if a rule did not exist."""
        own = [
            (STRENGTHS.index(rule.strength), self.rules[rule.id])
            for rule in self._of_profile[code]
            if rule.id != without
        ]
        (possible, presumed), (possible_most, presumed_most) = (
            self._enough([(strength, pair[rail]) for strength, pair in own]) for rail in (0, 1)
        )
        open_ = self.terms.either([possible, possible_most])
        return (open_, possible, presumed), (possible_most, possible_most, presumed_most)

    def _enough(self, own: list[tuple[int, Term]]) -> tuple[Term, Term]:
        found = []
        for grade in ("possible", "presumed"):
            ways = [
                self.terms.at_least(n, [t for s, t in own if s <= STRENGTHS.index(strength)])
                for strength, n in self.pack.thresholds[grade].items()
            ]
            found.append(self.terms.either(ways))
        # Grades are ordered: presumed is at least possible, whatever the thresholds.
        return self.terms.either(found), found[1]

    def _reading(self, condition: Condition) -> Rails:
        """The rails of a row's condition, taken over where nothing that it reads differs."""
        found = self._read.get(id(condition))
        if found is None:
            found = self._like._read.get(id(condition)) if self._like else None  # noqa: SLF001
            if found is None or not self._reads_alike(found):
                found = _Reading(condition, *_reads(condition), self.rails(condition))
            self._read[id(condition)] = found
        return found.rails

    def _reads_alike(self, read: _Reading) -> bool:
        """Whether grades and named facts that a condition reads are those of the other encoding."""
        like = self._like
        assert like is not None
        return not read.outputs and not (
            any(self.grades[code] != like.grades.get(code) for code in read.profiles)
            or any(
                slot not in like.pack.facts or self._yes(slot) != like._yes(slot)  # noqa: SLF001
                for slot in read.slots
                if slot not in self.person.slots
            )
        )

    @cached_property
    def needs(self) -> Mapping[str, Term]:
        """Which needs are open."""
        return {need.id: self._reading(need.when)[0] for need in self.pack.needs.values()}

    @cached_property
    def holds(self) -> Mapping[str, Term]:
        """Which holds are on."""
        return {hold.id: self._reading(hold.when)[1] for hold in self.pack.holds.values()}

    @cached_property
    def evidence(self) -> Mapping[str, Term]:
        """Which holds are on when modal words are read strictly."""
        return {
            hold.id: self.terms.both([self.holds[hold.id], self._reading(_strict(hold))[0]])
            for hold in self.pack.holds.values()
        }

    @cached_property
    def carried(self) -> Mapping[str, Term]:
        """Which holds rest on answers: certain when read strictly, and not because of silence alone."""
        return {
            hold.id: self.terms.both([self.evidence[hold.id], no(self._silent(_strict(hold)))])
            for hold in self.pack.holds.values()
        }

    def _silent(self, condition: Condition) -> Term:
        """Certain with no answer at all: as many parts as are needed speak of what nobody decided."""
        if isinstance(condition, AtLeast):
            return self.terms.at_least(condition.n, [self._silent(p) for p in condition.parts])
        if isinstance(condition, NotEstablished):
            certain, possible = self.rails(condition.leaf)
            return self.terms.both([no(certain), possible])
        return FALSE

    @cached_property
    def shut(self) -> Mapping[str, Term]:
        """Which actions are shut."""
        return {
            action.value: self.terms.either(
                [self.holds[hold.id] for hold in self.pack.holds.values() if action in hold.shuts]
            )
            for action in Action
        }

    @cached_property
    def urgency(self) -> tuple[Term, Term]:
        """(at least soon, now)."""
        at_least = []
        for least in (1, 2):
            ways = [
                term
                for profile in self.pack.profiles.values()
                for term in self._urgent(profile.code, least)
            ]
            ways += [
                self.needs[need.id]
                for need in self.pack.needs.values()
                if URGENCIES.index(need.urgency) >= least
            ]
            at_least.append(self.terms.either(ways))
        return at_least[0], at_least[1]

    def _urgent(self, code: str, least: int) -> Iterator[Term]:
        (_, possible, presumed), _most = self.grades[code]
        levels = self.pack.profiles[code].urgency
        if URGENCIES.index(levels["presumed"]) >= least:
            yield presumed
        if URGENCIES.index(levels["possible"]) >= least:
            yield self.terms.both([possible, no(presumed)])

    def outputs(self) -> dict[Protection, Term]:
        """The protections, which holds rest on evidence, and functions that some need asks for."""
        found = self.protections()
        for id_, term in self.carried.items():
            found[Protection("hold", id_, "by evidence")] = term
        functions: dict[str, list[Term]] = {}
        for need in self.pack.needs.values():
            functions.setdefault(need.function, []).append(self.needs[need.id])
        for function, terms in functions.items():
            found[Protection("function", function, "")] = self.terms.either(terms)
        return found

    def protections(self) -> dict[Protection, Term]:
        """Everything an assessment may give, most telling first."""
        found: dict[Protection, Term] = {}
        for level in (2, 1, 0):
            for code, (now, _) in self.grades.items():
                found[Protection("profile", code, GRADES[level + 1].value)] = now[level]
        for id_, term in self.needs.items():
            found[Protection("need", id_, "")] = term
        for action, term in self.shut.items():
            found[Protection("action", action, "shut")] = term
        for id_, term in self.holds.items():
            found[Protection("hold", id_, "")] = term
        for least, term in zip(("soon", "now"), self.urgency, strict=True):
            found[Protection("urgency", "", least)] = term
        return found


def _reads(condition: Condition) -> tuple[frozenset[str], frozenset[str], bool]:
    """Profiles, yes-no slots, and whether outputs are read at all."""
    found = [
        one.leaf if isinstance(one, Maybe | NotEstablished) else one for one in leaves(condition)
    ]
    return (
        frozenset(leaf.code for leaf in found if isinstance(leaf, ProfileIs)),
        frozenset(leaf.slot for leaf in found if isinstance(leaf, Is)),
        any(isinstance(leaf, Output) for leaf in found),
    )


@lru_cache(maxsize=4096)
def _strict(hold: Hold) -> Condition:
    return strictly(hold.when)


__all__ = ["FALSE", "Encoding", "Levels", "Protection", "Rails"]
