"""Fields of pack rows: words, days, whole numbers, lists, as they stand in strict YAML and in tables.

A field's message is the text after "allowed:" of a `PackError`, so that a policy officer reads what to
write. Which rows exist and which keys they have is `pack_schema.py`.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields


class Row(Schema):
    """Base of all rows: unknown keys are refused."""

    class Meta:
        """marshmallow's settings."""

        unknown = RAISE


class Text(fields.Field[str]):
    """Text, or a whole number that stands for itself; not empty."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        if isinstance(value, str | int) and str(value).strip():
            return str(value)
        raise ValidationError("text")


class Pattern(Text):
    """Text of a fixed form."""

    def __init__(self, pattern: str, allowed: str, **kwargs: Any) -> None:
        self.pattern = re.compile(pattern)
        self.allowed = allowed
        super().__init__(**kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        if isinstance(value, str | int) and self.pattern.fullmatch(str(value)):
            return str(value)
        raise ValidationError(self.allowed)


class Word(Text):
    """One of a closed list of words."""

    def __init__(self, *allowed: str, **kwargs: Any) -> None:
        self.allowed = tuple(str(word) for word in allowed)
        super().__init__(**kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        if str(value) in self.allowed:
            return str(value)
        raise ValidationError(", ".join(self.allowed))


class YesNo(fields.Field[bool]):
    """The words yes and no."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> bool:
        if value in ("yes", "no"):
            return bool(value == "yes")
        raise ValidationError("yes, no")


class Whole(fields.Field[int]):
    """A whole number, also written in a table cell."""

    def __init__(self, least: int = -(10**9), most: int = 10**9, **kwargs: Any) -> None:
        self.least, self.most = least, most
        super().__init__(**kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> int:
        if isinstance(value, str) and re.fullmatch(r"-?[0-9]{1,9}", value):
            value = int(value)
        if isinstance(value, int) and self.least <= value <= self.most:
            return value
        raise ValidationError(f"a whole number from {self.least} to {self.most}")


class Day(fields.Field[date]):
    """A day as 2026-03-01."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> date:
        if not isinstance(value, str) or len(value) != 10:
            raise ValidationError("a day as 2026-03-01")
        try:
            return date.fromisoformat(value)
        except ValueError as error:
            raise ValidationError("a day as 2026-03-01") from error


class Words(fields.Field[tuple[str, ...]]):
    """A list of texts (or one text, which is a list of one), perhaps from a closed list."""

    def __init__(self, *allowed: str, least: int = 0, **kwargs: Any) -> None:
        self.allowed = tuple(str(word) for word in allowed)
        self.least_items = least
        super().__init__(**kwargs)

    def _deserialize(
        self, value: Any, attr: str | None, data: Any, **kwargs: Any
    ) -> tuple[str, ...]:
        items = value if isinstance(value, list) else [value]
        texts = tuple(str(item) for item in items if isinstance(item, str | int) and str(item))
        if len(texts) != len(items) or len(texts) < self.least_items:
            raise ValidationError("a word or a list of words")
        if len(set(texts)) != len(texts):
            raise ValidationError("each word once")
        if self.allowed and not set(texts) <= set(self.allowed):
            raise ValidationError(f"words of: {', '.join(self.allowed)}")
        return texts


class Sources(Words):
    """One source or more; which ids exist is asked when the pack is whole."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(least=1, **{"required": True, **kwargs})


class Names(fields.Field[dict[str, str]]):
    """A map of word to text (language to name, option to label)."""

    def _deserialize(
        self, value: Any, attr: str | None, data: Any, **kwargs: Any
    ) -> dict[str, str]:
        if not isinstance(value, dict) or not value:
            raise ValidationError("a map of words to texts")
        if not all(isinstance(text, str | int) and str(text) for text in value.values()):
            raise ValidationError("a map of words to texts")
        return {str(key): str(text) for key, text in value.items()}


class Decimal(fields.Field[float]):
    """Degrees as 44.21."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> float:
        if re.fullmatch(r"-?[0-9]{1,3}(\.[0-9]{1,6})?", str(value)):
            return float(value)
        raise ValidationError("degrees as 44.21")


class Anything(fields.Field[Any]):
    """Read later, by the condition parser or by hand."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        return value
