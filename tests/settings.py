"""The console's settings for tests: throw-away stores, the real middleware, the real templates.

TEST_DATABASE_URL chooses the database; without it SQLite is used. Redis is always a private real server.
"""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

from tests import redis_server

_scratch = tempfile.mkdtemp(prefix="fp-test-")
(Path(_scratch) / "static").mkdir()  # WhiteNoise warns about a folder that is not there
atexit.register(shutil.rmtree, _scratch, ignore_errors=True)
for _name in ("CONSOLE_ADMIN_EMAIL", "CONSOLE_ADMIN_PASSWORD", "PUBLIC_URL", "SANDBOX", "PORT", "SANDBOX_PORT"):
    os.environ.pop(_name, None)
os.environ["DATA_DIR"] = _scratch
os.environ["REDIS_URL"] = redis_server.start()
os.environ["DATABASE_URL"] = os.environ.get("TEST_DATABASE_URL") or f"sqlite:///{_scratch}/console.sqlite3"

from fastpix_console.settings import *  # noqa: E402, F403
from fastpix_console.settings import ALLOWED_HOSTS, DATABASES  # noqa: E402

DATABASES["default"]["TEST"] = {
    # a file, not memory: tests with threads and processes see the same rows; the pid keeps parallel runs apart
    "NAME": f"{_scratch}/test.sqlite3" if "sqlite3" in DATABASES["default"]["ENGINE"] else f"test_fp_{os.getpid()}"
}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
ALLOWED_HOSTS += ["testserver"]
