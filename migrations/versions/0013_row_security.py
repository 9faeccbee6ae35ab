# ruff: noqa: S608  # constants of this file alone
"""PostgreSQL: rows of another agency are not there for the application's role. Nothing on SQLite.

Only the coarse boundary (agency, post, desk with a referral), not purposes: those are keys. The policy of
`referral` speaks of no other table, that of `case_file` of `referral`, all others of the case, so that
none goes round in a circle. A setting that was never made is an error, not an empty list.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_ROLE = "(SELECT current_setting('serai.role'))"
_AGENCY = "(SELECT NULLIF(current_setting('serai.agency'), '')::uuid)"
_POST = "(SELECT NULLIF(current_setting('serai.post'), '')::uuid)"
_COUNTRY = "(SELECT current_setting('serai.country'))"
_DESKS = "(SELECT string_to_array(current_setting('serai.desks'), ',')::uuid[])::uuid[]"
_WATCHED = f"({_ROLE} = 'monitor' AND post_id IN (SELECT id FROM post WHERE country = {_COUNTRY}))"

_POLICIES = {
    "referral": (
        f"{_ROLE} = 'system' OR desk_id = ANY ({_DESKS}) OR post_id = {_POST}"
        f" OR post_id IN (SELECT id FROM post WHERE agency_id = {_AGENCY}) OR {_WATCHED}"
    ),
    "case_file": (
        f"{_ROLE} = 'system' OR agency_id = {_AGENCY} OR post_id = {_POST} OR {_WATCHED}"
        " OR EXISTS (SELECT 1 FROM referral WHERE referral.case_id = case_file.id"
        f" AND referral.desk_id = ANY ({_DESKS}))"
    ),
    "person": f"{_ROLE} = 'system' OR serai_person(id)",
    "arrival": f"{_ROLE} = 'system' OR serai_person(person_id)",
    "membership": f"{_ROLE} = 'system' OR serai_person(person_id)",
    "packet": f"{_ROLE} = 'system' OR serai_referral(referral_id)",
    "letter": f"{_ROLE} = 'system' OR referral_id IS NULL OR serai_referral(referral_id)",
    "task": f"{_ROLE} = 'system' OR case_id IS NULL OR serai_case(case_id)",
    "approval": f"{_ROLE} = 'system' OR case_id IS NULL OR serai_case(case_id)",
} | dict.fromkeys(
    (
        *("answer", "assessment", "consent", "correction", "deadline", "erasure_proposal", "glass"),
        *("hold", "kept_back", "need", "pack_trial", "person_request"),
    ),
    f"{_ROLE} = 'system' OR serai_case(case_id)",
)
#: In plpgsql, so that the planner looks one row up and never reads a whole table. They run with the rights
#: of their owner: else the policies of the tables they read would be worked out for every row again (6.8 ms
#: for the holds of a case, against 0.2). Each takes an id and says only whether the caller may see it.
_FUNCTIONS = {
    "serai_case": """
        DECLARE its_agency uuid; its_post uuid;
        BEGIN
            SELECT agency_id, post_id INTO its_agency, its_post FROM case_file WHERE id = wanted;
            IF its_agency = NULLIF(current_setting('serai.agency'), '')::uuid
                OR its_post = NULLIF(current_setting('serai.post'), '')::uuid THEN
                RETURN true;
            END IF;
            IF current_setting('serai.role') = 'monitor' THEN
                RETURN EXISTS (SELECT 1 FROM post WHERE id = its_post
                    AND country = current_setting('serai.country'));
            END IF;
            RETURN EXISTS (SELECT 1 FROM referral WHERE case_id = wanted
                AND desk_id = ANY (string_to_array(current_setting('serai.desks'), ',')::uuid[]));
        END""",
    "serai_person": """
        BEGIN
            RETURN EXISTS (SELECT 1 FROM case_file WHERE person_id = wanted AND serai_case(id));
        END""",
    "serai_referral": """
        BEGIN
            RETURN EXISTS (SELECT 1 FROM referral WHERE id = wanted AND serai_case(case_id));
        END""",
}


def upgrade() -> None:
    """Apply."""
    if op.get_bind().dialect.name != "postgresql":
        return
    _role()
    schema = op.get_bind().exec_driver_sql("SELECT quote_ident(current_schema())").scalar_one()
    for name, body in _FUNCTIONS.items():
        op.execute(
            sa.text(
                f"CREATE FUNCTION {name}(wanted uuid) RETURNS boolean LANGUAGE plpgsql STABLE"
                f" SECURITY DEFINER SET search_path = {schema}, pg_temp AS $$ {body} $$"
            )
        )
    for table, seen in _POLICIES.items():
        op.execute(sa.text(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY"))
        # New rows are checked by the application alone: a person is written before their case.
        op.execute(sa.text(f"CREATE POLICY agency_new ON {table} FOR INSERT WITH CHECK (true)"))
        for act in ("SELECT", "UPDATE", "DELETE"):
            op.execute(
                sa.text(f"CREATE POLICY agency_{act.lower()} ON {table} FOR {act} USING ({seen})")
            )


def downgrade() -> None:
    """Undo. The role stays: it belongs to the whole server."""
    if op.get_bind().dialect.name != "postgresql":
        return
    for table in _POLICIES:
        for act in ("select", "update", "delete", "new"):
            op.execute(sa.text(f"DROP POLICY agency_{act} ON {table}"))
        op.execute(sa.text(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY"))
    for name in _FUNCTIONS:
        op.execute(sa.text(f"DROP FUNCTION {name}(uuid)"))


def _role() -> None:
    """Make the application's role where we may, and let it use this schema's tables, also later ones."""
    op.execute(
        sa.text(
            "DO $$ BEGIN IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'serai_app') THEN"
            " CREATE ROLE serai_app NOLOGIN; END IF;"
            " EXCEPTION WHEN insufficient_privilege OR duplicate_object OR unique_violation THEN"
            " RAISE NOTICE 'the role serai_app is not ours to make'; END $$"
        )
    )
    op.execute(
        sa.text(
            "DO $$ BEGIN IF EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'serai_app') THEN"
            " EXECUTE format('GRANT USAGE ON SCHEMA %I TO serai_app', current_schema());"
            " EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA %I TO"
            " serai_app', current_schema());"
            " EXECUTE format('ALTER DEFAULT PRIVILEGES IN SCHEMA %I GRANT SELECT, INSERT, UPDATE,"
            " DELETE ON TABLES TO serai_app', current_schema()); END IF; END $$"
        )
    )
