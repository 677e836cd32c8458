"""`python -m fastpix_console.up`: judge the surroundings first, then start.

Only the standard library is imported before the check for missing modules, so that the check can speak.
Exit codes: 0 stopped as asked, 1 something needed did not start, 2 refused before anything was started.
"""

import os
import sys

from fastpix_console.up import modules


def main() -> int:
    """Check the modules, then start and stay; returns the exit code."""
    absent = modules.missing(os.environ)
    if absent:
        print(f"error: {modules.sentence(absent)}", file=sys.stderr)
        return 2
    from fastpix_console.up import run  # noqa: PLC0415  needs the modules checked above

    return run.up()


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:  # before anything was started; from then on the supervisor listens itself
        sys.exit(130)
