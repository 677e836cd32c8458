"""What FastPix published and answered; kept outside of the repository."""

from pathlib import Path

import pytest

FASTPIX = Path(__file__).parents[3] / "shared" / "fastpix"

needed = pytest.mark.skipif(
    not FASTPIX.is_dir(), reason=f"FastPix's documents and recordings are not here (looked for {FASTPIX})"
)
