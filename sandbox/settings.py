"""What the sandbox is told at start: flags first, then the environment, then defaults."""

import argparse
import base64
import binascii
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

DESCRIPTION = "A FastPix on loopback: upload, encode, play and webhooks without an account or the internet."
EPILOG = """\
environment (a flag wins over it):
  SANDBOX_PORT            port to listen on (8100)
  SANDBOX_HOST            address to bind (127.0.0.1)
  SANDBOX_PUBLIC_URL      how others reach it, used in every URL it hands out (http://127.0.0.1:PORT)
  DATA_DIR                state is kept in DATA_DIR/sandbox (var/sandbox)
  SANDBOX_TOKEN_ID        Token ID of the API (sandbox); the same with "-read" added may only read
  SANDBOX_SECRET_KEY      Secret Key of the API (sandbox)
  SANDBOX_WEBHOOK_URL     where events are sent; may also be set on the page or by POST /_sandbox/webhook
  SANDBOX_WEBHOOK_SECRET  base64 signing secret (made once and kept when absent)
  SANDBOX_UPLOAD_TIMEOUT  seconds an upload address lives (14400)
  SANDBOX_JOBS            encodings at a time, 1 or 2 (1)
"""


class BadSetting(Exception):
    """One or more settings cannot be used; the text names each in a sentence."""


@dataclass(frozen=True)
class Settings:
    """All the sandbox is told; addresses are without a final slash, upload_timeout is in seconds."""

    host: str
    port: int
    public_url: str
    data: Path
    token_id: str
    secret_key: str
    webhook_url: str
    webhook_secret: str
    upload_timeout: int
    jobs: int

    @property
    def stream_url(self) -> str:
        return f"{self.public_url}/stream"

    @property
    def images_url(self) -> str:
        return f"{self.public_url}/images"

    @property
    def storage_url(self) -> str:
        return f"{self.public_url}/upload-storage"


def read(argv: Sequence[str], environ: Mapping[str, str]) -> Settings:
    """Settings from the command line and the environment. Raises BadSetting naming every wrong one."""
    parser = argparse.ArgumentParser(
        prog="python -m sandbox",
        description=DESCRIPTION,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--port", help="port to listen on")
    parser.add_argument("--host", help="address to bind")
    parser.add_argument("--public-url", help="how others reach it")
    parser.add_argument("--data", help="folder for its state")
    flags = parser.parse_args(argv)
    problems: list[str] = []
    port = _number("SANDBOX_PORT", flags.port or environ.get("SANDBOX_PORT") or "8100", 1, 65535, problems)
    timeout = environ.get("SANDBOX_UPLOAD_TIMEOUT") or "14400"
    secret = (environ.get("SANDBOX_WEBHOOK_SECRET") or "").strip()
    if secret and not secret_bytes(secret):
        problems.append("SANDBOX_WEBHOOK_SECRET must be base64.")
    target = environ.get("SANDBOX_WEBHOOK_URL") or ""
    if target and not target.startswith(("http://", "https://")):
        problems.append("SANDBOX_WEBHOOK_URL must start with http:// or https://.")
    settings = Settings(
        host=flags.host or environ.get("SANDBOX_HOST") or "127.0.0.1",
        port=port,
        public_url=_public_url(flags.public_url or environ.get("SANDBOX_PUBLIC_URL") or "", port, problems),
        data=Path(flags.data) if flags.data else Path(environ.get("DATA_DIR") or "var") / "sandbox",
        token_id=environ.get("SANDBOX_TOKEN_ID") or "sandbox",
        secret_key=environ.get("SANDBOX_SECRET_KEY") or "sandbox",
        webhook_url=target,
        webhook_secret=secret,
        upload_timeout=_number("SANDBOX_UPLOAD_TIMEOUT", timeout, 1, 604800, problems),
        jobs=_number("SANDBOX_JOBS", environ.get("SANDBOX_JOBS") or "1", 1, 2, problems),
    )
    if problems:
        raise BadSetting("\n".join(problems))
    return settings


def secret_bytes(secret: str) -> bytes:
    """The key bytes of a base64 signing secret; empty when it is not base64."""
    try:
        return base64.b64decode(secret, validate=True)
    except (binascii.Error, ValueError):
        return b""


def environment() -> Mapping[str, str]:
    """The variables of this process."""
    return os.environ


def _public_url(given: str, port: int, problems: list[str]) -> str:
    if given and not given.startswith(("http://", "https://")):
        problems.append("SANDBOX_PUBLIC_URL must start with http:// or https://.")
    return given.rstrip("/") or f"http://127.0.0.1:{port}"


def _number(name: str, text: str, low: int, high: int, problems: list[str]) -> int:
    if text.isascii() and text.isdigit() and low <= int(text) <= high:
        return int(text)
    problems.append(f"{name} must be a whole number from {low} to {high}.")
    return low
