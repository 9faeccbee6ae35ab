"""Inform, ask, assess: what is recorded of a person, and what follows from it at once.

Answers are append-only statements. Each time some are added the pack is asked again, in the same transaction,
and what it gives is given at once: holds, needs, deadlines, urgency. What it no longer gives is taken by
nobody but a named human (`workflows.holds`), save a hold that only stood because nobody had asked.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from config.codes import language_codes
from models.cases import Answer, Assessment, Case
from models.vocabulary import Purpose, Role
from workflows import effects, figures, losses, readings, shadowing, sides
from workflows.absence import unless_absent
from workflows.casework import open_case
from workflows.errors import ChangedMeanwhile, InvalidCommand, NotInformedYet
from workflows.policy import Act
from workflows.rules import ask
from workflows.rules.answers import Source, Statement, WhyUnknown, live, parse_value
from workflows.rules.assess import assess
from workflows.rules.assessment import Assessment as Reading
from workflows.rules.faults import AnswerError
from workflows.rules.pack import Pack
from workflows.rules.values import Facts
from workflows.work import Work

#: What can be seen at a glance, before any question (interface.md 3.3).
URGENT_NEEDS = (
    "medical",
    "injury",
    "pregnancy",
    "child_alone",
    "danger_from_companion",
    "weapon",
    "food_water",
    "distress",
)


@dataclass(frozen=True, kw_only=True)
class RecordUrgentNeeds:
    """The ticks of one look. An empty tuple says that somebody looked and saw none."""

    case_number: str
    seen: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class RecordInformation:
    """That the person was told, in which language, how, and through whom (INV-19)."""

    case_number: str
    language: str
    how: str
    interpreter: str
    understood: bool


@dataclass(frozen=True, kw_only=True)
class RecordAnswers:
    """The answers of one card: fact id to raw value, or why it is unknown.

    `seen` is the sequence of the newest answers when the page was made: of two officers who answer at once
    the second is told, and looks again before a statement is superseded that they have not seen.
    """

    case_number: str
    answers: Mapping[str, Any]
    source: Source = Source.SELF
    seen: int | None = None


@dataclass(frozen=True)
class Screened:
    """What is now true of the case."""

    case_number: str
    reading: Reading
    changed: bool


#: What an assessment is made of, and what follows from it.
_WEIGHED = (Purpose.IDENTITY, Purpose.PROTECTION, Purpose.LEGAL)


def record_urgent_needs(work: Work, command: RecordUrgentNeeds) -> Screened:
    """Record what is seen at a glance; a medical need or a child alone makes the case urgent at once.

    Raises:
        InvalidCommand: a word that is not in `URGENT_NEEDS`.
    """
    case = open_case(work, command.case_number, Act.RECORD_URGENT_NEEDS)
    if any(word not in URGENT_NEEDS for word in command.seen):
        raise InvalidCommand(field="seen")
    case.urgent_needs = sorted(set(command.seen))
    effects.urgent_tasks(work, case, command.seen)
    observed = observed_facts(readings.pack_of(work, case), command.seen)
    # Where answers are not read back, what was seen is kept all the same; it is assessed where they are.
    closed = not work.vault.opens(case.person_id, _WEIGHED)
    made = make_statements(work, case, observed, Source.OBSERVED, first=closed)
    append(work, case, made)
    return _of_these_alone(work, case, made) if closed else take_stock(work, case)


def _of_these_alone(work: Work, case: Case, made: Sequence[Statement]) -> Screened:
    """What the statements at hand mean by themselves; nothing of the case is changed by it."""
    facts = readings.put_together(work, case, made)
    reading = assess(readings.pack_of(work, case), facts, work.now.date())
    return Screened(case.number, reading, changed=False)


def observed_facts(pack: Pack, seen: Sequence[str]) -> dict[str, Any]:
    """What the ticks say in the pack's facts. A tick says yes; no tick says nothing."""
    words: dict[str, tuple[str, ...]] = {
        "medical": ("needs_doctor_now",),
        "injury": ("injuries_seen",),
        "pregnancy": ("pregnant_or_nursing",),
        # Somebody looks like a child and nobody is with them: both are seen, neither is certain of age.
        "child_alone": ("may_be_child", "travels_alone"),
        "danger_from_companion": ("fear_of_companion", "in_danger_here"),
        "weapon": ("armed_or_uniformed",),
        "food_water": ("needs_food_water",),
        "distress": ("mental_distress",),
    }
    found = (fact for word in seen for fact in words[word])
    return {fact: "yes" for fact in found if fact in pack.facts}


