"""What every test may ask for: the cast, the sandbox, the whole product, a browser; and the order and end of a run."""

import os
from contextlib import ExitStack

import pytest

from tests import requirement as requirements
from tests.browsers import Chromium, close_quietly
from tests.people import admin, editor, operator, stranger, viewer, workspace  # noqa: F401 - fixtures
from tests.stack import Sandbox, Stack, postgres_database

WHOLE = bool(os.environ.get("FP_WHOLE"))
# the run on the second database is a test of its own, and part of `make test` only
collect_ignore = [] if WHOLE else ["second_database"]


def pytest_collection_modifyitems(items):
    """Browser stories last: their event loop stays on this thread to the end, and quick failures should come first."""
    items.sort(key=lambda item: ("browser" in item.fixturenames, "second_database" in item.nodeid))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item):
    """A failed story shows what the processes behind it wrote meanwhile."""
    report = yield
    if report.failed:
        for name in ("stack", "sandbox"):
            if name in getattr(item, "funcargs", {}):
                report.sections.append((f"last lines of the {name}", item.funcargs[name].log[-6000:]))
    return report


@pytest.hookimpl(trylast=True)
def pytest_terminal_summary(terminalreporter):
    """Say what was not run for want of something, and how to have it."""
    reasons = [str(report.longrepr) for report in terminalreporter.stats.get("skipped", [])]
    absent = requirements.requirement.absent
    if absent:
        terminalreporter.section("not run here")
    for what, sentences in sorted(absent.items()):
        count = sum(any(sentence in reason for sentence in sentences) for reason in reasons)
        terminalreporter.write_line(f"{what} is missing, {count} skipped: {requirements.requirement.how(what)}")


@pytest.fixture
def require():
    """`require.missing("java", "why")` skips the test, or fails it where FP_REQUIRE says so."""
    return requirements.requirement


@pytest.fixture(scope="session")
def sandbox(tmp_path_factory):
    """A real sandbox for the whole run: `.url`, `.api_url`, `.switch(webhooks="dropped")`."""
    alone = Sandbox(tmp_path_factory.mktemp("sandbox"))
    yield alone
    alone.stop()


@pytest.fixture(scope="session")
def stack(tmp_path_factory):
    """The whole product, on PostgreSQL where one answers, else on SQLite."""
    with ExitStack() as cleanup:
        variables = {}
        if requirements.postgres_answers():
            variables["DATABASE_URL"] = cleanup.enter_context(postgres_database())
        whole = Stack(tmp_path_factory.mktemp("stack"), **variables)
        cleanup.callback(whole.stop)
        yield whole.start()


@pytest.fixture(scope="session")
def browser():
    """Chromium (tests/browsers.py); `browser.new_context()` for a further person."""
    if not requirements.CHROMIUM.exists():
        requirements.requirement.missing("chromium")
    # playwright keeps a loop on this thread, which Django takes for asynchronous code
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    chromium = Chromium()
    yield chromium
    chromium.close()


@pytest.fixture(autouse=True)
def _console_stays_clean(request):
    """Fails a browser story whose pages wrote an error to the console or met the CSP."""
    yield
    if "browser" in request.fixturenames:
        complaints = request.getfixturevalue("browser").complaints()
        assert not complaints, "the browser's console:\n" + "\n".join(complaints)


@pytest.fixture
def context(browser):
    """One person's browser; its pages share the sign-in."""
    fresh = browser.new_context(viewport={"width": 1440, "height": 900})
    yield fresh
    close_quietly(fresh)


@pytest.fixture
def page(context):
    """One tab."""
    return context.new_page()
