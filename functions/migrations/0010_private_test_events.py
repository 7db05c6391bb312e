"""Let a test event belong to one visitor: the same name may stand for several events."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("functions", "0009_log_sizes_and_tags")]

    operations = [
        migrations.AddField(
            model_name="testevent",
            name="owner",
            field=models.CharField(blank=True, default="", max_length=64),
        ),
        migrations.RemoveConstraint(model_name="testevent", name="one_test_event_a_name"),
        migrations.AddConstraint(
            model_name="testevent",
            constraint=models.UniqueConstraint(
                fields=("function", "owner", "name"), name="one_test_event_a_name"
            ),
        ),
    ]
