"""A process of its own that adds persons to the index and prints their ids; run by the tests."""

from __future__ import annotations

import sys
from datetime import date
from uuid import uuid4

from sqlalchemy.orm import Session

from models.vault.engine import prepare_engine
from models.vault.index import Entry, NameIndex
from models.vault.providers import EnvProvider


def main(url: str, material: str, name: str, persons: int) -> None:
    engine = prepare_engine(url, production=False).execution_options(sqlite_begin="IMMEDIATE")
    index = NameIndex(EnvProvider.open(material, production=False))
    for number in range(persons):
        person = uuid4()
        with Session(engine) as session:
            index.add(
                session, [Entry(person, frozenset({name, f"{name}{number}"}))], on=date(2026, 1, 1)
            )
            session.commit()
        sys.stdout.write(f"{person}\n")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4]))
