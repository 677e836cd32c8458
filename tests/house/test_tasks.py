"""Tasks: each has a queue that somebody hears, and whoever rings one by its name rings one that is there."""

import re

from celery.app.routes import MapRoute
from django.conf import settings

from fastpix_console.celery import app
from fastpix_console.up.plan import CONCURRENCY
from tests.house.tree import files


def tasks():
    """The names of our own tasks, as a worker would find them."""
    app.loader.import_default_modules()
    app.finalize()
    return {name for name in app.tasks if not name.startswith("celery.")}


def queue_of(name):
    """Where the settings send it; None where only the default would."""
    return (MapRoute(settings.CELERY_TASK_ROUTES)(name) or {}).get("queue")


def test_every_task_is_routed_to_a_queue_that_a_worker_hears():
    assert len(tasks()) > 5
    assert {name: queue_of(name) for name in tasks() if queue_of(name) not in CONCURRENCY} == {}
    assert settings.CELERY_TASK_DEFAULT_QUEUE in CONCURRENCY


def test_every_route_is_one_of_a_task():
    patterns = [re.compile(route.replace(".", r"\.").replace("*", ".*")) for route in settings.CELERY_TASK_ROUTES]
    assert [pattern.pattern for pattern in patterns if not any(map(pattern.fullmatch, tasks()))] == []


def test_every_queue_says_that_its_worker_lives():
    for queue in CONCURRENCY:
        assert queue_of(f"workspace_app.beat_{queue}") == queue
        assert f"workspace_app.beat_{queue}" in tasks()


def test_the_schedule_names_tasks_that_are_there_and_leaves_their_queue_to_the_routes():
    assert {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()} <= tasks()
    assert not [entry for entry in settings.CELERY_BEAT_SCHEDULE.values() if "queue" in entry.get("options", {})]


def test_a_task_rung_by_its_name_is_there_and_in_the_queue_it_is_rung_in():
    rung = re.compile(r"send_task\(\s*\"([\w.]+)\"(?:[^)]*?queue=\"(\w+)\")?")
    found = [match.groups() for path in files() for match in rung.finditer(path.read_text(encoding="utf-8"))]
    assert found
    assert {name for name, _ in found} <= tasks()
    assert [name for name, queue in found if queue and queue != queue_of(name)] == []


def test_a_task_names_its_app():
    assert [name for name in tasks() if not re.fullmatch(r"[a-z]+_app\.[a-z_]+", name)] == []
