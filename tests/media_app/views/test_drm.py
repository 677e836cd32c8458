import pytest
import requests
from django.core.cache import cache
from django.urls import reverse

from tests.media_app import at_sandbox
from tests.media_app.shelf import put
from tests.people import make_client


@pytest.fixture
def person(db, sandbox):
    """An editor of a workspace on the run's own sandbox."""
    cache.clear()
    return make_client("editor@example.com", at_sandbox.connected(sandbox), "editor")


@pytest.fixture
def configuration(sandbox):
    """A DRM configuration, as FastPix would have set it up."""
    made = requests.post(f"{sandbox.url}/_sandbox/drm", json={}, timeout=5).json()["configurations"][-1]
    yield made
    requests.post(f"{sandbox.url}/_sandbox/drm", json={"remove": made}, timeout=5)


def at(name, *more):
    return reverse(f"media:{name}", args=["harbor", *more])


def test_without_drm_fastpix_s_answer_is_told(person):
    body = person.get(at("drm_configurations")).content.decode()
    assert "DRM is not enabled for this workspace" in body
    assert "DRM ID does not exist" in body


def test_configurations_are_listed_with_where_they_are_used(person, configuration):
    workspace = person.user.memberships.get().workspace
    put(workspace, policies=("drm", "drm-again"))
    put(workspace, policies=("drm",), gone=True)
    body = person.get(at("drm_configurations")).content.decode()
    assert configuration in body
    assert at("drm_detail", configuration) in body
    assert "1 media has a DRM playback ID" in body


def test_one_configuration_is_what_fastpix_answers_for_it(person, configuration):
    assert configuration in person.get(at("drm_detail", configuration)).content.decode()
    for unknown in ("no-uuid", "00000000-0000-4000-8000-00000000dead"):
        answer = person.get(at("drm_detail", unknown), headers={"HX-Request": "true"})
        assert answer.status_code == 502
