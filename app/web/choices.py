"""Fields where one chooses: radios, ticks with pictograms, long lists, and the four answers.

The options may be given as a sequence or as a function without arguments (read at each request, so
that labels follow the reader's language). Long lists are built once for each language.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any, ClassVar

from flask_babel import gettext, lazy_gettext
from markupsafe import Markup, escape
from wtforms.validators import StopValidation

from app.locale import country_name, current_language, language_name, sorted_by_name
from app.web.controls import Control
from app.web.pictograms import pictogram_of

YES, NO, DOES_NOT_KNOW, DECLINED, PRIVATE = "yes", "no", "does_not_know", "declined", "private"


@dataclass(frozen=True, kw_only=True)
class Option:
    """One radio or tick. `reveals` names a field of the same form shown while it is chosen.

    `pictogram` is an id of `static/pictograms.svg`. `exclusive`: a tick that clears the others.
    `lang`: BCP 47 tag when the label is not in the reader's language.
    """

    value: str
    label: object
    hint: object = None
    pictogram: str | None = None
    reveals: str | None = None
    exclusive: bool = False
    lang: str | None = None


@dataclass(frozen=True, eq=False)
class Choices:
    """The options of a select, in groups `(heading or None, ((value, label), ...))`.

    Compared by identity, so that the rendered options can be kept: build it once, not per request.
    """

    groups: tuple[tuple[str | None, tuple[tuple[str, str], ...]], ...]

    @cached_property
    def values(self) -> frozenset[str]:
        """All values that may be chosen."""
        return frozenset(value for _, options in self.groups for value, _ in options)


Options = Sequence[Option] | Callable[[], Sequence[Option]]


class OptionsControl(Control):
    """Common ground of radios and ticks: options, the field an option reveals, the first anchor."""

    def __init__(
        self,
        label: object = None,
        *,
        options: Options = (),
        inline: bool = False,
        small: bool = True,
        tiles: bool = False,
        **rest: Any,
    ) -> None:
        super().__init__(label, **rest)
        self._given = options
        self.inline = inline
        self.small = small
        self.tiles = tiles

    @cached_property
    def options(self) -> tuple[Option, ...]:
        """The options of this request."""
        return tuple(self._given() if callable(self._given) else self._given)

    def revealed(self, option: Option) -> Control | None:
        """The field shown while `option` is chosen."""
        return None if option.reveals is None else self._form[option.reveals]


class RadiosField(OptionsControl):
    """One of a few. `data` is the value or None."""

    part: ClassVar[str] = "radios"

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        self.data = (valuelist[0] or None) if valuelist else None

    def pre_validate(self, form: object) -> None:
        super().pre_validate(form)
        if self.data and self.data not in {option.value for option in self.options}:
            raise StopValidation(gettext("Choose one of the answers on this page."))

    def is_chosen(self, option: Option) -> bool:
        """Whether this option is the one."""
        return bool(self.data == option.value)


class AnswerField(RadiosField):
    """Yes, no, does not know, does not want to say; and, if offered, ask again in private."""

    def __init__(self, label: object = None, *, private: bool = False, **rest: Any) -> None:
        rest.setdefault("inline", True)
        offered = ANSWERS if not private else (*ANSWERS, IN_PRIVATE)
        super().__init__(label, options=offered, **rest)


class CheckboxesField(OptionsControl):
    """Any number of ticks. `data` is the list of values, in the order of the options."""

    part: ClassVar[str] = "checkboxes"

    def process_data(self, value: Iterable[str] | None) -> None:
        self.data = list(value or ())

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        given = set(valuelist)
        known = [option.value for option in self.options if option.value in given]
        self.data = known
        if given - set(known):
            raise ValueError(gettext("Choose from the answers on this page."))

    def pre_validate(self, form: object) -> None:
        super().pre_validate(form)
        alone = [option for option in self.options if option.exclusive and self.is_chosen(option)]
        if alone and len(self.data) > 1:
            raise StopValidation(
                gettext("Choose “%(option)s” or the others, not both.", option=alone[0].label)
            )

    def is_chosen(self, option: Option) -> bool:
        """Whether this option is ticked."""
        return option.value in self.data


class ConfirmField(Control):
    """One tick that says yes to one sentence. `data` is a bool."""

    part: ClassVar[str] = "confirm"

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        self.data = bool(valuelist and valuelist[0])


class SelectField(Control):
    """One of many, in a native list whose type-ahead works in every script. `data`: value or None."""

    part: ClassVar[str] = "select"

    def __init__(
        self,
        label: object = None,
        *,
        choices: Choices | Callable[[], Choices],
        blank: object = None,
        autocomplete: str = "off",
        **rest: Any,
    ) -> None:
        super().__init__(label, **rest)
        self._given = choices
        self.blank = blank if blank is not None else lazy_gettext("Choose")
        self.autocomplete = autocomplete

    @cached_property
    def choices(self) -> Choices:
        """The choices of this request."""
        return self._given() if callable(self._given) else self._given

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        self.data = (valuelist[0] or None) if valuelist else None

    def pre_validate(self, form: object) -> None:
        super().pre_validate(form)
        if self.data and self.data not in self.choices.values:
            raise StopValidation(gettext("Choose one from the list."))

    @property
    def options_markup(self) -> Markup:
        """The option elements."""
        return render_options(self.choices, self.data)


@lru_cache(maxsize=256)
def render_options(choices: Choices, selected: str | None) -> Markup:
    """Option elements of a list; kept, since 250 countries are the same on every page.

    Only literals of this file are Markup; values and labels come in through `format`, which escapes them.
    """
    parts: list[Markup] = []
    remaining = selected
    for heading, options in choices.groups:
        if heading is not None:
            parts.append(Markup('<optgroup label="{}">').format(heading))
        for value, label in options:
            mark = Markup(" selected") if value == remaining else Markup("")
            if value == remaining:
                remaining = None
            parts.append(
                Markup('<option value="{}"{}>{}</option>').format(value, mark, escape(label))
            )
        if heading is not None:
            parts.append(Markup("</optgroup>"))
    return Markup("").join(parts)


def country_choices(
    codes: tuple[str, ...],
    *,
    first: tuple[str, ...] = (),
    extra: tuple[tuple[str, str], ...] = (),
) -> Choices:
    """Countries by name in the reader's language: `first` (the post's neighbours) on top.

    `codes`: ISO 3166 alpha-3. `extra`: (value, label) pairs between the two, for example *none*
    and *not known*, in the reader's language.
    """
    return _country_choices(codes, first, extra, current_language().code)


def language_choices(codes: tuple[str, ...], *, first: tuple[str, ...] = ()) -> Choices:
    """Languages by name in the reader's language, those most spoken at the post on top."""
    return _language_choices(codes, first, current_language().code)


