"""Who may see a playback ID: its token, then its domain and user-agent rules."""

from typing import Any
from urllib.parse import urlsplit

import jwt
from starlette.requests import Request

from sandbox import records, world
from sandbox.records import Media, PlaybackId
from sandbox.world import World

CORS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "Content-Length, Content-Range, Date",
    "Cache-Control": "no-store",
}


# of the token a playback ID of that policy asks for (documented for private, observed for drm)
AUDIENCES = {"private": "media", "drm": "drm"}


class NoAccess(Exception):
    """The stream or image host's refusal: 400 not ready, 401 token, 403 rules, 404 unknown, 422 parameter."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


def admitted(request: Request) -> tuple[PlaybackId, Media]:
    """The playable media behind the request's playback ID. Raises NoAccess."""
    here = world.of(request)
    playback_id = records.playback_id_or_none(here.store, request.path_params["playback_id"])
    media = records.media_or_none(here.store, playback_id.media_id) if playback_id else None
    if playback_id is None or media is None:
        raise NoAccess(404, "There is no such playback ID.")
    if playback_id.policy in AUDIENCES:
        _check_token(here, f"{AUDIENCES[playback_id.policy]}:{playback_id.id}", request.query_params.get("token", ""))
    _check_rules(request, playback_id.restrictions)
    if media.status != "Ready":
        raise NoAccess(400, "The media is not ready yet.")
    return playback_id, media


def _check_token(here: World, audience: str, token: str) -> None:
    """RS256 by a signing key of this workspace, aud as `audience`, exp in the future (documented)."""
    try:
        kid = jwt.get_unverified_header(token).get("kid", "") if token else ""
        row = here.store.one("SELECT public_pem FROM signing_keys WHERE id = ?", [str(kid)])
        if row is None:
            raise NoAccess(401, "A token of a known signing key is needed.")
        jwt.decode(
            token,
            row["public_pem"],
            algorithms=["RS256"],
            audience=audience,
            options={"require": ["exp", "aud"]},
        )
    except (jwt.PyJWTError, ValueError):
        raise NoAccess(401, "The token is not valid for this playback ID.") from None


def _check_rules(request: Request, restrictions: dict[str, Any]) -> None:
    origin = request.headers.get("origin") or request.headers.get("referer", "")
    host = (urlsplit(origin).hostname or "") if "://" in origin else ""
    domains, agents = restrictions["domains"], restrictions["userAgents"]
    if not _allowed(domains, lambda entry: _covers(entry, host)):
        raise NoAccess(403, "This domain may not play it.")
    agent = request.headers.get("user-agent", "")
    if not _allowed(agents, lambda entry: entry in agent):
        raise NoAccess(403, "This user agent may not play it.")


def _allowed(rules: dict[str, Any], matches: Any) -> bool:
    """`allow` matters where the default denies, `deny` where it allows (documented)."""
    if rules["defaultPolicy"] == "deny":
        return any(matches(entry) for entry in rules["allow"])
    return not any(matches(entry) for entry in rules["deny"])


def _covers(entry: str, host: str) -> bool:
    entry, host = entry.lower(), host.lower()
    if entry.startswith("*."):
        return host.endswith(entry[1:])
    return host == entry
