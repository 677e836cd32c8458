"""What FastPix published and answered; kept outside of the repository."""

import csv
from pathlib import Path

import pytest

FASTPIX = Path(__file__).parents[3] / "shared" / "fastpix"

needed = pytest.mark.skipif(
    not FASTPIX.is_dir(), reason=f"FastPix's documents and recordings are not here (looked for {FASTPIX})"
)


def published() -> list[dict[str, str]]:
    """Every operation FastPix has: area, method, path, operationId, source, …"""
    with (FASTPIX / "operations.csv").open() as lines:
        return list(csv.DictReader(lines))
