"""The admin finds deliveries by their correlation id, however old they are."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("integrations", "0003_connection_alerted_at")]

    operations = [
        migrations.AddIndex(
            model_name="webhookevent",
            index=models.Index(
                condition=models.Q(("correlation_id", ""), _negated=True),
                fields=["correlation_id"],
                name="webhook_events_of_a_run",
            ),
        ),
    ]
