"""What a desk may say of its services in the directory."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from flask_babel import gettext
from marshmallow import ValidationError, fields, post_load

from app.schemas.base import MOST_SEEN, Code, CommandSchema, OneOf, Text, WholeNumber
from config.codes import language_codes
from models.vocabulary import AgeBand, Company, Sex
from workflows.opening import ALWAYS, DAYS, read_day
from workflows.own_services import AddService, KeepService

#: Whether hours are said at all.
UNKNOWN, ALWAYS_OPEN, WEEK = "unknown", "always", "week"
_MOST_DAYS = 60


class Hours(Text):
    """The spans of a day: `9:00-13:00, 14:00-17:30`; empty is closed."""

    def __init__(self) -> None:
        super().__init__(most=80, blank=True, load_default="")

    def _deserialize(self, value: Any, attr: str | None, data: Any, **rest: Any) -> Any:
        text = super()._deserialize(value, attr, data, **rest)
        try:
            return read_day(text)
        except ValueError:
            raise ValidationError(
                gettext("Write hours as 9:00-13:00, 14:00-17:30. Leave it empty for a closed day.")
            ) from None


class ClosedDays(Text):
    """Days, one a line: `2026-12-16` or `16.12.2026`."""

    def __init__(self) -> None:
        super().__init__(most=1000, lines=True, blank=True, load_default="")

    def _deserialize(self, value: Any, attr: str | None, data: Any, **rest: Any) -> Any:
        text = super()._deserialize(value, attr, data, **rest)
        days = tuple(_day(line.strip()) for line in text.splitlines() if line.strip())
        if len(days) > _MOST_DAYS:
            raise ValidationError(
                gettext("At most %(limit)s closed days can be kept.", limit=_MOST_DAYS)
            )
        return days


def _day(text: str) -> date:
    for form in ("%Y-%m-%d", "%d.%m.%Y"):
        try:
            return datetime.strptime(text, form).date()  # noqa: DTZ007  # a day has no zone
        except ValueError:
            # The other form may fit.
            continue
    raise ValidationError(gettext("Write each closed day on a line of its own, as 2026-12-16."))


def _several(words: Any) -> fields.List[str]:
    return fields.List(OneOf(words), load_default=list)


class _TermsSchema(CommandSchema):
    """What both a new entry and a changed one say."""

    languages = _several(language_codes)
    hours = OneOf({UNKNOWN, ALWAYS_OPEN, WEEK}, required=True)
    mon, tue, wed, thu = Hours(), Hours(), Hours(), Hours()
    fri, sat, sun = Hours(), Hours(), Hours()
    closed_days = ClosedDays()
    sexes = _several({Sex.FEMALE.value, Sex.MALE.value})
    ages = _several({band.value for band in AgeBand} - {AgeBand.UNKNOWN.value})
    companies = _several({one.value for one in Company})
    capacity = WholeNumber(least=0, most=9999, allow_none=True, load_default=None)
    open = fields.Boolean(required=True)

    @post_load
    def make_command(self, data: Mapping[str, Any], **_: Any) -> Any:
        """The command, its week put together."""
        rest = {name: value for name, value in data.items() if name not in (*DAYS, "hours")}
        if data["hours"] == WEEK and not any(data[day] for day in DAYS):
            raise ValidationError({"mon": [gettext("Write the hours of at least one day.")]})
        return self.command(
            **{
                **rest,
                "weekly": _weekly(data),
                "languages": tuple(data["languages"]),
                "sexes": tuple(Sex(code) for code in data["sexes"]),
                "ages": tuple(AgeBand(code) for code in data["ages"]),
                "companies": tuple(Company(code) for code in data["companies"]),
            }
        )


def _weekly(data: Mapping[str, Any]) -> Any:
    if data["hours"] == ALWAYS_OPEN:
        return ALWAYS
    if data["hours"] == WEEK:
        return {day: data[day] for day in DAYS if data[day]}
    return None


class KeepServiceSchema(_TermsSchema):
    """An entry that is there already."""

    command = KeepService

    service_id = fields.UUID(required=True)
    version = WholeNumber(required=True, least=0, most=MOST_SEEN)


class AddServiceSchema(_TermsSchema):
    """A new entry of a desk."""

    command = AddService

    desk = Code(required=True)
    need = Code(required=True)
    area = Code(required=True)
