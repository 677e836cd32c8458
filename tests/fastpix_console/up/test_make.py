"""`make up` on a machine that lacks something: one sentence that says what to install."""

import shutil
import subprocess

import pytest

from tests.stack import ROOT, clean_environment

TOOLS = ("sh", "make", "cat", "cut", "sha256sum", "rm", "touch")


@pytest.fixture
def machine(tmp_path):
    """A fresh checkout's Makefile and pins, and a PATH without python; `machine(script)` puts a python3 there."""
    shutil.copy(ROOT / "Makefile", tmp_path)
    shutil.copytree(ROOT / "requirements", tmp_path / "requirements")
    path = tmp_path / "bin"
    path.mkdir()
    for name in TOOLS:
        (path / name).symlink_to(shutil.which(name))

    def make_up(script=""):
        if script:
            (path / "python3").write_text(f"#!/bin/sh\n{script}\n")
            (path / "python3").chmod(0o755)
        run = subprocess.run(
            ["make", "up"],
            cwd=tmp_path,
            env=clean_environment(PATH=path),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )
        assert run.returncode != 0
        return [line for line in run.stderr.splitlines() if line.startswith("error: ")]

    return make_up


def test_no_python_at_all(machine):
    assert machine() == ["error: python3 is missing; install it (Debian: apt install python3 python3-venv)"]


def test_a_python_that_is_too_old(machine):
    said = machine('case "$*" in *version_info*) exit 1;; --version) echo Python 3.9.2;; esac')
    assert said == ["error: python 3.11 or later is needed, here is Python 3.9.2; set PYTHON=<a newer one>"]


def test_a_python_without_venv(machine):
    said = machine('case "$*" in *ensurepip*) exit 1;; esac')
    assert said == ["error: the python module venv is missing; install it (Debian: apt install python3-venv)"]
