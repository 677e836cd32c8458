"""Playlists at a real sandbox, and library rows of the media in them."""

import re

from django.core.cache import cache
from django.urls import reverse

from tests.media_app.shelf import put
from tests.people import make_workspace
from workspace_app.fastpix import client_for

HTMX = {"HX-Request": "true"}


def on(sandbox):
    """A fixture's body: a workspace on the run's own sandbox, which answers again afterwards."""
    cache.clear()
    yield make_workspace("harbor", api_url=sandbox.api_url, token_id=sandbox.token_id, secret_key=sandbox.secret_key)
    sandbox.switch(api="up")


def films(workspace, sandbox, *titles):
    """So many finished media at the sandbox, and their rows here, by these titles; returns the rows."""
    sandbox.seed(len(titles))
    newest = client_for(workspace).media.list(limit=len(titles)).data
    return [put(workspace, title, remote_id=one["id"]) for title, one in zip(titles, newest, strict=True)]


def playlist(workspace, *media, name="Evening", reference="", **more):
    """A playlist at the sandbox with these media; returns its id."""
    fastpix = client_for(workspace).playlists
    reference = reference or f"ref-{name}-{media[0].remote_id if media else workspace.pk}"
    made = fastpix.create(name=name, reference_id=reference, **more).data["id"]
    if media:
        fastpix.add_media(made, [one.remote_id for one in media])
    return made


def held(workspace, playlist_id):
    """The ids the sandbox holds in it, in order."""
    return [one["id"] for one in client_for(workspace).playlists.get(playlist_id).data["mediaList"]]


def address(name, client, *ids):
    return reverse(f"media:{name}", args=[client.slug, *ids])


def get(client, view, /, *ids, **query):
    return client.get(address(view, client, *ids), query, headers=HTMX)


def post(client, view, /, *ids, **data):
    return client.post(address(view, client, *ids), data, headers=HTMX)


def text(answer):
    return re.sub(r"\s+", " ", answer.content.decode())


def mark(client, playlist_id):
    """The mark of the list as a person sees it now."""
    return get(client, "playlist_detail", playlist_id).context["playlist"].mark
