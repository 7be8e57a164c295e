"""Columns that came after 0.1.0 are filled by the database, so that a version before goes on laying rows down."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('queue', '0018_recalled'),
    ]

    operations = [
        migrations.AlterField(
            model_name='apikey',
            name='minute_cards',
            field=models.PositiveIntegerField(db_default=0, default=0, editable=False),
        ),
        migrations.AlterField(
            model_name='queueitem',
            name='alt_text',
            field=models.CharField(blank=True, db_default='', default='', max_length=1000, verbose_name='alternative text'),
        ),
        migrations.AlterField(
            model_name='webhooklog',
            name='body_sha256',
            field=models.CharField(blank=True, db_default='', default='', editable=False, max_length=64, verbose_name='SHA-256 of the body'),
        ),
        migrations.AlterField(
            model_name='webhooklog',
            name='body_size',
            field=models.PositiveBigIntegerField(db_default=0, default=0, editable=False, verbose_name='size of the body'),
        ),
        migrations.AlterField(
            model_name='webhooklog',
            name='network',
            field=models.CharField(blank=True, db_default='', default='', editable=False, max_length=45),
        ),
        migrations.AlterField(
            model_name='webhooklog',
            name='repeats',
            field=models.PositiveIntegerField(db_default=0, default=0, editable=False, verbose_name='and so many more'),
        ),
        migrations.AlterField(
            model_name='webhooksource',
            name='same_bytes_once',
            field=models.BooleanField(db_default=True, default=True, help_text='Plain HMAC signs the body alone: without this, whoever has seen a delivery can send it again under another id. Off only for a sender whose bodies repeat on purpose.', verbose_name='the same bytes are one delivery'),
        ),
    ]
