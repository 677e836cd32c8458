"""The soak's desk inside the console (soak_within): one JSON order a line goes in, one JSON answer a line comes out."""

import json
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any, BinaryIO

from tests.stack import ROOT

PROGRAM = "import django; django.setup(); from bench import soak_within; soak_within.serve()"


class Desk:
    """The desk as the soak uses it, from any thread."""

    def __init__(self, environment: dict[str, str], log: Path) -> None:
        self._lock = threading.Lock()
        with log.open("ab") as errors:
            self._program = self._open(environment, errors)

    @staticmethod
    def _open(environment: dict[str, str], errors: BinaryIO) -> "subprocess.Popen[str]":
        return subprocess.Popen(
            [sys.executable, "-c", PROGRAM],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            start_new_session=True,
        )

    def ask(self, order: str, **words: Any) -> Any:
        """Have an order done; returns its answer. Raises Refused with the words of what went wrong."""
        with self._lock:
            assert self._program.stdin is not None
            assert self._program.stdout is not None
            self._program.stdin.write(json.dumps({"order": order, **words}) + "\n")
            self._program.stdin.flush()
            said = json.loads(self._program.stdout.readline() or '{"refused": "the desk has ended"}')
        if "refused" in said:
            raise Refused(said["refused"])
        return said["answer"]

    def close(self) -> None:
        """End it."""
        self._program.kill()
        self._program.wait()


class Refused(Exception):
    """An order was not done: the database is away, FastPix refused."""
