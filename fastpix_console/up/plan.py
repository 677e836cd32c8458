"""Which processes make up the console, and with which command each starts."""

import sys

from fastpix_console.environment import Environment
from fastpix_console.up.child import Program
from fastpix_console.up.valkey import Server, binary
from fastpix_console.up.wiring import Wiring

PYTHON = (sys.executable, "-m")
CELERY = (*PYTHON, "celery", "--quiet", "-A", "fastpix_console.celery")
# Before a line of the preparation that the supervisor shows again once pages answer
SIGN_IN = "sign-in: "
# Celery tells root not to be root at every start; a container's root, or a trial as root, knows
QUIET_ROOT = {"PYTHONWARNINGS": "ignore:You're running the worker with superuser privileges"}
# FastPix's silence holds a process of `calls` for seconds, so it has two; the others never wait long
CONCURRENCY = {"events": 1, "calls": 2, "transfers": 1}


def server(private: Server, wiring: Wiring) -> Program:
    """The private Redis-compatible server. Raises valkey.NoServer."""
    return Program("valkey", (str(binary()), str(private.configuration)), wiring.server)


def preparation(wiring: Wiring) -> Program:
    """Runs once before the others: stores reachable, migrations, static files, first administrator."""
    return Program("prepare", (*PYTHON, "fastpix_console.up.preparation"), wiring.preparation)


def sandbox(wiring: Wiring) -> Program:
    """A FastPix on loopback; its port and credentials are in the environment."""
    return Program("sandbox", (*PYTHON, "sandbox"), wiring.sandbox)


def web(settings: Environment, wiring: Wiring) -> Program:
    """The edge and the pages.

    The kill timeout ends open event streams, which would hold the process for ever. The back pressure counts them as
    requests under way: every open browser has one, so it is far above what the pages themselves need.
    """
    argv = (
        *PYTHON, "granian", "--interface", "asginl", "--workers", "1", "--workers-kill-timeout", "5", "--no-ws",
        "--backpressure", "4096", "--log-level", "warning", "--host", "127.0.0.1", "--port", str(settings.port),
        "fastpix_console.asgi:application",
    )  # fmt: skip
    return Program("web", argv, wiring.console)


def background(wiring: Wiring) -> list[Program]:
    """The three workers and the schedule."""
    programs = [
        Program(
            queue,
            (
                *CELERY, "worker", "-Q", queue, "-n", f"{queue}@console", "--pool", "prefork",
                "--concurrency", str(count), "--without-mingle", "--without-gossip", "--loglevel", "WARNING",
            ),
            QUIET_ROOT | wiring.console,
            cold_stop=True,
        )
        for queue, count in CONCURRENCY.items()
    ]  # fmt: skip
    return [*programs, Program("beat", (*CELERY, "beat", "--pidfile=", "--loglevel", "WARNING"), wiring.console)]
