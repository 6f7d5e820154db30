"""The database itself refuses to change the audit trail."""

from django.db import migrations

from registry.audit.triggers import install, remove


def forwards(apps, schema_editor):
    install(schema_editor.connection, "audit_auditentry")


def backwards(apps, schema_editor):
    remove(schema_editor.connection, "audit_auditentry")


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]
    operations = [migrations.RunPython(forwards, backwards)]
