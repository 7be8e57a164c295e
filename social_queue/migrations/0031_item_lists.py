"""Lists of one game or one source in their order; each new index takes the place of one that another made needless."""

import django.db.models.deletion
from django.db import migrations, models

from social_queue.migrations._operations import DropOwnIndex


class Migration(migrations.Migration):

    dependencies = [
        ('queue', '0030_follow_up_rights'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='queueitem',
            index=models.Index(fields=['game', 'publish_at', 'id'], name='item_game'),
        ),
        migrations.AddIndex(
            model_name='queueitem',
            index=models.Index(fields=['source', 'publish_at', 'id'], name='item_source'),
        ),
        migrations.RemoveIndex(
            model_name='queueitem',
            name='item_cooldown',
        ),
        DropOwnIndex(
            model_name='queueitem',
            name='series',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='items', to='queue.series', verbose_name='repeat'),
        ),
    ]
