"""`make bench-project`: how fast two processes of the `events` worker empty a queue of 20,000 events.

Beside it, in the same run: two processes that only read and write one event a transaction. While the queue empties new
events come in, and afterwards every media must have ended as its life says, its events applied once each in order.
"""

import json
import os
import statistics
import sys
import time
from typing import Any

from bench.stage import Stage, Target, conclude, stage, stores

EVENTS = int(os.environ.get("BENCH_EVENTS", "20000"))
PROCESSES = 2
PLAIN = min(1500, EVENTS // PROCESSES)  # events for each plain process
LONGEST = 900.0


def main() -> int:
    """Measure on every store; the targets are events/s, the ratio to the plain work, and the wait of a new event."""
    targets = [target for store in stores() for target in _measure(store)]
    return conclude("bench-project", targets)


def _measure(store: str) -> list[Target]:
    print(f"{store}: {EVENTS} events wait, {PROCESSES} worker processes")
    with stage(store) as here:
        here.python(f"from bench import project_watch; project_watch.fill({EVENTS})")
        before = _plain(here)
        here.worker("events", processes=PROCESSES)
        told = here.python(f"from bench import project_watch; project_watch.drain({LONGEST})")
        seen: dict[str, Any] = json.loads(told)
        plain = (before + _plain(here)) / 2
    rate = (seen["events"] - seen["left"]) / seen["took"]
    waits = sorted(seen["waits"]) or [LONGEST]
    print(f"  drained in {seen['took']:.1f} s, {rate:.0f}/s; plain read and write {plain:.0f}/s")
    print(f"  {len(waits)} new events waited: median {statistics.median(waits):.2f} s, longest {waits[-1]:.2f} s")
    for line in seen["wrong"]:
        print(f"  wrong: {line}")
    return [
        Target(f"{store} rate", rate, at_least=300, unit="/s"),
        Target("of plain", rate / plain, at_least=0.25),
        Target("a new event's wait / draining", waits[-1] / seen["took"], at_most=0.2),
        Target("longest wait", waits[-1], unit=" s"),
        Target("wrong or left", len(seen["wrong"]) + seen["left"], at_most=0),
    ]


def _plain(here: Stage) -> float:
    """Events/s that two processes read and write, one a transaction."""
    lines = "import django; django.setup()\nfrom bench import project_watch; project_watch.plain({}, {})"
    started = [
        here.start(f"plain-{time.monotonic_ns()}", sys.executable, "-c", lines.format(number * PLAIN, PLAIN))
        for number in range(PROCESSES)
    ]
    while any(process.popen.poll() is None for process in started):
        time.sleep(0.05)
    return sum(PLAIN / float(process.log.split()[-1]) for process in started)


if __name__ == "__main__":
    sys.exit(main())
