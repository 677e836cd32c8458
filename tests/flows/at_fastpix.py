"""The stack's sandbox as somebody else's program speaks to it: what the console must find out by itself."""

import json
import uuid

import requests

from tests.stack import Stack


class AtFastPix:
    """Calls of the API below /on-demand, with the credentials of the stack's own workspace."""

    def __init__(self, stack: Stack) -> None:
        kept = json.loads((stack.data_dir / "sandbox-credentials.json").read_text())
        self._url, self._auth = f"{stack.sandbox_url}/v1/on-demand", (kept["token_id"], kept["secret_key"])

    def call(self, method: str, path: str, **body: object) -> dict:
        """The data of a 2xx; anything else fails the test."""
        answer = requests.request(method, self._url + path, auth=self._auth, timeout=10, json=body or None)
        answer.raise_for_status()
        return answer.json().get("data")

    def playlist(self, *media_ids: str, name: str = "Lobby") -> str:
        """A manual playlist of these; returns its id."""
        made = self.call("POST", "/playlists", name=name, referenceId=f"story-{uuid.uuid4()}", type="manual")["id"]
        if media_ids:
            self.call("PATCH", f"/playlists/{made}/media", mediaIds=[*media_ids])
        return made

    def held(self, playlist: str) -> list[str]:
        """The ids of a playlist's media, in order."""
        return [one["id"] for one in self.call("GET", f"/playlists/{playlist}")["mediaList"]]
