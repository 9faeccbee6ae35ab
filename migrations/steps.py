"""Steps that several migrations take, on both databases."""

from __future__ import annotations

import re

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


def task_kind(kind: str, *, present: bool) -> None:
    """One word more or less in the CHECK of `task.kind`, whatever words are there already."""
    if op.get_bind().dialect.name == "sqlite":
        _rebuild_tasks(kind, present=present)
        return
    checks = sa.inspect(op.get_bind()).get_check_constraints("task")
    name = "ck_task_kind_word"
    text = next(check["sqltext"] for check in checks if check["name"] == name)
    words = _changed(re.findall(r"'([^']*)'", text), kind, present=present)
    op.drop_constraint(op.f(name), "task", type_="check")
    op.create_check_constraint(op.f(name), "task", f"kind IN ({words})")


def _changed(words: list[str], kind: str, *, present: bool) -> str:
    kept = [word for word in words if word != kind]
    if present:
        kept.append(kind)
    return ", ".join(f"'{word}'" for word in kept)


def _rebuild_tasks(kind: str, *, present: bool) -> None:
    """SQLite cannot change a CHECK: the table is made anew with all its rows, keys and indexes."""
    bind = op.get_bind()
    found = bind.execute(
        sa.text("SELECT type, sql FROM sqlite_master WHERE tbl_name = 'task'")
    ).all()
    made = next(sql for what, sql in found if what == "table")
    listed = re.search(r"kind IN \(([^)]*)\)", made)
    assert listed is not None
    words = _changed(re.findall(r"'([^']*)'", listed[1]), kind, present=present)
    made = made.replace(listed[0], f"kind IN ({words})")
    indexes = [sql for what, sql in found if what == "index" and sql]
    op.execute(sa.text("ALTER TABLE task RENAME TO task_before"))
    for sql in indexes:
        op.execute(sa.text(f"DROP INDEX {sql.split()[2]}"))
    op.execute(sa.text(made))
    op.execute(sa.text("INSERT INTO task SELECT * FROM task_before"))
    op.execute(sa.text("DROP TABLE task_before"))
    for sql in indexes:
        op.execute(sa.text(sql))


def case_table(table: str, *parts: sa.Column[object] | sa.CheckConstraint, **targets: str) -> None:
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