def inform(work: Work, command: RecordInformation) -> None:
    """Record the information step. Questions may start only now."""
    case = open_case(work, command.case_number, Act.INFORM)
    if command.interpreter == "companion":
        # Never a fellow traveller, who may be the one to be feared (INV-19).
        raise InvalidCommand(field="interpreter")
    if command.language not in language_codes():
        # The word goes into the figures as it is.
        raise InvalidCommand(field="language")
    desk = unless_absent(lambda: (case.information or {}).get("desk"), None)
    case.information = {
        # What a desk has told since stays.
        **({"desk": desk} if desk else {}),
        "at": work.now.isoformat(),
        "by": str(work.actor.user_id),
        "language": command.language,
        "how": command.how,
        "interpreter": command.interpreter,
        "understood": command.understood,
        "text_version": readings.pack_of(work, case).version,
    }
    case.informed_on = case.informed_on or work.now.date()
    case.changed_on = work.now.date()
    # Where the case cannot be opened, it is counted by whoever may open it next.
    unless_absent(lambda: figures.record(work, case, language=command.language), None)


def answer(work: Work, command: RecordAnswers, *, decided: bool = False) -> Screened:
    """Record the answers of a card and assess anew.

    `decided`: the caller has seen to it that the competent body made the decision; an officer's own word
    never counts as one.

    Raises:
        NotInformedYet: the information step is missing.
        ChangedMeanwhile: others answered since the page was made.
        InvalidCommand: an unknown fact, or a value outside its kind; `field` names the fact.
    """
    case = open_case(work, command.case_number, Act.ANSWER)
    if case.informed_on is None:
        raise NotInformedYet
    if command.source is Source.DECISION and not decided:
        raise InvalidCommand(field="source")
    nothing_newer(work, case, command.seen)
    append(work, case, make_statements(work, case, command.answers, command.source))
    return take_stock(work, case)


def nothing_newer(work: Work, case: Case, seen: int | None) -> None:
    """Refuse a page made before the newest answers. Raises ChangedMeanwhile; None asks for no check."""
    if seen is not None and seen != next_sequence(work, Answer, case) - 1:
        raise ChangedMeanwhile


def take_stock(work: Work, case: Case) -> Screened:
    """Assess anew from all that is known now, and bring holds, needs, clocks and figures into step."""
    before = readings.latest_reading(work, case)
    facts = readings.known_facts(work, case)
    reading = reassess(work, case, facts)
    figures.record(work, case, reading=reading, facts=facts)
    changed = before is None or before.as_dict() != reading.as_dict()
    return Screened(case.number, sides.reading_for(work, case) or reading, changed)


def finish(work: Work, case_number: str) -> None:
    """End the screening: from now on the post sees number and state, and no more (protection firewall)."""
    case = open_case(work, case_number, Act.FINISH_SCREENING)
    if case.informed_on is None:
        raise NotInformedYet
    case.screened_on = case.changed_on = work.now.date()
    effects.open_needs_become_tasks(work, case)


