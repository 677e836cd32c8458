"""Upload addresses that were never used: they expire, and the clock can be hurried."""

import time

import requests

from tests.sandbox.box import GRAIN, until


def ask(url):
    return requests.put(url, headers={"Content-Range": f"bytes */{GRAIN}"}, timeout=5)


def test_an_address_expires_without_a_word_and_stays_listed_until_it_is_cancelled(own_box, receiver):
    box = own_box(SANDBOX_WEBHOOK_URL=receiver.url)
    box.switch(clock="fast:14400")
    made = box.new_upload(title="Too late")
    started = box.new_upload(headers={"X-Client-Type": "web-browser"})
    assert (made["timeout"], "X-Goog-Expires=14400&" in made["url"]) == (14400, True)
    until(lambda: ask(made["url"]).status_code == 410, seconds=10, what="the expiry")
    until(lambda: ask(started["url"]).status_code == 410, seconds=10, what="the other's expiry")
    begun = requests.post(started["url"], headers={"x-goog-resumable": "start"}, timeout=5)
    assert begun.status_code == 410
    assert requests.put(made["url"], data=bytes(GRAIN), timeout=5).status_code == 410
    assert box.call("GET", f"/on-demand/{made['uploadId']}").status_code == 404, "no media came of it"
    listed = {one["uploadId"]: one for one in box.data("GET", "/on-demand/uploads")}
    assert listed[made["uploadId"]] == made, "unused addresses stay in the list"
    until(lambda: receiver.of(started["uploadId"]), what="its only event")
    assert receiver.of(made["uploadId"]) == ["video.media.upload"]
    said = box.data("PUT", f"/on-demand/upload/{made['uploadId']}/cancel")
    assert (said["status"], said["title"]) == ("cancelled", "Too late")
    until(lambda: receiver.of(made["uploadId"])[1:] == ["video.media.upload.cancelled"], what="the cancellation")
    assert made["uploadId"] not in {one["uploadId"] for one in box.data("GET", "/on-demand/uploads")}


def test_addresses_made_before_or_after_the_hurry_live_on(own_box):
    box = own_box()
    before = box.new_upload()
    box.switch(clock="fast:20000")
    hurried = box.new_upload()
    box.switch(clock="usual")
    after = box.new_upload()
    until(lambda: ask(hurried["url"]).status_code == 410, seconds=10, what="the expiry")
    assert [ask(one["url"]).status_code for one in (before, after)] == [308, 308]
    box.stop()
    box.start()
    time.sleep(0.2)
    assert [ask(one["url"]).status_code for one in (before, hurried, after)] == [308, 410, 308]