@lru_cache(maxsize=128)
def _country_choices(
    codes: tuple[str, ...],
    first: tuple[str, ...],
    extra: tuple[tuple[str, str], ...],
    _language: str,
) -> Choices:
    return _grouped(codes, first, extra, country_name)


@lru_cache(maxsize=128)
def _language_choices(codes: tuple[str, ...], first: tuple[str, ...], _language: str) -> Choices:
    return _grouped(codes, first, (), language_name)


def _grouped(
    codes: tuple[str, ...],
    first: tuple[str, ...],
    extra: tuple[tuple[str, str], ...],
    name: Callable[[str], str],
) -> Choices:
    near = [code for code in first if code in codes]
    rest = [code for code in codes if code not in near]
    groups: list[tuple[str | None, tuple[tuple[str, str], ...]]] = []
    if near:
        groups.append((gettext("Often here"), tuple((code, name(code)) for code in near)))
    if extra:
        groups.append((gettext("Other answers"), extra))
    heading = gettext("All") if groups else None
    groups.append((heading, tuple(sorted_by_name(rest, name))))
    return Choices(tuple(groups))


def _answer(value: str, label: object) -> Option:
    return Option(value=value, label=label, pictogram=pictogram_of("answer", value))


ANSWERS = (
    _answer(YES, lazy_gettext("Yes")),
    _answer(NO, lazy_gettext("No")),
    _answer(DOES_NOT_KNOW, lazy_gettext("Does not know")),
    _answer(DECLINED, lazy_gettext("Does not want to say")),
)
IN_PRIVATE = _answer(PRIVATE, lazy_gettext("Somebody else should ask this in private"))
