"""MySQL and MariaDB compare text without case by default; codes and keys that others chose must be compared exactly."""

from django.db import migrations

_EXACT = [
    ("social_posts", "code", "varchar(16)", "NOT NULL"),
    ("social_queue", "idempotency_key", "varchar(200)", "NULL"),
    ("social_queue", "reference", "varchar(200)", "NULL"),
    ("webhooks_log", "delivery_id", "varchar(190)", "NULL"),
]


def compare_exactly(apps, schema_editor):
    if schema_editor.connection.vendor != "mysql":
        return
    for table, column, kind, null in _EXACT:
        schema_editor.execute(
            f"ALTER TABLE `{table}` MODIFY `{column}` {kind} CHARACTER SET utf8mb4 COLLATE utf8mb4_bin {null}"
        )


class Migration(migrations.Migration):
    # MySQL and MariaDB can't take an ALTER TABLE back, so Django refuses it inside a transaction.
    atomic = False
    dependencies = [("queue", "0001_initial")]
    operations = [migrations.RunPython(compare_exactly, migrations.RunPython.noop)]
