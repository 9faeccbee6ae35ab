"""A date as people know it: a day, a month, a year, an age, or between two years, in two calendars.

Afghan documents often state only a year or an age, so an uncertain date is an answer like any other.
The field turns what was typed into the earliest and the latest Gregorian day that it can mean; what
was typed is kept beside it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any, ClassVar

import jdatetime
from flask_babel import gettext, lazy_gettext
from wtforms.validators import StopValidation

from app.locale import SOLAR_MONTHS, SOLAR_MONTHS_LATIN, current_language
from app.web.controls import Control, clean, forbidden_message, plain_digits

DAY, YEAR, AGE, BETWEEN, UNKNOWN = "date", "year", "age", "between", "unknown"
KINDS = (DAY, YEAR, AGE, BETWEEN, UNKNOWN)
GREGORIAN, SOLAR = "gregorian", "solar_hijri"
CALENDARS = (GREGORIAN, SOLAR)
INPUTS: dict[str, tuple[str, ...]] = {
    DAY: ("day", "month", "year"),
    YEAR: ("only_year",),
    AGE: ("age",),
    BETWEEN: ("from_year", "to_year"),
    UNKNOWN: (),
}
PARTS = ("kind", "calendar", *(part for parts in INPUTS.values() for part in parts))
OLDEST = 125
LONGEST_PART = 20

KIND_LABELS: dict[str, object] = {
    DAY: lazy_gettext("Date"),
    YEAR: lazy_gettext("Year only"),
    AGE: lazy_gettext("Age"),
    BETWEEN: lazy_gettext("Between two years"),
    UNKNOWN: lazy_gettext("Not known"),
}
CALENDAR_LABELS: dict[str, object] = {
    GREGORIAN: lazy_gettext("Gregorian calendar"),
    SOLAR: lazy_gettext("Solar Hijri calendar"),
}
INPUT_LABELS: dict[str, object] = {
    "day": lazy_gettext("Day"),
    "month": lazy_gettext("Month"),
    "year": lazy_gettext("Year"),
    "only_year": lazy_gettext("Year"),
    "age": lazy_gettext("Age in years"),
    "from_year": lazy_gettext("From year"),
    "to_year": lazy_gettext("To year"),
}


@dataclass(frozen=True, kw_only=True)
class PartialDate:
    """What is known of a date: the earliest and latest Gregorian day, how it was stated, as typed.

    `kind` is one of KINDS (without `unknown`), `calendar` one of CALENDARS.
    """

    kind: str
    calendar: str
    earliest: date
    latest: date
    typed: Mapping[str, str] = field(default_factory=dict)


def iso_day(stated: PartialDate | None) -> str:
    """The day of a field that takes days only, as a schema reads it; empty where nothing was stated."""
    return stated.earliest.isoformat() if stated else ""


def stated_day(day: date) -> PartialDate:
    """A day as it would have been typed in the reader's own calendar, to fill a field with."""
    calendar = SOLAR if current_language().code in SOLAR_MONTHS else GREGORIAN
    shown = jdatetime.date.fromgregorian(date=day) if calendar == SOLAR else day
    typed = {"day": str(shown.day), "month": str(shown.month), "year": str(shown.year)}
    return PartialDate(kind=DAY, calendar=calendar, earliest=day, latest=day, typed=typed)


