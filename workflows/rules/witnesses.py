"""The persons of a pack's vignettes as assignments, and what is expected of them as terms.

So each changed pack is tried on all of them at once. What a vignette expects and this pack does not
give is left out: it cannot notice anything.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from workflows.rules.assess import assess
from workflows.rules.assessment import Assessment
from workflows.rules.cases import vignette_facts
from workflows.rules.computed import with_computed
from workflows.rules.pack import Pack
from workflows.rules.pack_model import Vignette
from workflows.rules.proof_encoding import Encoding, Protection
from workflows.rules.proof_terms import FALSE, Crowd, Term
from workflows.rules.row_words import LEDGER, ledger_word
from workflows.rules.slip_clocks import clock_of
from workflows.rules.values import Facts
from workflows.rules.words import GRADES, URGENCIES

#: Outputs by what they are.
Outputs = Mapping[Protection, Term]

#: A group of vignettes' persons, and output -> (who must have it, who must not), a bit for each.
_Group = tuple[Crowd, dict[Protection, tuple[int, int]]]

#: So many groups of one are kept before all are put together again.
_GROUPS = 24


@dataclass
class Witnesses:
    """All vignettes of one pack."""

    pack: Pack
    encoding: Encoding
    #: Words expected of consent, routes and packets, by key as in a vignette.
    ledger: dict[str, str] = field(default_factory=dict)
    #: By deadline: the word expected, and the person as this pack sees them.
    clocks: dict[str, list[tuple[str, Assessment, Facts]]] = field(default_factory=dict)
    groups: list[_Group] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.vignettes = [v for v in self.pack.vignettes if v.pack == self.pack.code]
        self.groups = [self._group(self.vignettes)]
        for vignette in self.vignettes:
            self._beside(vignette)

    @property
    def crowd(self) -> Crowd:
        """The persons of the pack's own vignettes."""
        return self.groups[0][0]

    def add(self, vignette: Vignette) -> None:
        """One more, proposed or written."""
        self.vignettes.append(vignette)
        self._beside(vignette)
        self.groups.append(self._group([vignette]))
        if len(self.groups) > _GROUPS:
            self.groups = [self._group(self.vignettes)]

    def _group(self, vignettes: list[Vignette]) -> _Group:
        person = self.encoding.person
        values: dict[int, int] = {}
        for i, vignette in enumerate(vignettes):
            known = with_computed(self.pack, vignette_facts(self.pack, vignette), vignette.as_of)
            for term in person.assigned(known):
                values[term >> 1] = values.get(term >> 1, 0) | 1 << i
        crowd = Crowd(self.encoding.terms, values, len(vignettes))
        wanted: dict[Protection, tuple[int, int]] = {}
        outputs = self.encoding.outputs()
        for i, vignette in enumerate(vignettes):
            for key, so in _expected(vignette):
                if bool(crowd.bits(outputs.get(key, FALSE)) >> i & 1) == so:
                    yes, no = wanted.get(key, (0, 0))
                    wanted[key] = (yes | so << i, no | (not so) << i)
        return crowd, wanted

    def _beside(self, vignette: Vignette) -> None:
        clocks: dict[str, str] = {}
        for key, word in vignette.expect.items():
            kind, _, id_ = key.partition(" ")
            if kind in LEDGER and id_ and ledger_word(self.pack, kind, id_) == word:
                self.ledger[key] = word
            if kind == "deadline":
                clocks[id_] = word
        if clocks:
            known = with_computed(self.pack, vignette_facts(self.pack, vignette), vignette.as_of)
            now = assess(self.pack, known, vignette.as_of)
            for id_, word in clocks.items():
                self.clocks.setdefault(id_, []).append((word, now, known))

    def notice(self, changed: Mapping[Protection, Term]) -> bool:
        """Whether some vignette misses what it expects; `changed` holds the outputs that differ."""
        for crowd, wanted in self.groups:
            for key, term in changed.items():
                yes, no = wanted.get(key, (0, 0))
                if (yes or no) and (crowd.bits(term) & no or ~crowd.bits(term) & yes):
                    return True
        return False

    def notice_beside(self, pack: Pack, keys: Iterable[str]) -> bool:
        """Whether what is said beside conditions is not as some vignette says."""
        for key in keys:
            kind, _, id_ = key.partition(" ")
            if key in self.ledger and ledger_word(pack, kind, id_) != self.ledger[key]:
                return True
        return False

    def notice_clock(self, pack: Pack, deadline: str) -> bool:
        """Whether a deadline is not as some vignette says of its person."""
        return any(
            clock_of(pack, deadline, now, known, whole=";" in word) != word
            for word, now, known in self.clocks.get(deadline, [])
        )


def _expected(vignette: Vignette) -> Iterator[tuple[Protection, bool]]:
    possible = GRADES[2].value
    for code in vignette.require:
        yield Protection("profile", code, possible), True
    for code in vignette.must_not_label:
        yield Protection("profile", code, possible), False
    for function in vignette.referrals:
        yield Protection("function", function, ""), True
    for action in vignette.forbid:
        yield Protection("action", action.value, "shut"), True
    for key, wanted in vignette.expect.items():
        kind, _, id_ = key.partition(" ")
        yield from _meant(kind, id_, wanted)


def _meant(kind: str, id_: str, wanted: str) -> Iterator[tuple[Protection, bool]]:
    match kind:
        case "profile":
            yield from _grade(id_, wanted)
        case "urgency" if not id_:
            levels = [urgency.value for urgency in URGENCIES]
            for word in levels[1:]:
                yield Protection("urgency", "", word), levels.index(wanted) >= levels.index(word)
        case "need":
            yield Protection("need", id_, ""), wanted == "yes"
        case "action":
            yield Protection("action", id_, "shut"), wanted == "shut"
        case "hold":
            yield Protection("hold", id_, ""), wanted != "off"
            if wanted.startswith("by "):
                yield Protection("hold", id_, "by evidence"), wanted == "by evidence"


def _grade(code: str, wanted: str) -> Iterator[tuple[Protection, bool]]:
    word = wanted.rstrip("+-")
    level = next(i for i, grade in enumerate(GRADES) if grade.value == word)
    if not wanted.endswith("-") and level:
        yield Protection("profile", code, word), True
    if not wanted.endswith("+") and level < len(GRADES) - 1:
        yield Protection("profile", code, GRADES[level + 1].value), False
