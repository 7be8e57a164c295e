"""A field for what the picture shows."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("queue", "0009_platforms_as_a_whole")]
    operations = [
        migrations.AddField(
            "queueitem",
            "alt_text",
            models.CharField(blank=True, default="", max_length=1000, verbose_name="alternative text"),
        )
    ]
