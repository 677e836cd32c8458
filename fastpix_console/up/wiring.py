"""What each child finds in its environment: secrets travel this way, never on a command line, which anyone can list."""

import base64
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from fastpix_console.environment import Environment
from fastpix_console.up import leftovers

# The sandbox is another company's platform as far as trust goes: it gets none of the console's secrets
CONSOLE_SECRETS = ("SECRET_KEY", "FIELD_ENCRYPTION_KEYS", "DATABASE_URL", "REDIS_URL")
ADMIN = ("CONSOLE_ADMIN_EMAIL", "CONSOLE_ADMIN_PASSWORD")


@dataclass(frozen=True)
class Wiring:
    """The environments of the children, by what they are."""

    console: dict[str, str]
    preparation: dict[str, str]
    sandbox: dict[str, str]
    server: dict[str, str]


def wire(settings: Environment, inherited: Mapping[str, str], *, redis_url: str, run: str) -> Wiring:
    """Environments for one run. `redis_url` is the server in use, `run` the word that marks this run's processes."""
    ours = {
        **inherited,
        leftovers.MARK: run,
        "DATA_DIR": str(settings.data_dir),
        "DJANGO_SETTINGS_MODULE": "fastpix_console.settings",
        "PYTHONUNBUFFERED": "1",
        # a database that swallows packets must not hold a start, or /readyz, for minutes
        "PGCONNECT_TIMEOUT": inherited.get("PGCONNECT_TIMEOUT", "5"),
    }
    if settings.sandbox:
        ours |= _sandbox(settings)
    preparation = {**ours, "REDIS_URL": redis_url}
    return Wiring(
        console=_without(preparation, ADMIN),
        preparation=preparation,
        sandbox=_without(ours, (*CONSOLE_SECRETS, *ADMIN)),
        server={"PATH": inherited.get("PATH", ""), leftovers.MARK: run},
    )


def _without(environment: dict[str, str], names: tuple[str, ...]) -> dict[str, str]:
    hidden = {*names, *(f"{name}_FILE" for name in names)}
    return {name: value for name, value in environment.items() if name not in hidden}


def _sandbox(settings: Environment) -> dict[str, str]:
    kept = _credentials(settings.data_dir / "sandbox-credentials.json")
    return {
        "SANDBOX_PORT": str(settings.sandbox_port),
        "SANDBOX_TOKEN_ID": settings.sandbox_token_id or kept["token_id"],
        "SANDBOX_SECRET_KEY": settings.sandbox_secret_key or kept["secret_key"],
        "SANDBOX_WEBHOOK_SECRET": settings.sandbox_webhook_secret or kept["webhook_secret"],
        "SANDBOX_WEBHOOK_URL": f"http://127.0.0.1:{settings.port}/webhooks/sandbox/",
    }


def _credentials(file: Path) -> dict[str, str]:
    """The sandbox's own credentials, made on the first start and kept (mode 0600)."""
    try:
        kept = json.loads(file.read_text())
        return {name: str(kept[name]) for name in ("token_id", "secret_key", "webhook_secret")}
    except (OSError, ValueError, KeyError, TypeError):
        fresh = {
            "token_id": secrets.token_hex(16),
            "secret_key": secrets.token_urlsafe(32),
            "webhook_secret": base64.b64encode(secrets.token_bytes(32)).decode(),
        }
    scratch = file.with_suffix(".new")
    scratch.touch(mode=0o600)
    scratch.write_text(json.dumps(fresh))
    scratch.replace(file)
    return fresh
