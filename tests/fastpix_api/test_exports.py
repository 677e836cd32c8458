"""The export list is complete."""

import fastpix_api
from fastpix_api import errors


def test_everything_public_is_exported_and_nothing_else() -> None:
    here = {name for name, value in vars(fastpix_api).items() if isinstance(value, type) and not name.startswith("_")}
    assert here == set(fastpix_api.__all__)
    assert {
        name for name, value in vars(errors).items() if isinstance(value, type) and value.__module__ == errors.__name__
    } <= here
