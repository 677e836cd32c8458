"""The Celery application: queues `events` (never calls out), `calls` (asks FastPix) and `transfers` (moves bytes)."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fastpix_console.settings")

app = Celery("fastpix_console")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
