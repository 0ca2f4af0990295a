"""The schedule of the ai-retention sweep (spec 13), as it was when this was written."""

from django.db import migrations
from django.utils import timezone


def seed(apps, schema_editor):
    model = {name: apps.get_model("django_celery_beat", name) for name in
             ("CrontabSchedule", "PeriodicTask", "PeriodicTasks")}
    nightly, _ = model["CrontabSchedule"].objects.get_or_create(
        minute="40", hour="3", day_of_week="*", day_of_month="*", month_of_year="*", timezone="UTC"
    )
    model["PeriodicTask"].objects.get_or_create(
        name="ai-retention",
        defaults={
            "task": "zrg.jobs.run_sweep",
            "kwargs": '{"function": "ai-retention"}',
            "queue": "sweeps",
            "expire_seconds": 6 * 60 * 60,
            "description": "One of ZRG's own: edit when it runs, don't delete it.",
            "crontab": nightly,
        },
    )
    model["PeriodicTasks"].objects.update_or_create(ident=1, defaults={"last_update": timezone.now()})


class Migration(migrations.Migration):

    dependencies = [("jobs", "0002_schedules_hand")]

    operations = [migrations.RunPython(seed, migrations.RunPython.noop)]
