"""What the supervisor says and what it passes on, one prefixed line at a time."""

import os
import sys
from contextlib import suppress

COLOURS = {
    "web": 34,
    "events": 32,
    "calls": 36,
    "transfers": 35,
    "beat": 33,
    "sandbox": 95,
    "valkey": 31,
    "prepare": 37,
}
# Lines that tell an operator nothing: the overcommit hint is harmless for a store this small
NOISE = ("vm.overcommit_memory", "Received SIGTERM scheduling shutdown", "ready to exit, bye bye")


class Screen:
    """The terminal. A closed one (the person left) never stops the console."""

    def __init__(self) -> None:
        self.coloured = sys.stdout.isatty() and not os.environ.get("NO_COLOR")

    def say(self, text: str) -> None:
        with suppress(OSError, ValueError):
            print(text, flush=True)

    def complain(self, text: str) -> None:
        """An error sentence, on stderr."""
        with suppress(OSError, ValueError):
            print(f"error: {text}", file=sys.stderr, flush=True)

    def relay(self, name: str, line: str) -> None:
        """One line of a child, behind its name."""
        if not line.strip() or any(part in line for part in NOISE):
            return
        prefix = f"{name:<9} |"
        if self.coloured:
            prefix = f"\x1b[{COLOURS.get(name, 37)}m{prefix}\x1b[0m"
        self.say(f"{prefix} {line}")
