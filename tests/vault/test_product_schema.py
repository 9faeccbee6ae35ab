"""The same attacks and rules on every sealed field that the product really has."""

from __future__ import annotations

import pkgutil
from importlib import import_module

import pytest
from sqlalchemy import LargeBinary

import models
from models.base import Base
from models.vault.column import SealedColumn
from models.vault.sealed import sealed_fields
from models.vocabulary import PERSON_PURPOSES, Purpose
from tests.vault.attacks import attack
from tests.vault.sample import Machine

for module in pkgutil.iter_modules(models.__path__):
    if not module.ispkg:
        import_module(f"models.{module.name}")

FIELDS = sealed_fields(Base)
#: Sealed with `KeyProvider.seal_blob`, since it belongs to no one person.
OF_NOBODY = {
    *{"name_segment.payload", "stat_period.payload", "stat_exact.payload"},
    *{"agency_key.secret", "room.extra_note"},
}
#: Sealed as a stream under a key of its own (`models.vault.chunks`; attacked in test_chunks.py).
STREAMS = {"document_piece.payload"}
#: SHA-256 of sealed values, by which the log tells that one was changed.
DIGESTS = {"log_entry.wrote"}
#: Sealed to an agency outside (HPKE): nobody here can open it, not even with every key of this installation.
FOR_OTHERS = {"outside_parcel.raw"}


@pytest.mark.parametrize("field", FIELDS, ids=lambda field: f"{field.table}.{field.name}")
def test_no_attack_on_a_field_of_the_product_is_accepted(sqlite_machine: Machine, field):
    outcome = attack(field, sqlite_machine.provider, sqlite_machine.store)
    assert outcome.accepted == []
    assert outcome.tried > 400


def test_every_sealed_column_belongs_to_a_sealed_field_and_is_loaded_on_demand_only():
    assert len(FIELDS) >= 20
    for mapper in Base.registry.mappers:
        for prop in mapper.column_attrs:
            column = prop.columns[0]
            if isinstance(column.type, SealedColumn) and str(column) not in OF_NOBODY:
                assert "sealed" in column.info, prop
                assert prop.deferred, prop


def test_every_owner_of_sealed_rows_can_be_found():
    sealed_tables = {field.table for field in FIELDS}
    for mapper in Base.registry.mappers:
        if mapper.local_table.name in sealed_tables:
            model = mapper.class_
            assert hasattr(model, "sealed_owner") or "person_id" in mapper.columns, model
            assert "id" in mapper.columns, model


def test_no_binary_column_is_stored_beside_the_vault_without_being_sealed():
    plain = {
        str(column)
        for table in Base.metadata.tables.values()
        for column in table.columns
        if isinstance(column.type, LargeBinary)
    }
    assert plain <= OF_NOBODY | STREAMS | DIGESTS | FOR_OTHERS


def test_every_purpose_of_a_sealed_field_is_one_that_gets_keys():
    assert {field.purpose for field in FIELDS} <= {*PERSON_PURPOSES, Purpose.ACCOUNT}
