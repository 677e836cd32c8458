"""A FastPix that says what a test wants, and a cache (with its breakers) that remembers no other test."""

import pytest
from django.core.cache import cache

from tests.fastpix_api.sockets import double


@pytest.fixture(autouse=True)
def _fresh_cache():
    cache.clear()


@pytest.fixture
def fastpix(workspace):
    """A server on loopback that the workspace's credentials lead to."""
    with double() as told:
        workspace.api_url = told.url
        workspace.save(update_fields=["api_url"])
        yield told
