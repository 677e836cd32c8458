"""What a test needs of the machine. Absent: the test is skipped and the end of the run says how to enable it.

FP_REQUIRE turns such skips into failures: `1` for all, or a list such as `chromium,postgres,java`.
"""

import os
from collections import defaultdict
from pathlib import Path

import psycopg
import pytest

CHROMIUM = Path(os.environ.get("CHROMIUM", "/usr/bin/chromium"))
POSTGRES = os.environ.get("TEST_PG", "postgres://postgres@127.0.0.1:5432/postgres")
ENABLE = {
    "chromium": "install Chromium (Debian: apt install chromium), or set CHROMIUM to one",
    "postgres": "start a PostgreSQL and set TEST_PG to a role that may create databases (now: {postgres})",
    "java": "install Java (Debian: apt install default-jre-headless), `npm pack vnu-jar`, set VNU_JAR to its vnu.jar",
    "shared": "place FastPix's API document and the recordings in ../shared beside the repository",
}


class Requirement:
    """Says that something is missing; `absent` remembers what, and with which sentences."""

    def __init__(self):
        self.absent = defaultdict(set)

    def missing(self, what, reason=""):
        """Skip this test, or fail it where FP_REQUIRE names `what`."""
        sentence = reason or f"no {what}: {self.how(what)}"
        wanted = {word.strip() for word in os.environ.get("FP_REQUIRE", "").split(",")}
        if what in wanted or wanted & {"1", "all"}:
            pytest.fail(f"{what} is required here and missing ({sentence})", pytrace=False)
        self.absent[what].add(sentence)
        pytest.skip(sentence)

    def how(self, what):
        """How to enable the tests that need `what`."""
        return ENABLE.get(what, "see the reason").format(postgres=POSTGRES)


requirement = Requirement()


def postgres_answers():
    """Whether a PostgreSQL that may be used for tests answers at TEST_PG."""
    try:
        with psycopg.connect(POSTGRES, connect_timeout=2):
            return True
    except psycopg.Error:
        return False
