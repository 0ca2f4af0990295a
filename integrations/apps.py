from django.apps import AppConfig


class IntegrationsConfig(AppConfig):
    name = "integrations"
    verbose_name = "Integrations"

    def ready(self) -> None:
        from integrations import checks, receivers  # noqa: F401 -- connects the receivers

        checks.refuse_sandbox_in_production()
