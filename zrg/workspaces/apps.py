from django.apps import AppConfig


class WorkspacesConfig(AppConfig):
    name = "zrg.workspaces"
    label = "workspaces"
    verbose_name = "Workspaces and people"
