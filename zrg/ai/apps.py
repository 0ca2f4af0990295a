from django.apps import AppConfig


class AiConfig(AppConfig):
    name = "zrg.ai"
    label = "ai"
    verbose_name = "AI"

    def ready(self) -> None:
        from zrg.ai import receivers  # noqa: F401 -- connects the receivers
