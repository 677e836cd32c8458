"""What the environment says, read once and judged as a whole.

Every wrong value is collected, so that a person mends them in one go instead of one per start.
"""

import base64
import binascii
import json
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qsl, quote, urlsplit

from cryptography.fernet import Fernet
from django.core.exceptions import ValidationError
from django.core.validators import validate_email

ROOT = Path(__file__).resolve().parent.parent
SHORTEST_PASSWORD = 10


class BrokenSettings(Exception):
    """At least one environment variable cannot be used; `problems` holds one sentence for each."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


@dataclass(frozen=True)
class Environment:
    """The environment as the console understands it: ports as numbers, addresses without a final slash."""

    data_dir: Path
    port: int
    sandbox_port: int
    sandbox: bool
    public_url: str
    database_url: str
    redis_url: str
    secret_key: str
    encryption_keys: tuple[str, ...]
    import_dir: Path
    handed_max_bytes: int
    handed_keep_hours: int
    trusted_proxies: int
    admin_email: str
    admin_password: str
    sandbox_token_id: str
    sandbox_secret_key: str
    sandbox_webhook_secret: str

    @property
    def sandbox_url(self) -> str:
        """Where the sandbox of `make up` answers."""
        return f"http://127.0.0.1:{self.sandbox_port}"


class _Reader:
    def __init__(self, source: Mapping[str, str]) -> None:
        self.source = source
        self.problems: list[str] = []

    def text(self, name: str, default: str = "") -> str:
        """NAME, or the content of the file that NAME_FILE points to (how containers hand over secrets)."""
        value = self.source.get(name, "").strip()
        file = self.source.get(f"{name}_FILE", "").strip()
        if value or not file:
            return value or default
        try:
            return Path(file).read_text(encoding="utf-8").strip()
        except OSError as error:
            self.problems.append(f"{name}_FILE={file} cannot be read: {error.strerror}.")
            return default

    def number(self, name: str, default: int, low: int, high: int) -> int:
        value = self.text(name, str(default))
        if value.isascii() and value.isdigit() and low <= int(value) <= high:
            return int(value)
        self.problems.append(f"{name}={value} is not a number from {low} to {high}.")
        return default

    def switch(self, name: str, *, default: bool) -> bool:
        value = self.text(name, "1" if default else "0").lower()
        if value in {"1", "true", "yes", "on"}:
            return True
        if value not in {"0", "false", "no", "off"}:
            self.problems.append(f"{name}={value} is neither 1 nor 0.")
        return False

    def url(self, name: str, default: str, schemes: tuple[str, ...]) -> str:
        value = self.text(name, default).rstrip("/")
        if value and urlsplit(value).scheme not in schemes:
            shown = value if "@" not in value else value.split("://", maxsplit=1)[0] + "://…"
            self.problems.append(f"{name}={shown} does not start with {' or '.join(f'{s}://' for s in schemes)}.")
        return value


def read(source: Mapping[str, str] | None = None) -> Environment:
    """Read and judge the environment.

    Raises BrokenSettings with every problem at once. Creates nothing but the keys file (mode 0600) inside DATA_DIR,
    and that only once.
    """
    env = _Reader(os.environ if source is None else source)
    data_dir = Path(env.text("DATA_DIR", "var"))
    if not data_dir.is_absolute():
        data_dir = ROOT / data_dir
    port = env.number("PORT", 8000, 1, 65535)
    database_url = env.text("DATABASE_URL", f"sqlite:///{data_dir / 'console.sqlite3'}")
    if not database_url.startswith(("sqlite:///", "postgres://", "postgresql://")):
        env.problems.append("DATABASE_URL does not start with postgres://, postgresql:// or sqlite:///.")
    secret_key, encryption_keys = _keys(env, data_dir)
    settings = Environment(
        data_dir=data_dir,
        port=port,
        sandbox_port=env.number("SANDBOX_PORT", 8100, 1, 65535),
        sandbox=env.switch("SANDBOX", default=True),
        public_url=env.url("PUBLIC_URL", f"http://127.0.0.1:{port}", ("http", "https")),
        database_url=database_url,
        redis_url=env.url("REDIS_URL", "", ("redis", "rediss", "unix")),
        secret_key=secret_key,
        encryption_keys=encryption_keys,
        import_dir=Path(env.text("IMPORT_DIR", str(data_dir / "import"))),
        handed_max_bytes=env.number("HANDED_MAX_BYTES", 20 * 1000**3, 0, 5 * 1024**4),
        handed_keep_hours=env.number("HANDED_KEEP_HOURS", 72, 1, 24 * 90),
        trusted_proxies=env.number("TRUSTED_PROXIES", 0, 0, 10),
        admin_email=env.text("CONSOLE_ADMIN_EMAIL"),
        admin_password=env.text("CONSOLE_ADMIN_PASSWORD"),
        sandbox_token_id=env.text("SANDBOX_TOKEN_ID"),
        sandbox_secret_key=env.text("SANDBOX_SECRET_KEY"),
        sandbox_webhook_secret=_base64(env, "SANDBOX_WEBHOOK_SECRET"),
    )
    env.problems += _administrator(settings.admin_email, settings.admin_password)
    if env.problems:
        raise BrokenSettings(env.problems)
    return settings


def _administrator(email: str, password: str) -> list[str]:
    problems = []
    if bool(email) != bool(password):
        problems.append("CONSOLE_ADMIN_EMAIL and CONSOLE_ADMIN_PASSWORD are only understood together.")
    if password and len(password) < SHORTEST_PASSWORD:
        problems.append(f"CONSOLE_ADMIN_PASSWORD needs at least {SHORTEST_PASSWORD} characters.")
    if email and not _is_email(email):
        problems.append(f"CONSOLE_ADMIN_EMAIL={email} is not an e-mail address.")
    return problems


def _is_email(text: str) -> bool:
    """By the rule of the sign-in page: it would never let in whom it cannot read."""
    try:
        validate_email(text)
    except ValidationError:
        return False
    return len(text) <= 254


def broker_url(redis_url: str) -> str:
    """The address of the Redis server in the words of Celery's kombu, which spells that of a Unix socket differently.

    `unix://:password@/run/redis.sock?db=1` becomes `redis+socket://:password@/run/redis.sock?virtual_host=1`.
    """
    parts = urlsplit(redis_url)
    if parts.scheme != "unix":
        return redis_url
    asked = dict(parse_qsl(parts.query))
    person, password = parts.username or asked.get("username", ""), parts.password or asked.get("password", "")
    login = f"{person}:{password if parts.password else quote(password, safe='')}@" if person or password else ""
    return f"redis+socket://{login}{parts.path}?virtual_host={asked.get('db', '0')}"


def _base64(env: _Reader, name: str) -> str:
    value = env.text(name)
    try:
        base64.b64decode(value, validate=True)
    except (ValueError, binascii.Error):
        env.problems.append(f"{name} is not base64.")
    return value


def _keys(env: _Reader, data_dir: Path) -> tuple[str, tuple[str, ...]]:
    """SECRET_KEY and FIELD_ENCRYPTION_KEYS from the environment, else from DATA_DIR/keys.json, made on first use."""
    secret_key = env.text("SECRET_KEY")
    listed = tuple(part.strip() for part in env.text("FIELD_ENCRYPTION_KEYS").split(",") if part.strip())
    for key in listed:
        try:
            Fernet(key)
        except ValueError:
            env.problems.append("FIELD_ENCRYPTION_KEYS holds a key that is not 32 bytes in url-safe base64.")
            return secret_key, ()
    if secret_key and listed:
        return secret_key, listed
    try:
        kept = _kept_keys(data_dir)
    except (OSError, ValueError, KeyError) as error:
        env.problems.append(f"DATA_DIR={data_dir} cannot keep the keys file: {error}.")
        return secret_key, listed
    return secret_key or kept["secret_key"], listed or (kept["field_encryption_key"],)


def _kept_keys(data_dir: Path) -> dict[str, str]:
    file = data_dir / "keys.json"
    data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    fresh = {"secret_key": secrets.token_urlsafe(48), "field_encryption_key": Fernet.generate_key().decode()}
    scratch = data_dir / f".keys.{secrets.token_hex(8)}"
    if not file.exists():
        scratch.touch(mode=0o600)
        scratch.write_text(json.dumps(fresh), encoding="utf-8")
        try:
            # link() fails where the name exists: two processes starting together agree on one set of keys
            os.link(scratch, file)
        except FileExistsError:
            pass
        finally:
            scratch.unlink()
    kept: dict[str, str] = json.loads(file.read_text(encoding="utf-8"))
    Fernet(kept["field_encryption_key"])
    return kept
