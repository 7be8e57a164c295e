"""Attempts of an outcome, a post by its platform's id and what was done to a row are found at once; two indexes go."""

import django.db.models.deletion
from django.db import migrations, models

from social_queue.migrations._operations import DropOwnIndex


def index_history(_apps, schema_editor):
    """Django's table of what people did knows no way from a row to its history. MariaDB wants a text cut."""
    cut = "(20)" if schema_editor.connection.vendor == "mysql" else ""
    schema_editor.execute(f"CREATE INDEX admin_log_row ON django_admin_log (content_type_id, object_id{cut})")


class Migration(migrations.Migration):

    dependencies = [
        ('queue', '0031_item_lists'),
        ('admin', '0003_logentry_add_action_flag_choices'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='attempt',
            index=models.Index(fields=['outcome', 'id'], name='attempt_outcome'),
        ),
        migrations.AddIndex(
            model_name='post',
            index=models.Index(fields=['external_id'], name='post_there'),
        ),
        DropOwnIndex(
            model_name='attempt',
            name='post',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='attempts', to='queue.post', verbose_name='post'),
        ),
        DropOwnIndex(
            model_name='post',
            name='item',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='posts', to='queue.queueitem', verbose_name='item'),
        ),
        migrations.RunPython(index_history, migrations.RunPython.noop, atomic=False),
    ]
