import json
import re
from pathlib import Path

import pytest

from tests.web.pages import WORKSPACE
from web import navigation
from workspace_app.roles import Can, Role

TEMPLATES = Path(__file__).parent.parent.parent / "templates"
pytestmark = [pytest.mark.urls("tests.web.pages"), pytest.mark.django_db]


def test_the_page_has_what_every_page_needs(client):
    html = client.get("/full/").text
    for part in (
        'class="skip" href="#main"',
        'id="main" tabindex="-1"',
        'id="dialog"',
        'id="toasts" role="status"',
        'class="fp-tabbar"',
    ):
        assert part in html, part
    assert html.count("<h1") == 1


def test_htmx_is_told_to_be_strict(client):
    found = re.search(r"name=\"htmx-config\"\s+content='([^']+)'", client.get("/full/").text)
    config = json.loads(found[1])
    assert not config["includeIndicatorStyles"]
    assert not config["allowEval"]
    assert not config["allowScriptTags"]
    assert config["selfRequestsOnly"]
    assert {"code": "422", "swap": True} in config["responseHandling"]
    assert {"code": "502", "swap": True} in config["responseHandling"]


def test_every_request_of_htmx_carries_the_csrf_token(client):
    found = re.search(r"data-hx-headers='([^']+)'", client.get("/full/").text)
    assert len(json.loads(found[1])["X-CSRFToken"]) == 64


def test_a_message_becomes_a_toast_and_stays_text(client):
    """RELIABILITY 48: what others wrote is text."""
    html = client.get("/full/", {"say": "<img src=x onerror=alert(1)>"}).text
    assert 'data-tone="ok"' in html
    assert "<img src=x" not in html


@pytest.mark.parametrize(("level", "tone"), [(20, "info"), (25, "ok"), (30, "warn"), (40, "bad")])
def test_each_level_of_a_message_has_one_of_the_four_tones(client, level, tone):
    toasts = client.get("/full/", {"say": "Saved.", "level": level}).text.split('id="toasts"')[1].split("<p")[0]
    assert f'data-tone="{tone}"' in toasts


@pytest.mark.parametrize("template", sorted(str(path.relative_to(TEMPLATES)) for path in TEMPLATES.rglob("*.html")))
def test_no_template_writes_script_or_style_into_the_page(template):
    """RELIABILITY 49: the policy lets in nothing inline, and only the workspace's own hosts."""
    source = (TEMPLATES / template).read_text()
    assert not re.search(r"<style|\sstyle\s*=|javascript:|\son[a-z]+\s*=\s*[\"']|\shx-|\|safe\b|autoescape off", source)
    assert not re.search(r"<script(?![^>]*\ssrc=)", source)


class Asked:
    """A request as far as navigation looks."""

    def __init__(self, view):
        self.resolver_match = type("Match", (), {"view_name": view})()


@pytest.mark.urls("tests.web.areas")
def test_each_role_sees_where_it_may_go():
    seen = {role: names(role) for role in (Role.VIEWER, Role.EDITOR, Role.OPERATOR, Role.ADMIN)}
    everyone = [
        "media:media_list",
        "media:playlist_list",
        "live:stream_list",
        "analytics:overview",
        "events:event_list",
    ]
    assert seen[Role.VIEWER] == seen[Role.OPERATOR] == everyone
    assert seen[Role.EDITOR] == seen[Role.ADMIN] == [everyone[0], "media:upload_list", *everyone[1:]]
    assert navigation.foot(Asked(""), "harbor", Can(Role.EDITOR)) == []
    assert [link.view for link in navigation.foot(Asked(""), "harbor", Can(Role.ADMIN))] == ["workspace:settings"]


@pytest.mark.urls("tests.web.areas")
@pytest.mark.parametrize(
    ("view", "owner"),
    [
        ("media:media_list", "media:media_list"),
        ("media:media_detail", "media:media_list"),
        ("media:upload_list", "media:upload_list"),
        ("media:import_url", "media:upload_list"),
        ("media:server_list", "media:upload_list"),
        ("media:playlist_items_add", "media:playlist_list"),
        ("live:stream_detail", "live:stream_list"),
        ("workspace:account_edit", None),
        ("", None),
    ],
)
def test_exactly_the_place_one_is_in_is_marked(view, owner):
    links = [link for group in navigation.groups(Asked(view), "harbor", Can(Role.ADMIN)) for link in group.links]
    assert [link.view for link in links if link.current] == ([owner] if owner else [])


@pytest.mark.urls("tests.web.areas")
@pytest.mark.parametrize("page", ["settings", "name_change", "connection_test", "webhook_set_up", "member_list"])
def test_every_page_of_the_settings_marks_settings(page):
    [link] = navigation.foot(Asked(f"workspace:{page}"), "harbor", Can(Role.ADMIN))
    assert link.current
    assert not navigation.foot(Asked("workspace:workspace_list"), "harbor", Can(Role.ADMIN))[0].current


def names(role):
    return [link.view for group in navigation.groups(Asked(""), "harbor", Can(role)) for link in group.links]


def test_an_area_that_is_not_there_has_no_link():
    assert navigation.groups(Asked(""), WORKSPACE.slug, Can(Role.ADMIN)) == []


def test_a_form_ties_hints_and_errors_to_their_fields(client):
    html = client.get("/form/").text
    for found in re.findall(r'aria-describedby="([^"]+)"', html):
        for name in found.split():
            assert f'id="{name}"' in html, name
    assert 'aria-invalid="true"' in html
    assert "form-control is-invalid" in html
    assert "<legend" in html
