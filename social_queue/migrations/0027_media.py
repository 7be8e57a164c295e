"""Pictures and videos, each content once, in any number an item; and drafts on the platforms as long as these need."""

import django.db.models.deletion
from django.db import migrations, models


class Widen(migrations.AlterField):
    """A text column gets longer. SQLite never held it to a length, and would copy the whole table for nothing.

    https://www.sqlite.org/datatype3.html#affinity_name_examples
    """

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        if schema_editor.connection.vendor != "sqlite":
            super().database_forwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(self, app_label, schema_editor, from_state, to_state):
        self.database_forwards(app_label, schema_editor, from_state, to_state)


class Migration(migrations.Migration):

    dependencies = [
        ('queue', '0026_errands'),
    ]

    operations = [
        Widen(
            model_name='post',
            name='draft_ref',
            field=models.CharField(blank=True, max_length=4000, verbose_name='draft on the platform'),
        ),
        migrations.CreateModel(
            name='MediaFile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('sha256', models.CharField(max_length=64, unique=True)),
                ('file', models.CharField(max_length=200)),
                ('kind', models.CharField(choices=[('image', 'picture'), ('video', 'video')], max_length=10)),
                ('media_type', models.CharField(max_length=60)),
                ('width', models.PositiveIntegerField()),
                ('height', models.PositiveIntegerField()),
                ('seconds', models.FloatField(db_default=0, default=0)),
                ('bytes', models.PositiveBigIntegerField()),
                ('uploaded_at', models.DateTimeField()),
            ],
            options={
                'db_table': 'media_files',
                'default_permissions': (),
                'indexes': [models.Index(fields=['uploaded_at'], name='media_uploaded')],
            },
        ),
        migrations.CreateModel(
            name='ItemMedium',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveSmallIntegerField()),
                ('url', models.CharField(blank=True, db_default='', default='', max_length=2000)),
                ('alt', models.CharField(blank=True, db_default='', default='', max_length=1000)),
                ('item', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='media', to='queue.queueitem')),
                ('file', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='carried_by', to='queue.mediafile')),
            ],
            options={
                'db_table': 'social_media',
                'ordering': ['item', 'position'],
                'default_permissions': (),
                'constraints': [models.UniqueConstraint(fields=('item', 'position'), name='one_medium_per_position')],
            },
        ),
    ]
