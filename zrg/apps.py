"""The roof: connects the tables of zrg/wiring.py when every app is loaded ("zrg" is last in INSTALLED_APPS)."""

from django.apps import AppConfig


class ZrgConfig(AppConfig):
    name = "zrg"
    label = "zrg"
    verbose_name = "ZRG"

    def ready(self) -> None:
        from zrg import wiring

        wiring.connect()
