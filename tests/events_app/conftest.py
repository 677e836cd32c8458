"""Fixtures of the events area."""

import pytest

from tests.events_app.edge_client import EdgeClient


@pytest.fixture
def edge(transactional_db):
    """The edge in this process; rows are committed, because its threads have connections of their own."""
    client = EdgeClient()
    yield client
    client.close()
