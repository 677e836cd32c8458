"""The environment is read once and judged as a whole."""

import json
import re
import stat
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from kombu import Connection
from redis import Redis

from fastpix_console.environment import ROOT, BrokenSettings, broker_url, read
from tests.redis_server import binary


def test_every_wrong_value_is_named_at_once(tmp_path):
    with pytest.raises(BrokenSettings) as broken:
        read(
            {
                "DATA_DIR": str(tmp_path),
                "PORT": "eighty",
                "SANDBOX_PORT": "70000",
                "SANDBOX": "maybe",
                "PUBLIC_URL": "console.example.com",
                "DATABASE_URL": "mysql://db/console",
                "REDIS_URL": "http://redis",
                "CONSOLE_ADMIN_EMAIL": "ada@example.com",
                "SANDBOX_WEBHOOK_SECRET": "not base64!",
                "FIELD_ENCRYPTION_KEYS": "short",
            }
        )
    names = ("PORT=eighty", "SANDBOX_PORT=", "SANDBOX=", "PUBLIC_URL=", "DATABASE_URL", "REDIS_URL=")
    names += ("CONSOLE_ADMIN_PASSWORD", "SANDBOX_WEBHOOK_SECRET", "FIELD_ENCRYPTION_KEYS")
    for name in names:
        assert sum(name in problem for problem in broken.value.problems) == 1, (name, broken.value.problems)


def test_a_password_in_a_wrong_url_is_not_repeated(tmp_path):
    with pytest.raises(BrokenSettings) as broken:
        read({"DATA_DIR": str(tmp_path), "REDIS_URL": "http://user:hunter2@redis/0"})
    assert "hunter2" not in str(broken.value)


@pytest.mark.parametrize(
    ("given", "login", "db"),
    [
        ("unix://{path}", "", 0),
        ("unix://{path}?db=3", "", 3),
        ("unix://:a%2Fb%3F%40@{path}?db=2", "a/b?@", 2),
        ("unix://{path}?db=2&password=a%2Fb%3F%40", "a/b?@", 2),
    ],
)
def test_a_unix_socket_is_the_same_place_for_the_cache_and_for_celery(tmp_path, given, login, db):
    path = tmp_path / "redis.sock"
    argv = [binary(), "--port", "0", "--unixsocket", path, "--save", "", "--appendonly", "no"]
    server = subprocess.Popen([*argv, "--requirepass", login] if login else argv, stdout=subprocess.DEVNULL)
    try:
        for _ in range(100):
            if path.exists():
                break
            time.sleep(0.05)
        url = read({"DATA_DIR": str(tmp_path), "REDIS_URL": given.format(path=path)}).redis_url
        with Connection(broker_url(url)) as broker, broker.SimpleQueue("calls") as waiting:
            waiting.put("work")
        with Redis.from_url(url) as client:
            assert client.connection_pool.connection_kwargs.get("db", 0) == db
            assert client.llen("calls") == 1
    finally:
        server.kill()
        server.wait()


def test_a_tcp_address_is_left_as_it_is():
    for url in ("redis://:secret@redis:6379/1", "rediss://redis:6379/0?ssl_cert_reqs=required"):
        assert broker_url(url) == url


def test_keys_are_made_once_and_only_their_owner_reads_them(tmp_path):
    first, second = read({"DATA_DIR": str(tmp_path)}), read({"DATA_DIR": str(tmp_path)})
    assert (first.secret_key, first.encryption_keys) == (second.secret_key, second.encryption_keys)
    assert stat.S_IMODE((tmp_path / "keys.json").stat().st_mode) == 0o600
    assert [file.name for file in tmp_path.iterdir()] == ["keys.json"]


def test_processes_that_start_together_agree_on_one_set_of_keys(tmp_path):
    with ThreadPoolExecutor(8) as together:
        keys = set(together.map(lambda _: read({"DATA_DIR": str(tmp_path)}).secret_key, range(16)))
    assert keys == {json.loads((tmp_path / "keys.json").read_text())["secret_key"]}


def test_a_secret_may_come_from_a_file(tmp_path):
    file = tmp_path / "token"
    file.write_text("from-a-file\n")
    settings = read({"DATA_DIR": str(tmp_path), "SANDBOX_TOKEN_ID_FILE": str(file)})
    assert settings.sandbox_token_id == "from-a-file"


class Asked(dict):
    """A source that remembers what it was asked for."""

    def __init__(self, **values):
        super().__init__(values)
        self.names = set()

    def get(self, name, default=None):
        self.names.add(name)
        return super().get(name, default)


def test_the_example_lists_every_variable_there_is_and_no_other(tmp_path):
    source = Asked(DATA_DIR=str(tmp_path))
    read(source)
    listed = re.findall(r"^#?([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE)
    compose_only = {"POSTGRES_PASSWORD"}
    assert set(listed) - compose_only == {name for name in source.names if not name.endswith("_FILE")}
    assert len(listed) == len(set(listed))


def test_the_readme_names_only_variables_there_are():
    listed = (ROOT / ".env.example").read_text()
    settings = (ROOT / "README.md").read_text().split("## Settings")[1].split("\n## ")[0]
    named = re.findall(r"`([A-Z_]+)`", settings)
    assert len(named) > 5
    assert [name for name in named if f"{name}=" not in listed] == []


def test_a_data_folder_that_cannot_be_made_is_a_sentence():
    with pytest.raises(BrokenSettings, match="DATA_DIR=/dev/null/x cannot keep the keys file"):
        read({"DATA_DIR": "/dev/null/x"})


@pytest.mark.parametrize("told", ["nope", "a@", "two@a.example, b@a.example", f"{'x' * 250}@a.example"])
def test_an_administrator_whom_the_sign_in_page_could_not_read_is_refused(tmp_path, told):
    with pytest.raises(BrokenSettings, match=re.escape(f"CONSOLE_ADMIN_EMAIL={told} is not an e-mail address.")):
        read({"DATA_DIR": str(tmp_path), "CONSOLE_ADMIN_EMAIL": told, "CONSOLE_ADMIN_PASSWORD": "long enough, this"})


def test_an_administrator_with_a_short_password_is_refused_and_the_password_is_not_told(tmp_path):
    named = {"CONSOLE_ADMIN_EMAIL": "admin@localhost", "CONSOLE_ADMIN_PASSWORD": "nine char"}
    with pytest.raises(BrokenSettings, match="CONSOLE_ADMIN_PASSWORD needs at least 10 characters") as refused:
        read({"DATA_DIR": str(tmp_path), **named})
    assert "nine char" not in str(refused.value)


def test_an_administrator_of_this_machine_is_fine(tmp_path):
    named = {"CONSOLE_ADMIN_EMAIL": "admin@localhost", "CONSOLE_ADMIN_PASSWORD": "long enough, this"}
    assert read({"DATA_DIR": str(tmp_path), **named}).admin_email == "admin@localhost"
