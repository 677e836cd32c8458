from tests.told_fastpix import _fresh_cache, fastpix  # noqa: F401 - fixtures
