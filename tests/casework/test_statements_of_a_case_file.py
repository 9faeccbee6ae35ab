"""What a case file costs the database: no page asks the same again and again."""

from __future__ import annotations

from collections import Counter

import pytest
from sqlalchemy import event

from tests.protection.offices import World as Office

#: As often as one page may ask the same: once for the page itself, once for each part with an act of its own.
MOST = 3


@pytest.mark.parametrize("part", ["", "?open=identity"])
def test_a_case_file_asks_for_the_post_once_and_nothing_often(office: Office, part: str) -> None:
    number, _ = office.in_care()
    page = f"/care/{number}{part}"
    office.get("desk.one", page)
    seen: Counter[tuple[str, str]] = Counter()

    def note(_c: object, _cursor: object, statement: str, given: object, *_rest: object) -> None:
        seen[(statement, repr(given))] += 1

    event.listen(office.storage.engine, "before_cursor_execute", note)
    try:
        answer = office.get("desk.one", page)
    finally:
        event.remove(office.storage.engine, "before_cursor_execute", note)
    assert answer.status_code == 200
    of_post = [n for (text, _), n in seen.items() if "WHERE post.id = " in text]
    assert of_post == [1]
    assert {text: n for (text, _), n in seen.items() if n > MOST} == {}
