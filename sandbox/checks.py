"""Reading what a caller sent: wrong fields are collected, so that one 422 names them all."""

import json
import re
from typing import Any
from uuid import UUID

from starlette.requests import Request

from sandbox import errors

BODY_LIMIT = 1 << 20
TEXT_LIMIT = 255  # characters of title, creatorId, metadata keys and values (documented)
METADATA_LIMIT = 10  # entries (documented)
POLICIES = ("public", "private", "drm")
RESOLUTIONS = ("360p", "480p", "720p", "1080p", "1440p", "2160p")
LISTS = {"domains": r"^(\*\.)?[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$", "userAgents": r"^.+$"}


async def body(request: Request, *, required: bool = True) -> dict[str, Any]:
    """The JSON object of the request. Refusal 400 when it is not one, 413 above 1 MiB."""
    raw = b""
    async for chunk in request.stream():
        raw += chunk
        if len(raw) > BODY_LIMIT:
            raise errors.Refusal(413, "payload too large", "The body may have 1 MiB.")
    if not raw.strip() and not required:
        return {}
    try:
        data = json.loads(raw)
    except (ValueError, RecursionError):
        raise errors.bad_request("The body is not JSON.") from None
    if not isinstance(data, dict):
        raise errors.bad_request("The body must be a JSON object.")
    return data


def identifier(request: Request, name: str) -> str:
    """A UUID of the path. An unparsable one is 422 (recorded), never 404."""
    try:
        return str(UUID(request.path_params[name]))
    except ValueError:
        raise errors.invalid([{"field": name, "message": "is invalid"}]) from None


class Fields:
    """Takes fields out of a body one by one; `refuse` raises the 422 when any was wrong."""

    def __init__(self, data: dict[str, Any], prefix: str = "", problems: list[errors.Problem] | None = None) -> None:
        self.data = data
        self.prefix = prefix
        self.problems: list[errors.Problem] = problems if problems is not None else []

    def wrong(self, name: str, message: str) -> None:
        self.problems.append({"field": f"{self.prefix}{name}", "message": message})

    def refuse(self) -> None:
        if self.problems:
            raise errors.invalid(self.problems)

    def inside(self, name: str, *, required: bool = False) -> "Fields":
        """The fields of a nested object; its problems are named with the path."""
        value = self.data.get(name)
        if value is None and required:
            self.wrong(name, "must not be null")
        elif value is not None and not isinstance(value, dict):
            self.wrong(name, "must be an object")
        return Fields(value if isinstance(value, dict) else {}, f"{self.prefix}{name}.", self.problems)

    def text(self, name: str, *, required: bool = False, limit: int = TEXT_LIMIT) -> str | None:
        value = self.data.get(name)
        if value is None:
            if required:
                self.wrong(name, "must not be null")
            return None
        if not isinstance(value, str):
            self.wrong(name, "must be a string")
            return None
        if len(value) > limit:
            self.wrong(name, f"size must be between 0 and {limit}")
        if required and not value:
            self.wrong(name, "must not be blank")
        return value

    def choice(self, name: str, allowed: tuple[str, ...], *, required: bool = False) -> str | None:
        value = self.text(name, required=required)
        if value is not None and value not in allowed:
            self.wrong(name, f"must be one of {', '.join(allowed)}")
        return value

    def flag(self, name: str, *, required: bool = False) -> bool | None:
        value = self.data.get(name)
        if value is None and required:
            self.wrong(name, "must not be null")
        elif value is not None and not isinstance(value, bool):
            self.wrong(name, "must be true or false")
        return value if isinstance(value, bool) else None

    def whole(self, name: str, low: int, high: int) -> int | None:
        value = self.data.get(name)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            self.wrong(name, f"must be between {low} and {high}")
            return None
        return value

    def identifier(self, name: str) -> str | None:
        value = self.text(name)
        try:
            return str(UUID(value)) if value is not None else None
        except ValueError:
            self.wrong(name, "is invalid")
            return None

    def seconds(self, name: str) -> float | None:
        value = self.data.get(name)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float) or value < 0:
            self.wrong(name, "must be a number of seconds")
            return None
        return float(value)

    def metadata(self, name: str = "metadata") -> dict[str, str] | None:
        value = self.data.get(name)
        if value is None:
            return None
        if not isinstance(value, dict) or not all(isinstance(item, str) for item in value.values()):
            self.wrong(name, "must be an object of strings")
            return None
        if len(value) > METADATA_LIMIT:
            self.wrong(name, f"size must be between 0 and {METADATA_LIMIT}")
        if any(len(part) > TEXT_LIMIT for pair in value.items() for part in pair):
            self.wrong(name, f"keys and values have at most {TEXT_LIMIT} characters")
        return value

    def restriction(self, kind: str) -> dict[str, Any]:
        """One flat {defaultPolicy, allow, deny}. Hosts without a dot are refused (observed)."""
        rules: dict[str, Any] = {"defaultPolicy": self.choice("defaultPolicy", ("allow", "deny")) or "allow"}
        for name in ("allow", "deny"):
            entries = self.data.get(name)
            if entries is None:
                entries = []
            if not isinstance(entries, list) or not all(
                isinstance(entry, str) and re.match(LISTS[kind], entry) for entry in entries
            ):
                self.wrong(name, "is invalid")
                entries = []
            rules[name] = entries
        return rules

    def restrictions(self) -> dict[str, Any]:
        both = self.inside("accessRestrictions")
        return {kind: both.inside(kind).restriction(kind) for kind in LISTS}
