"""FastPix's published Python SDK as its customers run it, with an eye on the bytes below it."""

import inspect
import re
from types import SimpleNamespace

import httpx
import pytest
from fastpix_python import Fastpix, errors, models

from tests.sandbox import document

# The recordings show a length as "00:00:10" and mp4Support as a word; this SDK waits for a number and a list. Nothing
# else may fail to parse: the method, then the places in its answer.
TOLERATED = {
    "get_media": r"data\.(duration|mp4Support)",
    "updated_media": r"data\.(duration|mp4Support)",
    "updated_source_access": r"data\.(duration|mp4Support)",
    "updated_mp4_support": r"data\.(duration|mp4Support)",
    "list_media": r"data\.\d+\.(duration|mp4Support)",
    "get_media_clips": r"data\.\d+\.duration",
    "create_a_playlist": r"data\.mediaList\.\d+\.duration",
    "get_playlist_by_id": r"data\.mediaList\.\d+\.duration",
    "update_a_playlist": r"data\.mediaList\.\d+\.duration",
    "add_media_to_playlist": r"data\.mediaList\.\d+\.duration",
    "change_media_order_in_playlist": r"data\.mediaList\.\d+\.duration",
    "delete_media_from_playlist": r"data\.mediaList\.\d+\.duration",
}
AREAS = (
    "input_video", "manage_videos", "playback", "playlist", "in_video_ai_features", "drm_configurations",
    "signing_keys",
)  # fmt: skip


class Customer:
    """The SDK at a sandbox, its retries off; every answer is held against FastPix's document as well."""

    def __init__(self, url, user="sandbox", password="sandbox"):
        self.answers, self.tolerated = [], set()
        http = httpx.Client(trust_env=False, timeout=30, event_hooks={"response": [self._note]})
        keys = models.Security(username=user, password=password)
        self.sdk = Fastpix(security=keys, server_url=f"{url}/v1", client=http, retry_config=None)

    def __getattr__(self, area):
        return getattr(self.sdk, area)

    def say(self, method, *, status=200, **arguments):
        """The raw data of the one answer; an answer the SDK cannot read must be a tolerated one."""
        before = len(self.answers)
        try:
            method(**arguments)
        except errors.ResponseValidationError as error:
            self._tolerate(method.__name__, error)
        assert len(self.answers) == before + 1
        assert self.answers[-1].status_code == status, self.answers[-1].text
        body = self.answers[-1].json()
        assert body["success"] is True
        return body.get("data")

    def refused(self, kind, status, method, **arguments):
        """The raw error of a refusal that the SDK knows as `kind`."""
        with pytest.raises(kind) as caught:
            method(**arguments)
        assert type(caught.value) is kind
        assert self.answers[-1].status_code == status
        body = self.answers[-1].json()
        assert (body["success"], body["error"]["code"]) == (False, status)
        return body["error"]

    @property
    def sent(self):
        """The last request."""
        return self.answers[-1].request

    def _tolerate(self, method, error):
        for one in error.__cause__.errors():
            place = ".".join(str(part) for part in one["loc"]).removeprefix("body.")
            assert re.fullmatch(TOLERATED.get(method, "nothing"), place), f"{method} cannot read {place}: {one['msg']}"
            self.tolerated.add(re.sub(r"\.\d+\.", ".N.", place))

    def _note(self, answer):
        answer.read()
        self.answers.append(answer)
        asked = answer.request
        request = SimpleNamespace(
            url=str(asked.url), method=asked.method, headers=dict(asked.headers), body=asked.content
        )
        document.check(
            SimpleNamespace(
                ok=answer.is_success,
                request=request,
                content=answer.content,
                status_code=answer.status_code,
                text=answer.text,
            )
        )


def operations():
    """Every method of the on-demand area and of signing keys that the SDK has."""
    client = Fastpix(server_url="http://127.0.0.1:1/v1")
    return {
        name
        for area in AREAS
        for name, _ in inspect.getmembers(getattr(client, area), inspect.ismethod)
        if not name.startswith("_") and not name.endswith("_async") and name != "do_request"
    }
