from django.apps import AppConfig


class JobsConfig(AppConfig):
    name = "zrg.jobs"
    label = "jobs"
    verbose_name = "Background work"

    def ready(self) -> None:
        from zrg.jobs import heartbeat  # noqa: F401 -- connects the receivers
