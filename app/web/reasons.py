"""Why a pack says what it says, as sentences: the rules that carry a profile, the answers, the articles."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import gettext

from app.web.border.words import said, value_words
from workflows.rules.assessment import AnswerUsed, ProfileReading, RuleReading
from workflows.rules.pack import Pack


@dataclass(frozen=True)
class RuleWords:
    """A rule that carries a profile: what it says, the answers behind it, the articles."""

    says: str
    answers: tuple[tuple[str, str], ...]
    sources: tuple[str, ...]
    basis: str


@dataclass(frozen=True)
class ProfileWords:
    """An indicated profile, with its reasons."""

    name: str
    means: str
    grade: str
    rules: tuple[RuleWords, ...]


def profile_words(pack: Pack, code: str, profile: ProfileReading) -> ProfileWords:
    """A profile and why, in the reader's language."""
    return ProfileWords(
        name=said(pack, f"profile.{code}") or code,
        means=said(pack, f"profile.{code}.means") or "",
        grade=profile.grade.value,
        rules=tuple(_rule(pack, rule) for rule in profile.because),
    )


def _rule(pack: Pack, rule: RuleReading) -> RuleWords:
    return RuleWords(
        says=said(pack, f"rule.{rule.rule}") or rule.rule,
        answers=tuple(_answer(pack, used) for used in rule.answers),
        sources=tuple(source_words(pack, source) for source in rule.source),
        basis=rule.basis,
    )


def source_words(pack: Pack, source: str) -> str:
    """The title of a source."""
    row = pack.sources.get(source)
    return (said(pack, f"source.{source}") or row.title) if row else source


def fact_words(pack: Pack, slot: str) -> str:
    """What a fact asks or states."""
    return said(pack, f"fact.{slot}") or slot.replace("_", " ")


def _answer(pack: Pack, used: AnswerUsed) -> tuple[str, str]:
    fact = pack.facts.get(used.fact.partition(".")[0])
    label = fact_words(pack, used.fact)
    if used.restricted:
        return label, gettext("A restricted answer")
    if fact is None:
        return label, str(used.value)
    return label, value_words(pack, fact, used.value)
