"""What Django's migrations can't write: the full-text parts of the two databases."""

# ruff: noqa: S608  # table names are constants; what is asked travels as a parameter

from typing import Any

ENTRY = "search_searchentry"
FTS = "search_fts"
SHOWN = ("ballast", "key", "kind", "title", "url", "summary", "pinyin_key", "stroke_key", "digest")
SQLITE = (
    # One column, no positions: terms alone decide. Prefix indexes serve the beginnings of names (`n_` and 1 or 2) and of
    # pinyin (`p_` and 5; shorter ones are terms of their own).
    f"""CREATE VIRTUAL TABLE {FTS} USING fts5(terms, content='{ENTRY}', content_rowid='position', detail=none,
        columnsize=0, prefix='3 4 7', tokenize="unicode61 remove_diacritics 0 tokenchars '_-'")""",
    f"""CREATE TRIGGER search_entry_added AFTER INSERT ON {ENTRY} BEGIN
        INSERT INTO {FTS}(rowid, terms) VALUES (new.position, new.terms); END""",
    f"""CREATE TRIGGER search_entry_gone AFTER DELETE ON {ENTRY} BEGIN
        INSERT INTO {FTS}({FTS}, rowid, terms) VALUES ('delete', old.position, old.terms); END""",
    f"""CREATE TRIGGER search_entry_changed AFTER UPDATE OF position, terms ON {ENTRY} BEGIN
        INSERT INTO {FTS}({FTS}, rowid, terms) VALUES ('delete', old.position, old.terms);
        INSERT INTO {FTS}(rowid, terms) VALUES (new.position, new.terms); END""",
)
POSTGRESQL = (
    f"""ALTER TABLE {ENTRY} ADD COLUMN vector tsvector GENERATED ALWAYS AS
        (array_to_tsvector(array_remove(string_to_array(terms, ' '), ''))) STORED""",
    # What is only indexed goes out of line, so that what is counted and shown lies close together. PostgreSQL does so only
    # with rows above 2 kB: blanks, that shrink to nothing, make every row one.
    f"""ALTER TABLE {ENTRY} ADD COLUMN ballast text GENERATED ALWAYS AS
        (repeat(' ', greatest(0, 2048 - octet_length(terms)))) STORED""",
    f"ALTER TABLE {ENTRY} SET (toast_tuple_target = 512)",
    f"ALTER TABLE {ENTRY} ALTER vector SET STORAGE EXTERNAL, ALTER "
    + ", ALTER ".join(f"{column} SET STORAGE MAIN" for column in SHOWN),
    f"CREATE INDEX search_vector ON {ENTRY} USING gin (vector) WITH (fastupdate = off)",
    f'CREATE INDEX search_pinyin ON {ENTRY} (pinyin_key COLLATE "C", position)',
)


def create(apps: Any, schema_editor: Any) -> None:
    """Make them."""
    statements = SQLITE if schema_editor.connection.vendor == "sqlite" else POSTGRESQL
    with schema_editor.connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def drop(apps: Any, schema_editor: Any) -> None:
    """Remove what doesn't go with the table."""
    if schema_editor.connection.vendor == "sqlite":
        with schema_editor.connection.cursor() as cursor:
            cursor.execute(f"DROP TABLE {FTS}")
            for name in ("added", "gone", "changed"):
                cursor.execute(f"DROP TRIGGER search_entry_{name}")
    else:
        with schema_editor.connection.cursor() as cursor:
            cursor.execute("DROP INDEX search_vector")
            cursor.execute("DROP INDEX search_pinyin")
            cursor.execute(f"ALTER TABLE {ENTRY} DROP COLUMN vector, DROP COLUMN ballast")
