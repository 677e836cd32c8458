"""Everything that uses the database and no browser, once more on PostgreSQL. Part of `make test`."""

import os
import subprocess
import sys

import pytest

from tests.requirement import POSTGRES, postgres_answers
from tests.stack import ROOT

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1200)]
# no database in these, or processes with one of their own
SAME_EVERYWHERE = ("contract", "fastpix_api", "fastpix_console/up", "flows", "house", "sandbox", "web")


def test_everything_passes_on_postgresql_too(require, capsys):
    if not postgres_answers():
        require.missing("postgres")
    argv = [sys.executable, "-m", "pytest", "-q", "-rfE", "-m", "not flow"]
    argv += [f"--ignore=tests/{folder}" for folder in SAME_EVERYWHERE]
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("FP_WHOLE", "PYTEST"))}
    for name in ("DATA_DIR", "REDIS_URL", "DATABASE_URL"):
        environment.pop(name, None)
    run = subprocess.run(
        argv,
        cwd=ROOT,
        env=environment | {"TEST_DATABASE_URL": POSTGRES},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    last = (run.stdout.strip().splitlines() or ["it said nothing"])[-1]
    with capsys.disabled():
        print(f"\non PostgreSQL: {last}")
    assert run.returncode == 0, run.stdout[-8000:] + run.stderr[-2000:]
