"""Uploaded pictures get names that nobody can guess; no column changes, so no table is written anew."""

from django.db import migrations, models

import social_queue.models.items


class Migration(migrations.Migration):
    dependencies = [("queue", "0007_outcomes_of_repeats_and_sites")]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AlterField(
                    model_name="queueitem",
                    name="image",
                    field=models.ImageField(
                        blank=True, upload_to=social_queue.models.items.picture_name, verbose_name="picture"
                    ),
                ),
            ],
        ),
    ]
