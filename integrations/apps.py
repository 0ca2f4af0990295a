from django.apps import AppConfig


class IntegrationsConfig(AppConfig):
    name = "integrations"
    verbose_name = "Integrations"

    def ready(self) -> None:
        from integrations import receivers  # noqa: F401, PLC0415 -- models must be loaded first

    def ready(self) -> None:
        from integrations import checks

        checks.refuse_sandbox_in_production()
