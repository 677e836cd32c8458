"""The far side for tests of uploads."""

import warnings

import pytest
from celery import current_app

from media_app import tasks  # noqa: F401 - their registration is what the next lines are about
from tests.media_app import far_side as the
from tests.media_app.at_fastpix import ada, ben, film, port  # noqa: F401 - fixtures

# Celery registers tasks on first use and warns about each `queue=` meanwhile. That use would be pytest looking at a
# test module, with warnings as errors which it swallows: half of the tasks would stay unknown.
with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    current_app.finalize()


@pytest.fixture
def far():
    """FastPix and storage on a socket; `faults`, `stored()` (tests/media_app/far_side.py)."""
    with the.far_side() as far:
        yield far


@pytest.fixture
def harbor(workspace, far, settings):
    """The workspace, connected to the far side."""
    return the.connect(workspace, far, settings)


@pytest.fixture
def import_folder(tmp_path, settings):
    """An import folder of this test's own."""
    settings.IMPORT_DIR = tmp_path / "import"
    settings.IMPORT_DIR.mkdir()
    return settings.IMPORT_DIR
