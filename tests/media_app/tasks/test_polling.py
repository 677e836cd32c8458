from fastpix_console.celery import app
from media_app import tasks


def test_the_tasks_that_ask_fastpix_run_on_the_calls_queue(workspace):
    app.loader.import_default_modules()
    for name in ("ask_unsettled", "poll_open", "import_existing", "resume_imports", "sweep_final"):
        assert f"media_app.{name}" in app.tasks
        assert app.amqp.router.route({}, f"media_app.{name}")["queue"].name == "calls"


def test_with_nothing_to_ask_they_ask_nobody(workspace):
    tasks.ask_unsettled()
    tasks.poll_open()
    tasks.poll_open(workspace.pk)
    tasks.import_existing(workspace.pk)
    tasks.resume_imports()
