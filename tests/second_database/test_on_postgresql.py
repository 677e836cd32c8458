"""Everything that uses the database and no browser, once more on PostgreSQL. Part of `make test`."""

import pytest

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1200)]


def test_everything_passes_on_postgresql_too(require, capsys, beside):
    if beside is None:
        require.missing("postgres")
    code, said = beside.end()
    last = (said.strip().splitlines() or ["it said nothing"])[-1]
    with capsys.disabled():
        print(f"\non PostgreSQL: {last}")
    assert code == 0, said[-10000:]
