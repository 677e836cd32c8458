from events_app import tasks
from events_app.models import WebhookEvent
from fastpix_console.celery import app
from tests.events_app.test_backlog import put


def test_the_task_projects_what_waits_and_is_known_by_its_name(workspace):
    app.loader.import_default_modules()
    assert "events_app.project_waiting" in app.tasks
    assert app.amqp.router.route({}, "events_app.project_waiting")["queue"].name == "events"
    put(workspace, 1, kind="video.nobody.projects")
    tasks.project_waiting(workspace.pk)
    assert WebhookEvent.objects.get().state == "unhandled"


def test_the_sweep_goes_through_every_workspace(workspace):
    put(workspace, 1, kind="video.nobody.projects")
    tasks.project_waiting()
    assert WebhookEvent.objects.get().state == "unhandled"
