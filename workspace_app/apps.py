from django.apps import AppConfig


class WorkspaceAppConfig(AppConfig):
    name = "workspace_app"
    verbose_name = "Workspaces"
