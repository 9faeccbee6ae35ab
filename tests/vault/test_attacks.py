"""The attack table: nothing that a writer of the databases can do makes a value open elsewhere."""

from __future__ import annotations

import pytest

from models.vault.format import DataKey
from models.vault.sealed import sealed_fields
from tests.vault.attacks import attack
from tests.vault.sample import Machine, SampleBase


@pytest.mark.asvs("11.3.3")
@pytest.mark.parametrize(
    "field", sealed_fields(SampleBase), ids=lambda field: f"{field.table}.{field.name}"
)
def test_no_attack_on_a_sealed_field_is_accepted(sqlite_machine: Machine, field):
    outcome = attack(field, sqlite_machine.provider, sqlite_machine.store)
    assert outcome.accepted == []
    assert outcome.tried > 400


@pytest.mark.postgres
def test_no_attack_is_accepted_on_postgresql(machine: Machine):
    outcome = attack(sealed_fields(SampleBase)[0], machine.provider, machine.store)
    assert outcome.accepted == []


def test_the_attacks_would_find_a_vault_that_binds_nothing(sqlite_machine: Machine, monkeypatch):
    """The attacks themselves are tested: against a key that ignores the place they must succeed."""
    honest_seal, honest_unseal = DataKey.seal, DataKey.unseal
    monkeypatch.setattr(
        DataKey,
        "seal",
        lambda key, _at, row, text, padding: honest_seal(key, b"", type(row)(int=0), text, padding),
    )
    monkeypatch.setattr(
        DataKey,
        "unseal",
        lambda key, _at, row, blob: honest_unseal(key, b"", type(row)(int=0), blob),
    )
    field = sealed_fields(SampleBase)[0]
    accepted = attack(field, sqlite_machine.provider, sqlite_machine.store).accepted
    names = {name.partition(": ")[2] for name in accepted}
    assert {"row swap", "column swap", "table swap"} <= names
