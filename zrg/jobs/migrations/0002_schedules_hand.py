"""The schedules that ZRG is delivered with (spec 13). What they are today: zrg/jobs/schedules.py; this is what they were
when this migration was written, so that it does the same for ever."""

from django.db import migrations
from django.utils import timezone

DESCRIPTION = "One of ZRG's own: edit when it runs, don't delete it."


def seed(apps, schema_editor):
    model = {name: apps.get_model("django_celery_beat", name) for name in
             ("IntervalSchedule", "CrontabSchedule", "PeriodicTask", "PeriodicTasks")}
    minute, _ = model["IntervalSchedule"].objects.get_or_create(every=1, period="minutes")
    nightly, _ = model["CrontabSchedule"].objects.get_or_create(
        minute="20", hour="3", day_of_week="*", day_of_month="*", month_of_year="*", timezone="UTC"
    )
    for function, when, expires_s in (
        ("background-jobs", {"interval": minute}, 60),
        ("payload-retention", {"crontab": nightly}, 6 * 60 * 60),
    ):
        model["PeriodicTask"].objects.get_or_create(
            name=function,
            defaults={
                "task": "zrg.jobs.run_sweep",
                "kwargs": f'{{"function": "{function}"}}',
                "queue": "sweeps",
                "expire_seconds": expires_s,
                "description": DESCRIPTION,
                **when,
            },
        )
    # A beat that is running looks here for changes.
    model["PeriodicTasks"].objects.update_or_create(ident=1, defaults={"last_update": timezone.now()})


class Migration(migrations.Migration):

    dependencies = [
        ("jobs", "0001_initial"),
        ("django_celery_beat", "0019_alter_periodictasks_options"),
    ]

    operations = [migrations.RunPython(seed, migrations.RunPython.noop)]
