from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "zrg.web"
    label = "web"
    verbose_name = "Pages"
