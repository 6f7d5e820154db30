"""PostgreSQL's language collations ignore the spaces between syllables; sort keys compare by code point, as SQLite does."""

from django.db import migrations

COLUMNS = (("pinyin_key", 400), ("stroke_key", 400))


def forwards(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        for name, length in COLUMNS:
            schema_editor.execute(f'ALTER TABLE people_honouree ALTER COLUMN {name} TYPE varchar({length}) COLLATE "C"')


def backwards(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        for name, length in COLUMNS:
            schema_editor.execute(f'ALTER TABLE people_honouree ALTER COLUMN {name} TYPE varchar({length}) COLLATE "default"')


class Migration(migrations.Migration):
    dependencies = [("people", "0001_initial")]
    operations = [migrations.RunPython(forwards, backwards)]
