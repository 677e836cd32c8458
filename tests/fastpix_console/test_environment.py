"""The environment is read once and judged as a whole."""

import json
import stat
from concurrent.futures import ThreadPoolExecutor

import pytest

from fastpix_console.environment import BrokenSettings, read


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


def test_a_data_folder_that_cannot_be_made_is_a_sentence():
    with pytest.raises(BrokenSettings, match="DATA_DIR=/dev/null/x cannot keep the keys file"):
        read({"DATA_DIR": "/dev/null/x"})
