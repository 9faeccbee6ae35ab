"""Steps that several migrations take, on both databases."""

from __future__ import annotations

import re
from collections.abc import Callable

import sqlalchemy as sa
from alembic import op


def refuse(table: str, verb: str) -> None:
    """Make the database refuse `verb` (UPDATE or DELETE) on every row of a table."""
    name = f"{table}_no_{verb.lower()}"
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            f"CREATE TRIGGER {name} BEFORE {verb} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{table} is kept for ever'); END"
        )
        return
    op.execute(
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{table} is kept for ever'; END $$"
    )
    op.execute(
        f"CREATE TRIGGER {name} BEFORE {verb} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()"
    )


def more_words(
    table: str, column: str, words: dict[str, str], *, present: bool, length: int | None = None
) -> None:
    """Add words to the CHECK of a column, or take them away; rows that hold one are told its other name.

    `words`: word -> what stands in its place before. `length`: of the column from here on.
    """
    bind, name = op.get_bind(), f"ck_{table}_{column}_word"
    if not present:
        for word, instead in words.items():
            renamed = f"UPDATE {table} SET {column} = :instead WHERE {column} = :word"  # noqa: S608  # names of our own tables
            op.execute(sa.text(renamed).bindparams(word=word, instead=instead))
    if bind.dialect.name == "sqlite":
        rewrite(table, _words_changed(column, words, present=present, length=length))
        return
    checks = sa.inspect(bind).get_check_constraints(table)
    text = next(check["sqltext"] for check in checks if check["name"] == name)
    listed = re.findall(r"'([^']*)'", text)
    op.drop_constraint(op.f(name), table, type_="check")
    if length is not None:
        op.alter_column(table, column, type_=sa.String(length))
    op.create_check_constraint(
        op.f(name), table, f"{column} IN ({_with(listed, words, present=present)})"
    )


def _with(listed: list[str], words: dict[str, str], *, present: bool) -> str:
    kept = [word for word in listed if word not in words]
    return ", ".join(f"'{word}'" for word in [*kept, *(words if present else ())])


def check_on(table: str, name: str, condition: str, *, present: bool) -> None:
    """Add a CHECK to a table, or take it away."""
    if op.get_bind().dialect.name != "sqlite":
        if present:
            op.create_check_constraint(op.f(name), table, condition)
        else:
            op.drop_constraint(op.f(name), table, type_="check")
        return
    said = f", CONSTRAINT {name} CHECK ({condition})"

    def change(made: str) -> str:
        if not present:
            return made.replace(said, "")
        end = made.rindex(")")
        return made[:end] + said + made[end:]

    rewrite(table, change)


def _words_changed(
    column: str, words: dict[str, str], *, present: bool, length: int | None
) -> Callable[[str], str]:
    def change(made: str) -> str:
        listed = re.search(rf"\b{column} IN \(([^)]*)\)", made)
        assert listed is not None
        kept = _with(re.findall(r"'([^']*)'", listed[1]), words, present=present)
        made = made.replace(listed[0], f"{column} IN ({kept})")
        if length is not None:
            made = re.sub(rf"(\b{column} VARCHAR)\(\d+\)", rf"\1({length})", made)
        return made

    return change


def rewrite(table: str, change: Callable[[str], str]) -> None:
    """SQLite: write the table's own text anew, as its documentation allows for a CHECK.

    Making the table anew would not do for one that others refer to: their rows would lose what they point at.
    """
    bind = op.get_bind()
    made = bind.execute(
        sa.text("SELECT sql FROM sqlite_master WHERE type = 'table' AND name = :table"),
        {"table": table},
    ).scalar_one()
    version = bind.exec_driver_sql("PRAGMA schema_version").scalar_one()
    bind.exec_driver_sql("PRAGMA writable_schema=ON")
    bind.execute(
        sa.text("UPDATE sqlite_master SET sql = :made WHERE type = 'table' AND name = :table"),
        {"made": change(made), "table": table},
    )
    bind.exec_driver_sql(f"PRAGMA schema_version={version + 1}")
    bind.exec_driver_sql("PRAGMA writable_schema=RESET")


def task_kind(kind: str, *, present: bool) -> None:
    """One word more or less in the CHECK of `task.kind`. Before it goes, delete the tasks that have it."""
    more_words("task", "kind", {kind: "still_needed"}, present=present)


def case_table(
    table: str, *parts: sa.Column[object] | sa.CheckConstraint | sa.UniqueConstraint, **targets: str
) -> None:
    """A table of rows about a case: id, case and person with keys and indexes, and `parts`.

    `targets`: the column of each further foreign key, and its table. On PostgreSQL its rows are there for
    whoever may see the case (migration 0013).
    """
    keys = {"case_id": "case_file", "person_id": "person", **targets}
    op.create_table(
        table,
        *(sa.Column(name, sa.Uuid(), nullable=False) for name in ("id", "case_id", "person_id")),
        *parts,
        *(
            sa.ForeignKeyConstraint(
                [column], [f"{target}.id"], name=op.f(f"fk_{table}_{column}_{target}")
            )
            for column, target in keys.items()
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    )
    for column in ("case_id", "person_id"):
        op.create_index(op.f(f"ix_{table}_{column}"), table, [column], unique=False)
    _guard(table)


def _guard(table: str) -> None:
    if op.get_bind().dialect.name != "postgresql":
        return
    seen = "(SELECT current_setting('serai.role')) = 'system' OR serai_case(case_id)"
    op.execute(sa.text(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY"))
    op.execute(sa.text(f"CREATE POLICY agency_new ON {table} FOR INSERT WITH CHECK (true)"))
    for act in ("SELECT", "UPDATE", "DELETE"):
        op.execute(
            sa.text(f"CREATE POLICY agency_{act.lower()} ON {table} FOR {act} USING ({seen})")
        )
