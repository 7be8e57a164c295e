"""API_RATE_LIMIT counts a key's requests a minute in the key's own row, so that every process counts alike."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("queue", "0002_exact_text")]
    operations = [
        migrations.AddField("apikey", "minute_requests", models.PositiveIntegerField(default=0, editable=False)),
        migrations.AddField("apikey", "minute_started_at", models.DateTimeField(blank=True, editable=False, null=True)),
    ]