class PartialDateField(Control):
    """Birth and other dates that may be uncertain. `data` is a PartialDate or None.

    `kinds`: which ways of stating are offered; `today`: for ages and for refusing the future.
    `unknown` (a property) tells *not known* from *nothing entered*.
    """

    part: ClassVar[str] = "partial_date"
    inputs: ClassVar[dict[str, tuple[str, ...]]] = INPUTS
    input_labels: ClassVar[dict[str, object]] = INPUT_LABELS
    kind_labels: ClassVar[dict[str, object]] = KIND_LABELS
    calendar_labels: ClassVar[dict[str, object]] = CALENDAR_LABELS

    def __init__(
        self,
        label: object = None,
        *,
        kinds: tuple[str, ...] = KINDS,
        calendars: tuple[str, ...] = CALENDARS,
        future: bool = False,
        today: Callable[[], date] = lambda: datetime.now(UTC).date(),  # noqa: TID251  # a door
        **rest: Any,
    ) -> None:
        self.kinds = kinds
        self.calendars = calendars
        self.future = future
        self.today = today
        self.typed: dict[str, str] = {}
        self.wrong: frozenset[str] = frozenset()
        super().__init__(label, **rest)

    def process(self, formdata: Any, *args: Any, **options: Any) -> None:
        """Gather the parts (`<name>-<part>`); the base class knows only one input for a field."""
        super().process(None, *args, **options)
        if isinstance(self.data, PartialDate):
            self.typed = {
                **self.data.typed, "kind": self.data.kind, "calendar": self.data.calendar,
            }  # fmt: skip
        names = {part: f"{self.name}-{part}" for part in PARTS}
        if formdata is None or not any(name in formdata for name in names.values()):
            return
        hidden = False
        for part, name in names.items():
            text, forbidden = clean(formdata.get(name) or "", multiline=False)
            self.typed[part] = text
            hidden = hidden or forbidden
        self.data = None
        self.raw_data = [text for text in self.typed.values() if text]
        if hidden:
            self.process_errors.append(forbidden_message(str(self.label.text)))

    @property
    def kind(self) -> str:
        """How it was stated. Without script all inputs are in sight: the one filled in decides."""
        chosen = self.typed.get("kind") or self.kinds[0]
        if chosen not in self.kinds:
            return self.kinds[0]
        if chosen != UNKNOWN and not self._filled(chosen):
            others = [kind for kind in self.kinds if self._filled(kind)]
            if len(others) == 1:
                return others[0]
        return chosen

    @property
    def calendar(self) -> str:
        """The calendar chosen, or the reader's own."""
        chosen = self.typed.get("calendar", "")
        if chosen in self.calendars:
            return chosen
        own = SOLAR if current_language().code in SOLAR_MONTHS else GREGORIAN
        return own if own in self.calendars else self.calendars[0]

    @property
    def unknown(self) -> bool:
        """Whether *not known* was chosen."""
        return self.kind == UNKNOWN

    @property
    def is_empty(self) -> bool:
        return not self.unknown and not self._filled(self.kind)

    @property
    def anchor(self) -> str:
        parts = INPUTS[self.kind]
        first = next((part for part in parts if part in self.wrong), None)
        return f"{self.id}-{first or (parts[0] if parts else 'kind')}"

    def pre_validate(self, form: object) -> None:
        """Build `data`; raises StopValidation with what is wrong and marks the inputs."""
        super().pre_validate(form)
        if self.unknown or self.is_empty:
            self.data = None
            return
        kind, calendar = self.kind, self.calendar
        numbers = {part: self._number(part) for part in INPUTS[kind]}
        earliest, latest = self._range(kind, calendar, numbers)
        today = self.today()
        if not self.future and earliest > today:
            self._refuse(
                INPUTS[kind],
                gettext(
                    "%(label)s must not be in the future. Check the year and the calendar.",
                    **self._named,
                ),
            )
        if latest < today - timedelta(days=366 * OLDEST):
            self._refuse(
                INPUTS[kind],
                gettext(
                    "%(label)s is more than %(years)s years ago. Check the year and the calendar.",
                    years=OLDEST,
                    **self._named,
                ),
            )
        typed = {part: self.typed[part] for part in INPUTS[kind]}
        self.data = PartialDate(
            kind=kind,
            calendar=calendar,
            earliest=earliest,
            latest=latest if self.future else min(latest, today),
            typed=typed,
        )

    def month_names(self) -> str:
        """The solar months with their numbers, for the hint of the Solar Hijri calendar."""
        names = SOLAR_MONTHS.get(current_language().code, SOLAR_MONTHS_LATIN)
        return ", ".join(f"{number} {name}" for number, name in enumerate(names, 1))

    @property
    def _named(self) -> dict[str, str]:
        return {"label": str(self.label.text)}

    def _filled(self, kind: str) -> bool:
        return any(self.typed.get(part) for part in INPUTS[kind])

    def _refuse(self, parts: tuple[str, ...], message: str) -> None:
        self.wrong = frozenset(parts)
        raise StopValidation(message)

    def _number(self, part: str) -> int:
        text = plain_digits(self.typed.get(part, "")).strip()
        label = str(INPUT_LABELS[part])
        if not text:
            self._refuse(
                (part,), gettext("%(label)s must have: %(part)s.", part=label, **self._named)
            )
        if not (text.isascii() and text.isdigit()) or len(text) > 4:
            self._refuse(
                (part,), gettext("%(part)s must be a whole number, like 1998 or 7.", part=label)
            )
        return int(text)

    def _range(self, kind: str, calendar: str, numbers: dict[str, int]) -> tuple[date, date]:
        if kind == AGE:
            return self._ages(numbers["age"])
        if kind == DAY:
            day = self._day(calendar, numbers["year"], numbers["month"], numbers["day"])
            return day, day
        first = numbers["only_year"] if kind == YEAR else numbers["from_year"]
        last = numbers["only_year"] if kind == YEAR else numbers["to_year"]
        if last < first:
            self._refuse(INPUTS[kind], gettext("The second year must not be before the first."))
        opening = self._day(calendar, first, 1, 1, INPUTS[kind])
        return opening, self._day(calendar, last + 1, 1, 1, INPUTS[kind]) - timedelta(days=1)

    def _ages(self, age: int) -> tuple[date, date]:
        if age > OLDEST:
            self._refuse(("age",), gettext("Age must be %(years)s or less.", years=OLDEST))
        today = self.today()
        return _years_before(today, age + 1) + timedelta(days=1), _years_before(today, age)

    def _day(
        self, calendar: str, year: int, month: int, day: int, parts: tuple[str, ...] = INPUTS[DAY]
    ) -> date:
        if year < 1000:
            self._refuse(
                tuple(part for part in parts if "year" in part),
                gettext("Year must have four digits."),
            )
        try:
            return to_gregorian(calendar, year, month, day)
        except ValueError:
            self._refuse(
                parts,
                gettext("%(label)s must be a day that exists in its calendar.", **self._named),
            )
        raise AssertionError("unreachable: _refuse always raises")


def to_gregorian(calendar: str, year: int, month: int, day: int) -> date:
    """The Gregorian day of a date in `calendar`; ValueError for a day that does not exist."""
    if calendar == SOLAR:
        found: date = jdatetime.date(year, month, day).togregorian()
        return found
    return date(year, month, day)


def _years_before(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year - years)
    except ValueError:  # 29 February: the birthday is kept on 28 February
        return day.replace(year=day.year - years, day=28)
