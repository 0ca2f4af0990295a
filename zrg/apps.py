"""The roof: connects wiring.py and pages.py when every app is loaded ("zrg" is last in INSTALLED_APPS)."""

from django.apps import AppConfig, apps
from django.db.models.signals import post_migrate


class ZrgConfig(AppConfig):
    name = "zrg"
    label = "zrg"
    verbose_name = "ZRG"

    def ready(self) -> None:
        from zrg import groups, pages, wiring

        wiring.connect()
        pages.connect()
        # Once, after the last app's permissions have been made.
        *_, last = (config for config in apps.get_app_configs() if config.models_module)
        post_migrate.connect(groups.provide, sender=last, dispatch_uid="ops_groups")
