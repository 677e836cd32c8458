from datetime import timedelta

from django.utils import timezone

from tests.people import make_workspace
from workspace_app import timeline, words


def test_the_newest_entry_comes_first_and_only_of_that_object(workspace, admin):
    now = timezone.now()
    timeline.record(
        workspace, "media", "a", "older", source="webhook", occurred_at=now - timedelta(hours=1), event_id="e1"
    )
    timeline.record(workspace, "media", "a", "newer", source="person", by=admin.user, occurred_at=now)
    timeline.record(workspace, "media", "b", "other object", source="poll")
    timeline.record(workspace, "live", "a", "other area", source="poll")
    timeline.record(make_workspace("elsewhere"), "media", "a", "other workspace", source="poll")
    assert [entry.verb for entry in timeline.of(workspace, "media", "a")] == ["newer", "older"]
    assert [entry.verb for entry in timeline.of(workspace, "media", "a", limit=1)] == ["newer"]


def test_who_it_was_stays_when_the_account_is_gone(workspace, admin):
    timeline.record(workspace, "media", "a", "deleted", source="person", by=admin.user)
    admin.user.delete()
    entry = timeline.of(workspace, "media", "a").get()
    assert (entry.actor, entry.actor_name) == (None, "Admin")


def test_long_ids_are_cut_to_their_columns(workspace):
    entry = timeline.record(workspace, "media", "x" * 99, "seen", source="call", request_id="r" * 99, event_id="e" * 99)
    assert (len(entry.object_id), len(entry.request_id), len(entry.event_id)) == (64, 64, 80)


def test_history_reads_as_sentences_whatever_is_in_it(workspace):
    for verb, details in [
        ("member_changed", {"person": "100% Dana", "before": "viewer", "after": "admin"}),
        ("workspace_renamed", {}),
        ("never_heard_of_it", {"x": 1}),
    ]:
        timeline.record(workspace, "workspace", "harbor", verb, source="person", details=details)
    said = [line.sentence for line in words.lines(timeline.of(workspace, "workspace", "harbor"))]
    assert said == ["Never heard of it", "Renamed from - to -", "100% Dana changed from Viewer to Admin"]