def make_statements(
    work: Work,
    case: Case,
    answers: Mapping[str, Any],
    source: Source,
    *,
    first: bool = False,
    settles: bool = False,
) -> list[Statement]:
    """The raw answers as statements; each supersedes what `workflows.sides` says it does.

    `first`: the case has just been made, so there are none before. `settles`: the person was told that the
    answers differ, and these are the right ones.
    """
    pack = readings.pack_of(work, case)
    before = [] if first else live(readings.statements(work, case))
    bodies = sides.bodies_of(work, before)
    made = []
    for fact, raw in answers.items():
        said = _statement(work, pack, fact, raw, source)
        about = [s for s in before if s.fact == fact]
        replaced = sides.replaced(pack.facts[fact], said, about, bodies, settles=settles)
        if said.why_unknown is WhyUnknown.NOT_ASKED and not replaced:
            continue
        made += [replace(said, id=uuid4().hex[:12], supersedes=old) for old in replaced or [None]]
    return made


def _statement(work: Work, pack: Pack, fact: str, raw: Any, source: Source) -> Statement:
    """One raw answer as the actor's statement, still without an id. Raises InvalidCommand."""
    definition = pack.facts.get(fact)
    if definition is None or definition.computed or definition.derived:
        raise InvalidCommand(field=fact)
    if definition.decided_by and source is not Source.DECISION:
        raise InvalidCommand(field=fact)
    try:
        value, why = parse_value(definition, raw)
    except AnswerError:
        raise InvalidCommand(field=fact) from None
    by = str(work.actor.user_id)
    return Statement(fact, value, why, source, work.now, by)


def append(
    work: Work,
    case: Case,
    made: Sequence[Statement],
    *,
    first: bool = False,
    said: Mapping[str, Any] | None = None,
    recorded_by: UUID | None = None,
) -> None:
    """Add statements to the case as one row. Nothing is ever changed or deleted (INV-34).

    `said`: what is kept beside each of them, sealed as they are (the grounds of a decision). `recorded_by`:
    who handed the screen over, where the person answered there alone.
    """
    if not made:
        return
    row = Answer(
        id=uuid4(),
        case_id=case.id,
        person_id=case.person_id,
        sequence=1 if first else next_sequence(work, Answer, case),
        recorded_by=recorded_by or work.actor.user_id,
        recorded_on=work.now.date(),
    )
    work.session.add(row)
    row.statements = [{**statement.as_dict(), **(said or {})} for statement in made]
    case.changed_on = work.now.date()
    try:
        work.session.flush()
    except IntegrityError as error:
        # Somebody else took this sequence number between our look and our write.
        raise ChangedMeanwhile from error


def next_sequence(work: Work, model: type[Answer | Assessment], case: Case) -> int:
    """The next number in a case's append-only rows; a unique constraint settles races."""
    newest = work.session.scalar(select(func.max(model.sequence)).where(model.case_id == case.id))
    return (newest or 0) + 1


def reassess(work: Work, case: Case, facts: Facts, *, first: bool = False) -> Reading:
    """Ask the pack what the case's known facts mean today, keep it, and carry out what follows.

    `first`: the case has just been made, so there is no earlier assessment to compare with.
    """
    pack = readings.pack_of(work, case)
    reading = assess(pack, facts, work.now.date())
    before = None if first else readings.latest_reading(work, case)
    kept = losses.kept_by_old_rules(work, before, pack, facts)
    if before is None or before.as_dict() != reading.as_dict():
        row = Assessment(
            id=uuid4(),
            case_id=case.id,
            person_id=case.person_id,
            sequence=1 if first else next_sequence(work, Assessment, case),
            pack=pack.code,
            pack_version=pack.version,
            pack_sha256=pack.sha256,
            as_of=work.now.date(),
        )
        work.session.add(row)
        row.content = reading.as_dict()
        sent = reading if first else sides.reading_for_all(work, case, reading)
        effects.carry_out(work, case, pack, reading, first=first, kept=kept, sent=sent)
        losses.become_tasks(work, case, before, reading)
        shadowing.beside(work, case, facts)
    return reading


def interview(work: Work, case: Case, *, private: bool) -> ask.Interview:
    """The card to show next, with its reasons, and which of the two stops is reached."""
    facts = sides.known_for(work, case)
    pack = readings.pack_of(work, case)
    return ask.interview(pack, facts, Role.BORDER_OFFICIAL, private=private, as_of=work.now.date())
