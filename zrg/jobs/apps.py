from django.apps import AppConfig


class JobsConfig(AppConfig):
    name = "zrg.jobs"
    label = "jobs"
    verbose_name = "Background work"
