"""Fixtures of the events area."""

import pytest

from tests.events_app.edge_client import EdgeClient


@pytest.fixture
def start_edge(transactional_db):
    """Starts the edge in this process; rows are committed, because its threads have connections of their own."""
    started = []

    def start(**parts):
        started.append(EdgeClient(**parts))
        return started[-1]

    yield start
    for client in started:
        client.close()


@pytest.fixture
def edge(start_edge):
    return start_edge()
