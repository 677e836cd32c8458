"""An installation behind https passes Django's own list of what a deployment needs."""

import subprocess
import sys

from tests.stack import ROOT, clean_environment


def check(tmp_path, **variables):
    argv = [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"]
    environment = clean_environment(DATA_DIR=tmp_path, **variables)
    return subprocess.run(argv, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60, check=False)


def test_behind_https_nothing_is_left_to_warn_of(tmp_path):
    done = check(tmp_path, PUBLIC_URL="https://console.example.com", TRUSTED_PROXIES="1")
    assert (done.returncode, done.stderr) == (0, "")


def test_the_list_does_find_what_plain_http_lacks(tmp_path):
    done = check(tmp_path, PUBLIC_URL="http://console.example.com")
    assert done.returncode == 1
    assert "SESSION_COOKIE_SECURE" in done.stderr
