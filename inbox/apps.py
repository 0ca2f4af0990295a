from django.apps import AppConfig


class InboxConfig(AppConfig):
    name = "inbox"
    verbose_name = "Inbox"

    def ready(self) -> None:
        from inbox import (  # noqa: F401 -- connects the receivers, registers the prompts
            prompts,
            receivers,
        )
