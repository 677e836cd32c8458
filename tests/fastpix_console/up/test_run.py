"""What the supervisor arranges for the processes it starts."""

import subprocess
import sys

import pytest

SHOW = "from fastpix_console.up.run import allow_files; allow_files(); import resource; print(resource.getrlimit(7)[0])"


@pytest.mark.parametrize(
    ("given", "then"), [("ulimit -Sn 256", 8192), ("ulimit -n 512", 512), ("ulimit -Sn 9000", 9000)]
)
def test_the_limit_of_open_files_is_raised_as_far_as_the_machine_lets_it(given, then):
    shown = subprocess.run(
        ["bash", "-c", f'{given} && exec "$0" -c "$1"', sys.executable, SHOW],
        capture_output=True,
        text=True,
        check=True,
    )
    assert int(shown.stdout) == then
