from html.parser import HTMLParser

import pytest

from media_app.services import sharing
from tests.media_app.shelf import put

HOSTILE = """"><img src=x onerror=alert(1)>'</fastpix-player><script>alert(2)</script>"""


class Elements(HTMLParser):
    """What a browser makes of a piece of code."""

    def __init__(self, text):
        super().__init__()
        self.found = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))


@pytest.fixture
def fastpix_workspace(workspace):
    workspace.stream_url, workspace.images_url = "https://stream.fastpix.com", "https://images.fastpix.com"
    workspace.save()
    return workspace


def pieces(workspace, policy="public", token="", **fields):
    playback = put(workspace, policies=(policy,), **fields).playback_ids.get()
    return playback.remote_id, {piece.name: piece.text for piece in sharing.pieces(playback, token=token)}


def test_a_public_id_is_shared_by_its_addresses_and_two_kinds_of_code(fastpix_workspace):
    name, told = pieces(fastpix_workspace)
    assert told["stream"] == f"https://stream.fastpix.com/{name}.m3u8"
    assert told["picture"] == f"https://images.fastpix.com/{name}/thumbnail.jpg"
    assert Elements(told["player"]).found[1][1]["playback-id"] == name
    assert "custom-domain" not in told["player"]
    assert Elements(told["plain"]).found[0][1]["src"] == told["stream"]


def test_a_title_stays_a_title_in_the_code(fastpix_workspace):
    _, told = pieces(fastpix_workspace, title=HOSTILE)
    script, player = Elements(told["player"]).found
    assert (script[0], player[0]) == ("script", "fastpix-player")
    assert player[1]["metadata-video-title"] == HOSTILE
    assert not hasattr(told["player"], "__html__")  # a page that shows the code escapes it


def test_a_token_is_in_every_address_and_a_drm_token_in_both_attributes(fastpix_workspace):
    _, told = pieces(fastpix_workspace, "private", token="abc.def.ghi")
    assert told["stream"].endswith(".m3u8?token=abc.def.ghi")
    assert told["picture"].endswith("/thumbnail.jpg?token=abc.def.ghi")
    assert "drm-token" not in told["player"]
    _, drm = pieces(fastpix_workspace, "drm", token="abc.def.ghi")
    player = Elements(drm["player"]).found[1][1]
    assert (player["token"], player["drm-token"]) == ("abc.def.ghi", "abc.def.ghi")
    assert "plain" not in drm


def test_a_domain_of_ones_own_reaches_the_player(fastpix_workspace):
    fastpix_workspace.stream_url = "https://stream.films.example"
    _, told = pieces(fastpix_workspace)
    assert Elements(told["player"]).found[1][1]["custom-domain"] == "films.example"


def test_where_fastpix_s_player_cannot_go_only_plain_html_is_offered(workspace):
    _, told = pieces(workspace)
    assert "player" not in told
    assert "plain" in told


def test_a_sound_has_no_picture_and_plays_as_sound(fastpix_workspace):
    _, told = pieces(fastpix_workspace, is_audio_only=True)
    assert "picture" not in told
    assert told["plain"].startswith("<audio controls src=")
