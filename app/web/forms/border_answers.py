"""The form of one card: a field for each question, made from the pack once for a card and language."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import lru_cache
from typing import Any

from flask_babel import gettext

from app.web.border.words import option_word, said
from app.web.dates import BETWEEN, DAY, GREGORIAN, UNKNOWN, YEAR, PartialDate
from app.web.fields import (
    DECLINED,
    DOES_NOT_KNOW,
    AnswerField,
    CheckboxesField,
    Choices,
    HiddenField,
    IntegerField,
    Option,
    PartialDateField,
    RadiosField,
    SelectField,
    SubmitField,
    TextField,
    country_choices,
    language_choices,
)
from app.web.forms.base import PageForm
from app.web.forms.border import today
from app.web.pictograms import pictogram_of
from config.codes import countries, rows
from workflows.cards import QuestionShown
from workflows.rules.answers import Source
from workflows.rules.pack import Pack
from workflows.rules.pack_model import Fact

_PREFIX, _SETTLES = "q_", "s_"
_NONE = "none"
_FEW = 8


class AnswersForm(PageForm):
    """What every card carries: which answers the page was made from, and the button."""

    seen = HiddenField(max_length=12)


def form_for(
    pack: Pack, questions: Iterable[QuestionShown], language: str, *, at_desk: bool = False
) -> type[AnswersForm]:
    """The form class of these questions. At a desk nothing is left to a private talk: it is one."""
    facts = tuple((question.fact.id, question.differs) for question in questions)
    return _form_class(pack, facts, language, at_desk=at_desk)


@lru_cache(maxsize=512)
def _form_class(
    pack: Pack, facts: tuple[tuple[str, bool], ...], _language: str, *, at_desk: bool
) -> type[AnswersForm]:
    fields: dict[str, Any] = {}
    for id_, differs in facts:
        fields[_PREFIX + id_] = _field(pack, pack.facts[id_], private=not at_desk)
        if differs and at_desk:
            fields[_SETTLES + id_] = TextField(gettext("Why this answer is the right one"))
    if at_desk:
        fields["source"] = _source()
    fields["submit"] = SubmitField(gettext("Save and go on"))
    return type("CardForm", (AnswersForm,), fields)


def _source() -> RadiosField:
    """Whose word the answers are; what is looked at is the officer's own in any case."""
    options = (
        Option(value=Source.SELF.value, label=gettext("The person")),
        Option(value=Source.DOCUMENT.value, label=gettext("A document")),
        Option(value=Source.THIRD_PARTY.value, label=gettext("Somebody else, in their place")),
    )
    return RadiosField(gettext("Who answered"), options=options, inline=True)


def settling_field(form: AnswersForm, fact: str) -> Any:
    """The field for why an answer settles a difference; None where nothing differs."""
    name = _SETTLES + fact
    return form[name] if name in form else None  # noqa: SIM401  # a form is no mapping


def field_of(form: AnswersForm, fact: str) -> Any:
    """The field of a question."""
    return form[_PREFIX + fact]


def _field(pack: Pack, fact: Fact, *, private: bool) -> Any:
    label = said(pack, f"fact.{fact.id}") or fact.ask
    if fact.kind == "yes-no":
        return AnswerField(label, private=private)
    if fact.kind in ("years", "quantity"):
        return IntegerField(
            label,
            least=0 if fact.least is None else fact.least,
            most=9999 if fact.most is None else fact.most,
        )
    if fact.kind == "date":
        kinds = (DAY, YEAR, BETWEEN, UNKNOWN)
        return PartialDateField(label, kinds=kinds, today=today)
    if fact.kind == "several":
        options = [_option(o, option_word(pack, fact, o)) for o in fact.options]
        none = Option(
            value=_NONE,
            label=gettext("None of these"),
            exclusive=True,
            pictogram=pictogram_of("answer", _NONE),
        )
        return CheckboxesField(label, options=(*options, none))
    return _choice(pack, fact, label)


def _choice(pack: Pack, fact: Fact, label: str) -> Any:
    if fact.open_list == "countries":
        codes = tuple(code for code, row in countries().items() if row.kind == "country")
        unknown = (
            (DOES_NOT_KNOW, gettext("Does not know")),
            (DECLINED, gettext("Does not want to say")),
        )
        return SelectField(label, choices=lambda: country_choices(codes, extra=unknown))
    if fact.open_list == "languages":
        codes = tuple(row["code"] for row in rows("languages"))
        return SelectField(label, choices=lambda: language_choices(codes))
    words = [(option, option_word(pack, fact, option)) for option in fact.options]
    words += [
        (DOES_NOT_KNOW, gettext("Does not know")),
        (DECLINED, gettext("Does not want to say")),
    ]
    if len(words) <= _FEW:
        options = tuple(_option(value, word) for value, word in words)
        return RadiosField(label, options=options, inline=True)
    choices = Choices(((None, tuple(words)),))
    return SelectField(label, choices=choices)


def _option(value: str, label: str) -> Option:
    drawn = pictogram_of("option", value) or pictogram_of("answer", value)
    return Option(value=value, label=label, pictogram=drawn)


def shown_data(questions: Iterable[QuestionShown]) -> dict[str, Any]:
    """The answers so far, as data of the form's fields."""
    return {_PREFIX + q.fact.id: shown_value(q) for q in questions}


def shown_value(question: QuestionShown) -> Any:
    """One answer so far, as its field shows it."""
    kind, value = question.fact.kind, question.value
    if value is None:
        return question.why_unknown if kind in ("yes-no", "choice") else None
    if kind == "yes-no":
        return value
    if kind == "choice":
        words = value["one of"]
        return words[0] if len(words) == 1 else None
    if kind == "several":
        return [item for item, so in value.items() if so == "yes"]
    if kind == "date":
        return _partial(value)
    return value[0] if value[0] == value[1] else None


def _partial(value: list[str | None]) -> PartialDate | None:
    first, last = (date.fromisoformat(day) if day else None for day in value)
    if first is None or last is None:
        return None
    if first == last:
        typed = {"day": str(first.day), "month": str(first.month), "year": str(first.year)}
        return PartialDate(kind=DAY, calendar=GREGORIAN, earliest=first, latest=last, typed=typed)
    typed = {"from_year": str(first.year), "to_year": str(last.year)}
    return PartialDate(kind=BETWEEN, calendar=GREGORIAN, earliest=first, latest=last, typed=typed)


def raw_answer(field: Any, fact: Fact) -> Any:
    """What a field says, as a raw answer of the pack format; None where nothing was said."""
    data = field.data
    if fact.kind == "date":
        if data is None:
            return DOES_NOT_KNOW if field.typed.get("kind") == UNKNOWN else None
        return f"{data.earliest.isoformat()}..{data.latest.isoformat()}"
    if fact.kind == "several":
        if not data:
            return None
        return _NONE if _NONE in data else dict.fromkeys(data, "yes")
    return data


def as_before(question: QuestionShown, field: Any, raw: Any) -> bool:
    """Whether an answer only repeats what is recorded: then no statement is made."""
    shown = shown_value(question)
    if question.fact.kind == "date" and isinstance(shown, PartialDate):
        # An age is shown as two years, which say less than the days that are recorded.
        stated = field.data
        same = (shown.kind, shown.calendar, dict(shown.typed))
        return stated is not None and (stated.kind, stated.calendar, dict(stated.typed)) == same
    if question.fact.kind == "several" and isinstance(question.value, dict):
        before = {item: so for item, so in question.value.items() if so == "yes"}
        return bool(raw == before)
    return bool(raw == shown)
