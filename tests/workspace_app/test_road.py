import socket
import ssl

import pytest
import requests
from urllib3.exceptions import MaxRetryError, NewConnectionError

from workspace_app import road


def behind(cause):
    """What requests raises around a cause of urllib3's."""
    return requests.ConnectionError(MaxRetryError(None, "/", cause))


@pytest.mark.parametrize(
    ("trouble", "word"),
    [
        (requests.ConnectTimeout("Connection to x timed out."), "timeout"),
        (requests.ReadTimeout("Read timed out."), "timeout"),
        (behind(NewConnectionError(None, "[Errno 111] Connection refused")), "refused"),
        (behind(NewConnectionError(None, "not a public address")), "private"),
        (behind(socket.gaierror(-2, "Name or service not known")), "dns"),
        (requests.exceptions.SSLError(ssl.SSLCertVerificationError("certificate verify failed")), "tls"),
        (requests.ConnectionError("something new"), ""),
    ],
)
def test_why_nobody_answered_is_told_in_one_word(trouble, word):
    assert road.why(trouble) == word


def test_a_circle_of_causes_ends():
    one, other = ValueError("one"), ValueError("other")
    one.__cause__, other.__cause__ = other, one
    assert road.why(one) == ""
