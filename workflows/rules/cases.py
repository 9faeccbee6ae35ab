"""Do the packs do right by the published cases and the invented persons of their vignettes?

Each expectation is one row with hit or miss, for a table; nothing is averaged. Also the reading of
`expect` and of invariants against one assessment, which the proofs build upon later.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from models.vocabulary import Action, Grade, HoldCause
from workflows.rules.answers import facts_from_raw
from workflows.rules.assess import assess
from workflows.rules.assessment import Assessment
from workflows.rules.computed import with_computed
from workflows.rules.conditions import AtLeast, Condition, Output
from workflows.rules.country_words import KINDS, clock_words, country_word, whole_clock
from workflows.rules.faults import AnswerError, PackError
from workflows.rules.pack import Pack
from workflows.rules.pack_model import Invariant, Vignette
from workflows.rules.reading import CERTAINLY, View, truth
from workflows.rules.row_words import LEDGER, OF_NEEDS, ledger_word
from workflows.rules.values import Facts
from workflows.rules.words import GRADES


@dataclass(frozen=True, slots=True)
class Row:
    """One expectation of one vignette: kind require, referrals, forbid, must_not_label, expect."""

    case: str
    person: str
    pack: str
    kind: str
    item: str
    hit: bool
    found: str


def check(packs: Mapping[str, Pack], vignettes: Iterable[Vignette]) -> list[Row]:
    """Run every vignette with the pack it names. Raises `PackError` for facts that do not fit."""
    rows: list[Row] = []
    for vignette in vignettes:
        pack = packs.get(vignette.pack)
        if pack is None:
            allowed = f"one of: {', '.join(packs)}"
            raise PackError(vignette.file, 0, f"the pack {vignette.pack}", allowed)
        assessment = assess(pack, vignette_facts(pack, vignette), vignette.as_of)
        rows.extend(
            Row(vignette.case, vignette.person, pack.code, *result)
            for result in _results(pack, assessment, vignette)
        )
    return rows


def vignette_facts(pack: Pack, vignette: Vignette) -> Facts:
    """The vignette's answers as facts of `pack`. Raises `PackError` naming fact and file."""
    for fact in vignette.raw_facts:
        if fact not in pack.facts:
            raise PackError(vignette.file, 0, f"the fact {fact}", f"facts of the pack {pack.code}")
    try:
        return facts_from_raw(pack.facts, vignette.raw_facts)
    except AnswerError as error:
        found = f"{error.fact}: {vignette.raw_facts[error.fact]!r}"
        raise PackError(vignette.file, 0, found, error.allowed) from error


def _results(
    pack: Pack, now: Assessment, vignette: Vignette
) -> Iterator[tuple[str, str, bool, str]]:
    functions = {need.function for need in now.needs.values()}
    for code in vignette.require:
        found = _grade(now, code)
        yield "require", code, GRADES.index(found) >= 2, found.value
    for function in vignette.referrals:
        needs = [id_ for id_, need in now.needs.items() if need.function == function]
        yield "referrals", function, function in functions, ", ".join(needs) or "no such need"
    for action in vignette.forbid:
        yield "forbid", action.value, action in now.shut, _shut_by(now, action)
    for code in vignette.must_not_label:
        found = _grade(now, code)
        yield "must_not_label", code, GRADES.index(found) <= 1, found.value
    for key, wanted in vignette.expect.items():
        found_word = output_word(
            pack, now, key, cause=wanted.startswith("by "), whole=";" in wanted
        )
        yield "expect", f"{key}: {wanted}", _meets(found_word, wanted), found_word


def _shut_by(now: Assessment, action: Action) -> str:
    """The holds that shut an action: those that evidence carries, or that only precaution does."""
    shutting = {id_: hold for id_, hold in now.holds.items() if action in hold.shuts}
    carried = [id_ for id_, hold in shutting.items() if hold.by is HoldCause.EVIDENCE]
    if carried or not shutting:
        return ", ".join(carried) or "open"
    return f"by precaution only: {', '.join(shutting)}"


def _grade(now: Assessment, code: str) -> Grade:
    reading = now.profiles.get(code)
    return reading.grade if reading else Grade.NOT_INDICATED


def output_word(
    pack: Pack, now: Assessment, key: str, *, cause: bool = False, whole: bool = False
) -> str:
    """What the pack says, in the word that `expect` has for `key`.

    `cause`: of a hold `by evidence` or `by precaution`; only the first is sticky. `whole`: of a deadline all
    that its row says, with what starts it.
    """
    if key.partition(" ")[0] in KINDS:
        return country_word(pack, now, key)
    if whole and key.startswith("deadline "):
        name = key.partition(" ")[2]
        running = next((d for d in now.deadlines if d.id == name), None)
        return whole_clock(pack, running) if running else "not running"
    if not cause:
        return _output(now, key, pack)
    hold = now.holds.get(key.partition(" ")[2])
    return "off" if hold is None else f"by {hold.by.value}"


def _output(now: Assessment, key: str, pack: Pack | None = None) -> str:
    kind, _, name = key.partition(" ")
    if pack is not None and name and kind in LEDGER:
        return _of_ledger(pack, now, kind, name)
    match kind:
        case "deadline":
            return next((clock_words(d) for d in now.deadlines if d.id == name), "not running")
        case "profile":
            return _grade(now, name).value
        case "need":
            return "yes" if name in now.needs else "no"
        case "hold":
            return "on" if name in now.holds else "off"
        case "action":
            return "shut" if Action(name) in now.shut else "open"
        case _:
            return now.urgency.value


def _of_ledger(pack: Pack, now: Assessment, kind: str, name: str) -> str:
    """A word of the ledger, for somebody whom it concerns."""
    if kind == "lift":
        return ledger_word(pack, kind, name) if name in now.holds else "off"
    if kind in OF_NEEDS and name not in now.needs:
        return "no such need"
    return ledger_word(pack, kind, name)


def _meets(found: str, wanted: str) -> bool:
    word = wanted.rstrip("+-")
    if found == word:
        return True
    if wanted == word:
        return False
    levels = [grade.value for grade in GRADES]
    if found not in levels or word not in levels:
        return False
    higher = levels.index(found) > levels.index(word)
    return higher if wanted.endswith("+") else not higher


def broken(pack: Pack, facts: Facts, now: Assessment) -> list[Invariant]:
    """Invariants of the forms `never` and `whenever ... then` that this one person breaks."""
    grades = {code: _levels(reading.grade) for code, reading in now.profiles.items()}
    view = View(with_computed(pack, facts, now.as_of), pack.derived, grades)
    found: list[Invariant] = []
    for invariant in pack.invariants.values():
        if invariant.condition is None or not _so(invariant.condition, view, now):
            continue
        if invariant.then is None or not _so(invariant.then, view, now):
            found.append(invariant)
    return found


def _levels(grade: Grade) -> tuple[int, int]:
    level = GRADES.index(grade)
    return level, level


def _so(condition: Condition, view: View, now: Assessment) -> bool:
    """Whether the condition certainly holds, outputs read from the assessment."""
    if isinstance(condition, AtLeast):
        return sum(_so(part, view, now) for part in condition.parts) >= condition.n
    if isinstance(condition, Output):
        return _output(now, f"{condition.kind} {condition.id}") == condition.word
    return truth(condition, view) == CERTAINLY


__all__ = ["Row", "broken", "check", "clock_words", "ledger_word", "output_word", "vignette_facts"]
