from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class EventsAppConfig(AppConfig):
    name = "events_app"
    verbose_name = "Events"

    def ready(self) -> None:
        # each area registers what it makes of events in <app>/projections.py
        autodiscover_modules("projections")
