"""Stopping, being killed, starting again, and starting wrongly."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import requests

from tests.sandbox.box import GRAIN, ROOT, make_video, until


def start(folder, **environment):
    """What a start that cannot work prints, and its exit code."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("SANDBOX")}
    done = subprocess.run(
        [sys.executable, "-m", "sandbox"],
        cwd=ROOT,
        env=clean | {"DATA_DIR": str(folder)} | environment,
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
    )
    return done.returncode, done.stderr.strip()


def children(pid):
    return Path(f"/proc/{pid}/task/{pid}/children").read_text().split()


def test_it_stops_fast_even_with_a_request_that_hangs(own_box):
    box = own_box()
    box.switch(api="silent")
    hanging = subprocess.Popen(
        [sys.executable, "-c", f"import requests; requests.get('{box.url}/v1/on-demand', timeout=30)"],
        stderr=subprocess.DEVNULL,
    )
    time.sleep(1)
    begun = time.monotonic()
    assert box.stop(signal.SIGTERM) == 0
    assert time.monotonic() - begun < 5
    hanging.wait(5)


def test_an_upload_goes_on_after_a_kill(own_box, clip):
    box = own_box()
    made = box.new_upload(title="Kept")
    requests.put(
        made["url"], data=clip[:GRAIN], headers={"Content-Range": f"bytes 0-{GRAIN - 1}/{len(clip)}"}, timeout=5
    )
    box.process.kill()
    box.process.wait(5)
    box.start()
    asked = requests.put(made["url"], headers={"Content-Range": f"bytes */{len(clip)}"}, timeout=5)
    assert asked.headers["Range"] == f"bytes=0-{GRAIN - 1}"
    span = f"bytes {GRAIN}-{len(clip) - 1}/{len(clip)}"
    assert requests.put(made["url"], data=clip[GRAIN:], headers={"Content-Range": span}, timeout=20).status_code == 200
    assert box.settled(made["uploadId"])["title"] == "Kept"


def test_half_done_work_is_done_after_a_kill_and_nothing_is_left_running(own_box, tmp_path):
    box = own_box()
    film = make_video(tmp_path / "long.mp4", seconds=15, size="1280x720")
    media_id = box.upload(film.read_bytes())
    until(lambda: children(box.process.pid) and box.data("GET", f"/on-demand/{media_id}")["status"] == "Processing")
    working = children(box.process.pid)
    box.process.kill()
    box.process.wait(5)
    until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in working), seconds=5, what="the end of ffmpeg")
    box.start()
    media = box.settled(media_id, seconds=90)
    assert (media["status"], media["duration"]) == ("Ready", "00:00:15")
    assert not list((box.folder / "sandbox" / "media" / media_id).rglob("*.part*"))
    types = [event["type"] for event in box.state()["events"] if event["object_id"] == media_id]
    assert types.count("video.media.ready") == 1


def test_switches_and_media_are_kept(own_box, clip):
    box = own_box()
    media = box.ready(clip)
    box.switch(webhooks="doubled")
    workspace = box.state()["workspace_id"]
    box.stop()
    box.start()
    assert box.data("GET", f"/on-demand/{media['id']}") == media
    assert box.stream(f"{media['playbackIds'][0]['id']}.m3u8").status_code == 200
    assert box.state()["switches"]["webhooks"] == "doubled"
    assert box.state()["workspace_id"] == workspace


def test_nothing_that_was_made_is_lost_by_a_kill(own_box, clip):
    box = own_box()
    media = box.ready(clip, title="Kept", metadata={"a": "b"}, mp4Support="capped_4k", summary={"generate": True})
    cut = {"type": "video", "url": f"fp_mediaId://{media['id']}", "endTime": 1}
    made = box.data("POST", "/on-demand", status=201, json={"inputs": [cut], "accessPolicy": "private"})
    box.settled(made["id"])
    box.new_upload(title="Waiting")
    box.control("drm")
    box.data("POST", "/iam/signing-keys", status=201)
    playlist = {"name": "Kept", "referenceId": "kept", "type": "manual"}
    playlist_id = box.data("POST", "/on-demand/playlists", status=201, json=playlist)["id"]
    box.data("PATCH", f"/on-demand/playlists/{playlist_id}/media", json={"mediaIds": [media["id"]]})
    until(lambda: box.data("GET", f"/on-demand/{media['id']}")["summary"]["status"] == "ready", what="the summary")
    places = (
        "/on-demand",
        f"/on-demand/{media['id']}",
        f"/on-demand/{media['id']}/media-clips",
        f"/on-demand/{media['id']}/input-info",
        "/on-demand/uploads",
        "/on-demand/drm-configurations",
        f"/on-demand/playlists/{playlist_id}",
        "/iam/signing-keys",
    )
    download = f"{media['playbackIds'][0]['id']}/capped-4k.mp4"
    until(lambda: box.stream(download).status_code == 200, what="the download")
    before = [box.call("GET", place).json() for place in places]
    assert all(told["data"] for told in before)
    events = [(one["id"], one["type"]) for one in box.state()["events"]]
    box.process.kill()
    box.process.wait(5)
    box.start()
    assert [box.call("GET", place).json() for place in places] == before
    assert [(one["id"], one["type"]) for one in box.state()["events"]] == events
    assert box.stream(download).status_code == 200


def test_a_second_one_on_the_same_data_or_port_is_told_so(own_box, tmp_path):
    box = own_box()
    code, said = start(box.folder, SANDBOX_PORT="8199")
    assert (code, "Another sandbox runs on" in said) == (2, True)
    code, said = start(tmp_path / "other", SANDBOX_PORT=str(box.port))
    assert (code, "Set SANDBOX_PORT" in said) == (2, True)
    assert "Traceback" not in said


def test_all_wrong_settings_are_named_at_once(tmp_path):
    code, said = start(
        tmp_path,
        SANDBOX_PORT="0x1",
        SANDBOX_WEBHOOK_SECRET="nope!",
        SANDBOX_WEBHOOK_URL="mailto:me",
        SANDBOX_JOBS="9",
        SANDBOX_PUBLIC_URL="here",
        SANDBOX_UPLOAD_TIMEOUT="-1",
    )
    assert code == 2
    for name in ("PORT", "WEBHOOK_SECRET", "WEBHOOK_URL", "JOBS", "PUBLIC_URL", "UPLOAD_TIMEOUT"):
        assert f"SANDBOX_{name}" in said


def test_a_folder_that_cannot_be_written_is_one_sentence(tmp_path):
    (tmp_path / "file").write_text("")
    code, said = start(tmp_path / "file")
    assert code == 2
    assert said.count("\n") == 0


def test_help_names_every_variable():
    shown = subprocess.run(
        [sys.executable, "-m", "sandbox", "--help"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    for name in ("SANDBOX_PORT", "DATA_DIR", "SANDBOX_TOKEN_ID", "SANDBOX_SECRET_KEY", "SANDBOX_WEBHOOK_SECRET"):
        assert name in shown
