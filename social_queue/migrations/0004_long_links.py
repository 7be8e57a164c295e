"""Plain links as long as they get, and items found by their reference alone."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("queue", "0003_key_minutes")]
    operations = [
        migrations.AlterField(
            "post", "short_link", models.CharField(blank=True, max_length=2500, verbose_name="short link")
        ),
        migrations.AddIndex("queueitem", models.Index(fields=["reference"], name="item_reference")),
    ]
