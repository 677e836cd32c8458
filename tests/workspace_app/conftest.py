"""The cast of tests/people.py, and a FastPix that says what a test wants."""

import pytest
from django.core.cache import cache

from tests.people import admin, editor, operator, stranger, viewer, workspace  # noqa: F401 - fixtures
from tests.workspace_app.fastpix_double import Double


@pytest.fixture(autouse=True)
def _fresh_cache():
    cache.clear()


@pytest.fixture
def fastpix():
    """A server on loopback that answers as told; `fastpix.url` is its API address."""
    double = Double()
    yield double
    double.close()
