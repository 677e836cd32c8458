from django.apps import AppConfig


class ConsoleConfig(AppConfig):
    name = "fastpix_console"
    verbose_name = "FastPix Console"

    def ready(self) -> None:
        # here, not in the package: the supervisor must start where Celery cannot be imported, to say so
        from fastpix_console import celery  # noqa: F401  every process that enqueues needs the configured app
