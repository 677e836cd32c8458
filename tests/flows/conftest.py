"""What the browser stories share beside the cast of tests/conftest.py."""

import pytest
import requests


@pytest.fixture
def switch(stack):
    """Turns the sandbox's switches (`switch(api="down")`), and turns them back at the end."""

    def turn(**values):
        requests.post(f"{stack.sandbox_url}/_sandbox/switches", json=values, timeout=5).raise_for_status()

    yield turn
    turn(webhooks="normal", api="up", storage="up")
