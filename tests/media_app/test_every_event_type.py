"""Every event type that is written down for media, tracks and AI (webhooks.md §5.1 to 5.3) reaches the mirror.

Both lists are read here, the document's and the samples': a type that is in one of them and nowhere else fails.
"""

import json
import re

import pytest

from events_app.projections import projection_for
from media_app.models import Media
from tests.media_app.test_projections import MEDIA, SAMPLES, heard
from tests.people import make_workspace

DOCUMENT = SAMPLES.parent / "webhooks.md"
# Families that the document writes with a star, by one member each
MEMBERS = {
    "video.media.watermark.*": "video.media.watermark.ready",
    "video.mediaAI.*.failed": "video.mediaAI.summary.failed",
}
# "Only in WordPress lenient matching": nobody has seen one, and nothing says what it would be about
NEVER_SEEN = {"video.playback_id.*"}
# In a sentence of the document, and its older name in another
ELSEWHERE = {"video.media.subtitle.generated"}
OF_UPLOADS = {"video.media.upload", "video.media.upload.cancelled"}


def documented():
    """The types in the first column of the tables of §5.1 to 5.3."""
    if not DOCUMENT.exists():
        return []
    text = DOCUMENT.read_text(encoding="utf-8")
    part = text[text.index("### 5.1 ") : text.index("### 5.4 ")]
    first = [line.split("|")[1] for line in part.splitlines() if line.startswith("| `")]
    names = {name for cell in first for name in re.findall(r"`(video\.[^`]+)`", cell)} - NEVER_SEEN
    return sorted({MEMBERS.get(name, name) for name in names} | ELSEWHERE)


def sampled():
    """Type → body of the samples that are not about live streams."""
    bodies = [json.loads(path.read_bytes()) for path in sorted(SAMPLES.glob("video.*.json"))]
    return {body["type"]: body for body in bodies if not body["type"].startswith("video.live_stream.")}


TYPES = documented() or [None]


def body_of(name):
    """The type's sample, or for one that has none an event of the same shape."""
    plain = {"type": name, "object": {"type": "media", "id": MEDIA}, "id": "e-1", "data": {}, "status": "ready"}
    return sampled().get(name, {**plain, "createdAt": "2026-05-20T10:00:00Z"})


def older(body):
    """The same in the older envelope: webhookId, created_at, Workspace, object.name."""
    kept = {name: body[name] for name in ("type", "data", "attempts") if name in body}
    named = {"name": body["object"]["type"], "id": body["object"]["id"]} if "object" in body else {}
    workspace = body.get("workspace", {"id": "5b0f7c2e-4d1a-4c8e-9a77-1f2e3d4c5b6a", "name": "Demo workspace"})
    return {
        **kept,
        "webhookId": body["id"],
        "object": named,
        "Workspace": workspace,
        "created_at": body["createdAt"],
        "accessor": "",
    }


def test_the_document_and_the_samples_name_the_same_types():
    if TYPES == [None]:
        pytest.skip("needs FastPix's documents beside the repository (../shared/fastpix)")
    assert len(TYPES) > 25
    assert sampled().keys() - set(TYPES) == set()
    # no sample: an older spelling, and what only another program matches
    assert set(TYPES) - sampled().keys() == {"video.media.subtitle.generated", "video.mediaAI.summary.failed"}


@pytest.mark.parametrize("form", ["current", "older"])
@pytest.mark.parametrize("video", ["with video.", "without"])
@pytest.mark.parametrize("name", TYPES)
def test_a_documented_type_is_projected_in_either_envelope_and_spelling(workspace, name, video, form):
    if name is None:
        pytest.skip("needs FastPix's documents beside the repository (../shared/fastpix)")
    body = body_of(name) if form == "current" else older(body_of(name))
    if video == "without":
        body["type"] = name.removeprefix("video.")
    assert projection_for(body["type"]) is not None
    row = heard(workspace, body)
    assert (row.state, row.error, row.type) == ("projected", "", body["type"])
    assert Media.objects.filter(remote_id=row.object_id).exists() is (name not in OF_UPLOADS)


def test_both_spellings_and_both_envelopes_leave_the_same_row(workspace):
    if TYPES == [None]:
        pytest.skip("needs FastPix's documents beside the repository (../shared/fastpix)")
    other = make_workspace("other")
    for name in TYPES:
        if name in OF_UPLOADS:
            continue
        plain = {**body_of(name), "id": f"e-{name}"}
        heard(workspace, plain)
        heard(other, {**older(plain), "type": name.removeprefix("video.")})
    ours_alone = ("id", "workspace", "known_at", "ask_at")  # our own numbers and clock
    told = [field.name for field in Media._meta.concrete_fields if field.name not in ours_alone]
    ours, theirs = (list(Media.objects.filter(workspace=one).values(*told)) for one in (workspace, other))
    assert ours == theirs
    assert len(ours) >= 1
