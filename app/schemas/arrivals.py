"""What a registration may say, for the page and for the API alike: it builds `RegisterArrival`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, ClassVar

from flask_babel import gettext
from marshmallow import ValidationError, fields, post_load, validates, validates_schema
from marshmallow.validate import Length

from app.schemas.base import Code, CommandSchema, OneOf, Text, WholeNumber
from config.codes import countries, rows
from models.vocabulary import CameBy, ContactWish, Sex
from workflows.arrivals import Birth, Companion, Document, NameForm, RegisterArrival

LONGEST_NAME = 200
DOCUMENT_KINDS = (
    "passport",
    "identity_card",
    "refugee_document",
    "stateless_document",
    "birth_certificate",
    "travel_document",
    "other",
)
_BIRTH_PARTS: dict[str, tuple[str, ...]] = {
    "date": ("year", "month", "day"),
    "year": ("year",),
    "age": ("age",),
    "between": ("year", "year_to"),
    "unknown": (),
}


def state_codes() -> frozenset[str]:
    """The codes of states, for nationalities: who has none says so in another field."""
    return frozenset(code for code, row in countries().items() if row.kind == "country")


def issuer_codes() -> frozenset[str]:
    """Every code that may stand for an issuer of documents, those of ICAO Doc 9303 included."""
    return frozenset(countries())


def language_codes() -> frozenset[str]:
    """The ISO 639-3 codes of languages.csv."""
    return frozenset(row["code"] for row in rows("languages"))


def relationship_codes() -> frozenset[str]:
    """The codes of relationships.csv."""
    return frozenset(row["code"] for row in rows("relationships"))


class NameSchema(CommandSchema):
    """One way a name is written."""

    command = NameForm

    text = Text(required=True, most=LONGEST_NAME)
    kind = OneOf({"as_given", "own_script", "document"}, load_default="as_given")

    @validates("text")
    def has_letters(self, text: str, **_: Any) -> None:
        """A name has at least one letter, of any script."""
        if not any(character.isalpha() for character in text):
            raise ValidationError(gettext("A name needs at least one letter."))


class BirthSchema(CommandSchema):
    """A birth as stated: a day, a year, an age, or between two years; Gregorian, of what calendar said."""

    command = Birth

    kind = OneOf(frozenset(_BIRTH_PARTS), load_default="unknown")
    year = WholeNumber(least=1850, most=2200)
    month = WholeNumber(least=1, most=12)
    day = WholeNumber(least=1, most=31)
    age = WholeNumber(least=0, most=125)
    year_to = WholeNumber(least=1850, most=2200)
    calendar = OneOf({"gregorian", "solar_hijri"}, load_default="gregorian")

    @validates_schema
    def fits_its_kind(self, data: Mapping[str, Any], **_: Any) -> None:
        """Exactly the parts of its kind, and a day that exists."""
        wanted = _BIRTH_PARTS[data.get("kind", "unknown")]
        given = {part for part in ("year", "month", "day", "age", "year_to") if part in data}
        if given != set(wanted):
            parts = ", ".join(wanted) or gettext("nothing")
            raise ValidationError(gettext("This needs exactly: %(parts)s.", parts=parts), "kind")
        if data.get("kind") == "date":
            try:
                date(data["year"], data["month"], data["day"])
            except ValueError:
                raise ValidationError(gettext("There is no such day."), "day") from None
        if data.get("kind") == "between" and data["year_to"] < data["year"]:
            raise ValidationError(
                gettext("The second year must not be before the first."), "year_to"
            )


class DocumentSchema(CommandSchema):
    """A document that was shown."""

    command = Document

    kind = OneOf(frozenset(DOCUMENT_KINDS), required=True)
    issuer = OneOf(issuer_codes, load_default=None, allow_none=True)
    number = Text(most=40, load_default=None, allow_none=True)


class CompanionSchema(CommandSchema):
    """Somebody registered already, by case number; the person is their `relationship`, as claimed."""

    command = Companion

    case_number = Text(required=True, most=20)
    relationship = OneOf(relationship_codes, required=True)


class ArrivalSchema(CommandSchema):
    """One screen of registration. What is not known is left out."""

    command = RegisterArrival
    sequences: ClassVar[tuple[str, ...]] = (
        "names",
        "nationalities",
        "languages",
        "documents",
        "companions",
    )

    post = Code(required=True)
    names = fields.List(fields.Nested(NameSchema), required=True, validate=Length(min=1, max=6))
    sex = fields.Enum(Sex, by_value=True, load_default=Sex.UNKNOWN)
    birth = fields.Nested(BirthSchema, load_default=Birth)
    nationalities = fields.List(OneOf(state_codes), load_default=list, validate=Length(max=4))
    no_nationality = fields.Boolean(load_default=False)
    languages = fields.List(OneOf(language_codes), load_default=list, validate=Length(max=5))
    interpreter = fields.Boolean(load_default=None, allow_none=True)
    documents = fields.List(
        fields.Nested(DocumentSchema), load_default=list, validate=Length(max=5)
    )
    phone = Text(most=40, load_default=None, allow_none=True)
    contact_wish = fields.Enum(ContactWish, by_value=True, load_default=None, allow_none=True)
    came_from = OneOf(state_codes, load_default=None, allow_none=True)
    came_by = fields.Enum(CameBy, by_value=True, load_default=None, allow_none=True)
    travels_alone = fields.Boolean(load_default=None, allow_none=True)
    companions = fields.List(
        fields.Nested(CompanionSchema), load_default=list, validate=Length(max=10)
    )

    @validates_schema
    def says_one_thing(self, data: Mapping[str, Any], **_: Any) -> None:
        """Not alone and with somebody, nor without and with a nationality."""
        if data.get("no_nationality") and data.get("nationalities"):
            raise ValidationError(
                gettext("Choose a nationality or none, not both."), "nationalities"
            )
        if data.get("travels_alone") and data.get("companions"):
            raise ValidationError(
                gettext("Choose alone or with somebody, not both."), "travels_alone"
            )

    @post_load
    def make_command(self, data: Mapping[str, Any], **_: Any) -> RegisterArrival:
        """Lists become tuples: a command does not change."""
        fixed: dict[str, Any] = {
            name: tuple(value) if name in self.sequences else value for name, value in data.items()
        }
        return RegisterArrival(**fixed)
