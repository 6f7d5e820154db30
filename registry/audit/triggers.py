"""What makes the databases themselves refuse to change an append-only table."""

from typing import Any

SQLITE = (
    """CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table}
    BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END""",
    """CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table}
    BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END""",
)
POSTGRESQL = (
    """CREATE OR REPLACE FUNCTION {table}_refuse() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION '{table} is append-only'; END $$""",
    """CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON {table}
    FOR EACH ROW EXECUTE FUNCTION {table}_refuse()""",
    """CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION {table}_refuse()""",
)
REMOVE = {
    "sqlite": ("DROP TRIGGER IF EXISTS {table}_no_update", "DROP TRIGGER IF EXISTS {table}_no_delete"),
    "postgresql": (
        "DROP TRIGGER IF EXISTS {table}_no_change ON {table}",
        "DROP TRIGGER IF EXISTS {table}_no_truncate ON {table}",
    ),
}


def install(connection: Any, table: str) -> None:
    """Make the database refuse UPDATE, DELETE and TRUNCATE on the table."""
    for statement in SQLITE if connection.vendor == "sqlite" else POSTGRESQL:
        with connection.cursor() as cursor:
            cursor.execute(statement.format(table=table))


def remove(connection: Any, table: str) -> None:
    """Take the refusal away again (migrations backwards, and the suite's own clean-up)."""
    for statement in REMOVE[connection.vendor]:
        with connection.cursor() as cursor:
            cursor.execute(statement.format(table=table))
