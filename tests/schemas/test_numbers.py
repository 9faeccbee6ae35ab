"""Every whole number that somebody may send has an end, and it fits into the database's columns."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from typing import Any

import pytest

import app.schemas
from app.schemas import base
from app.schemas.base import WholeNumber

LARGEST = 2**31 - 1


def kinds(kind: type[base.Schema]) -> Iterator[type[base.Schema]]:
    for one in kind.__subclasses__():
        yield one
        yield from kinds(one)


def whole(field: Any) -> Iterator[base.fields.Integer]:
    if isinstance(field, base.fields.Integer):
        yield field
    for inner in (getattr(field, "inner", None), getattr(field, "value_field", None)):
        if inner is not None:
            yield from whole(inner)


@pytest.mark.asvs("1.4.2")
def test_every_whole_number_has_its_bounds() -> None:
    for found in pkgutil.iter_modules(app.schemas.__path__):
        importlib.import_module(f"app.schemas.{found.name}")
    seen = 0
    for kind in {one for one in kinds(base.Schema) if one.__module__.startswith("app.schemas.")}:
        for name, field in kind().fields.items():
            for number in whole(field):
                assert isinstance(number, WholeNumber), (kind.__name__, name)
                assert 0 <= number.least <= number.most <= LARGEST, (kind.__name__, name)
                for wrong in (number.least - 1, number.most + 1, 2**63, -(2**63), True, 1.5, "1"):
                    with pytest.raises(base.ValidationError):
                        number.deserialize(wrong)
                seen += 1
    assert seen >= 10
