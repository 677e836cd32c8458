"""The people of the soak: each works in a thread of its own through the console's pages, or at FastPix directly.

What they do is drawn from the seed; when it happens is not. Whatever refuses them for a while they try again or leave,
as people do; nothing they meet ends the soak.
"""

import contextlib
import hashlib
import random
import threading
import time
from collections import Counter
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import requests

from bench.soak_desk import Desk, Refused
from bench.soak_files import Files, Source
from bench.soak_scene import Scene
from fastpix_api import FastPixError, SessionGone
from fastpix_api import Refused as TurnedDown
from fastpix_api.connections import open_session
from fastpix_api.resumable import UploadSession
from fastpix_api.transport import Adapter

LIBRARY = "/w/sandbox/media"
OPTIONS = {"access_policy": "public", "media_quality": "standard", "max_resolution": "480p"}
# Media of the library from which on as many are deleted as come in: a walk through it stays short.
MANY = 60


class Visitor:
    """A signed-in browser without a screen: cookies, CSRF, its Origin."""

    def __init__(self, scene: Scene, tally: Counter[str], like: "Visitor | None" = None) -> None:
        """`like` is somebody who has signed in: this is another tab of theirs. Without, it signs in first."""
        self.url, self.tally = scene.stack.url, tally
        self.session = requests.Session()
        self.session.trust_env = False
        if like:
            self.session.cookies.update(like.session.cookies)
            return
        login = f"{self.url}/accounts/login/"
        self.session.get(login, timeout=20).raise_for_status()
        form = {"login": scene.stack.admin[0], "password": scene.stack.admin[1]}
        self.session.post(login, data=form, headers=self._marks(), timeout=20, allow_redirects=False).raise_for_status()

    def get(self, path: str, /) -> requests.Response | None:
        """A page; None where the console did not give it."""
        return self._ask("GET", path, {})

    def post(self, path: str, /, **form: Any) -> requests.Response | None:
        """What a form or script sends; None where the console did not take it."""
        return self._ask("POST", path, form)

    def _ask(self, method: str, path: str, form: dict[str, Any]) -> requests.Response | None:
        try:
            answer = self.session.request(
                method, self.url + path, data=form, headers=self._marks(), timeout=20, allow_redirects=False
            )
        except requests.RequestException:
            self.tally["no answer"] += 1
            return None
        if "/accounts/login/" in answer.headers.get("Location", ""):
            raise RuntimeError("somebody was signed out")
        if answer.status_code >= 400:
            self.tally[f"status {answer.status_code}"] += 1
        return answer if answer.status_code < 500 else None

    def _marks(self) -> dict[str, str]:
        token = self.session.cookies.get("csrf", "")
        return {"Origin": self.url, "Referer": f"{self.url}/", "X-CSRFToken": token, "Accept": "application/json"}


class Company:
    """Everybody who works; `over` tells them to finish what they have in hand."""

    def __init__(self, scene: Scene, desk: Desk, files: Files, seed: str) -> None:
        self.scene, self.desk, self.files, self.seed = scene, desk, files, seed
        self.over = threading.Event()
        self.tally: Counter[str] = Counter()
        self.wrong_bytes: list[str] = []
        self.surprises: list[str] = []
        self._first = Visitor(scene, self.tally)
        self._threads = [
            threading.Thread(target=self._work, args=(name, act, pause), name=name, daemon=True)
            for name, act, pause in (
                ("browser-1", self.upload, 3.0),
                ("browser-2", self.upload, 4.0),
                ("server", self.send_from_server, 6.0),
                ("urls", self.import_urls, 12.0),
                ("editor", self.edit_here, 1.5),
                ("api", self.change_there, 1.0),
                ("deleter", self.delete, 4.0),
                ("importer", self.import_everything, 15.0),
                ("tidier", self.tidy, 5.0),
                ("reader", self.read, 1.0),
            )
        ]

    def start(self) -> None:
        """Everybody begins."""
        for thread in self._threads:
            thread.start()

    def finish(self, seconds: float) -> list[str]:
        """Let everybody finish; returns who did not within `seconds`."""
        self.over.set()
        deadline = time.monotonic() + seconds
        for thread in self._threads:
            thread.join(max(0.0, deadline - time.monotonic()))
        return [thread.name for thread in self._threads if thread.is_alive()]

    def _work(self, name: str, act: Callable[[Visitor, random.Random], None], pause: float) -> None:
        visitor, luck = Visitor(self.scene, self.tally, self._first), random.Random(f"{self.seed}:{name}")
        while not self.over.is_set():
            try:
                act(visitor, luck)
            except (FastPixError, Refused, requests.RequestException):
                self.tally["refused"] += 1
            except Exception as error:  # noqa: BLE001 - a soak goes on, and says at the end what it met
                self.surprises.append(f"{name} met {type(error).__name__}: {error}")
            self.over.wait(luck.uniform(0.5, 1.5) * pause)

    # bytes ----------------------------------------------------------------------------------------------------
    def upload(self, visitor: Visitor, luck: random.Random) -> None:
        """Choose a file in the browser, and stay until the console knows that all of it is at FastPix."""
        source = self.files.make(luck)
        fingerprint = hashlib.sha256(f"{source.name}:{source.size}".encode()).hexdigest()
        facts = {"filename": source.name, "size": source.size, "content_type": "video/mp4", "fingerprint": fingerprint}
        tab, renew, row = f"soak-{luck.randrange(10**9)}", False, ""
        leave_at = time.monotonic() + 150
        while time.monotonic() < leave_at:
            if not row:
                # the same file again is the same row, whether or not the answer to the first try arrived
                begun = visitor.post(f"{LIBRARY}/uploads/create/", **facts, **OPTIONS)
                row = begun.json()["id"] if begun is not None and begun.ok else ""
                self.tally["browser uploads"] += bool(row)
            if row:
                asked = {"tab": tab, "renew": "1"} if renew else {"tab": tab}
                given = visitor.post(f"{LIBRARY}/uploads/{row}/session/", **asked)
                if given is not None and given.status_code == 409 and given.json()["reason"] in ("sent", "cancelled"):
                    return
                if given is not None and given.status_code == 200:
                    renew = self._send(visitor, row, tab, source, given.json()["url"])
            time.sleep(1.0)
        self.act_on(visitor, {"id": row}, "cancel")

    def _send(self, visitor: Visitor, row: str, tab: str, source: Source, url: str) -> bool:
        """Send what is missing; True when storage wants a new session."""
        progress = f"{LIBRARY}/uploads/{row}/progress/"
        http = open_session(Adapter(), trust_environment=False)
        http.headers["Origin"] = visitor.url
        session = UploadSession(url, source.size, http=http)
        try:
            started = session.start("video/mp4")
            if started != url:
                visitor.post(progress, tab=tab, offset=0, session_url=started)
            with source.path.open("rb") as file:
                done = session.send(
                    file,
                    from_offset=session.offset(),
                    chunk_size=2 * 1024 * 1024,
                    confirmed=lambda offset: visitor.post(progress, tab=tab, offset=offset),
                ).done
        except (SessionGone, TurnedDown):
            return True
        except FastPixError:
            self.tally["cut uploads"] += 1
            return False
        if done:
            visitor.post(progress, tab=tab, said="sent")
        return False

    def send_from_server(self, visitor: Visitor, luck: random.Random) -> None:
        """Lay a file into the import folder and have a worker send it."""
        source = self.files.make(luck, folder=self.scene.stack.import_dir)
        if visitor.post(f"{LIBRARY}/server/start/", path=source.name, **OPTIONS) is not None:
            self.tally["worker uploads"] += 1

    def import_urls(self, visitor: Visitor, luck: random.Random) -> None:
        """Hand FastPix addresses: most can be fetched, some lead nowhere."""
        sources = [self.files.make(luck, most=2) for _ in range(luck.randint(1, 2))]
        urls = [self.files.address(source) for source in sources]
        if luck.random() < 0.3:
            urls.append(f"http://127.0.0.1:9/{quote(sources[0].name)}")
        if visitor.post(f"{LIBRARY}/import/", urls="\n".join(urls), **OPTIONS) is not None:
            self.tally["url imports"] += len(urls)

    def tidy(self, visitor: Visitor, luck: random.Random) -> None:
        """Look after the queue: put right what stands still, pause or cancel something now and then."""
        self.put_right(visitor)
        moving = self.desk.ask("uploads", states=["waiting", "sending"])
        if moving and luck.random() < 0.4:
            self.act_on(visitor, luck.choice(moving), luck.choice(("pause", "pause", "cancel")))

    def put_right(self, visitor: Visitor | None = None) -> None:
        """Try again what stopped, resume what was paused."""
        for upload in self.desk.ask("uploads", states=["stopped", "paused"]):
            self.act_on(visitor or self._first, upload, "retry" if upload["state"] == "stopped" else "resume")

    def act_on(self, visitor: Visitor, upload: dict[str, str], verb: str) -> None:
        """Press a button of an upload's row."""
        visitor.post(f"{LIBRARY}/uploads/{upload['id']}/{verb}/")
        self.tally[f"{verb}s"] += 1

    # words ----------------------------------------------------------------------------------------------------
    def edit_here(self, _visitor: Visitor, luck: random.Random) -> None:
        """Change a title or metadata in the console."""
        media = self._any(luck)
        if media:
            self.desk.ask("edit", media=media, **self._words(media, luck))
            self.tally["edits here"] += 1

    def change_there(self, _visitor: Visitor, luck: random.Random) -> None:
        """Change something at FastPix, behind the console's back; make a media there, or delete one."""
        fastpix, media, dice = self.scene.fastpix, self._any(luck), luck.random()
        if not media or dice < 0.1:
            source = self.files.make(luck, most=2)
            fastpix.media.create(inputs=[{"type": "video", "url": self.files.address(source)}], title=source.name)
            self.tally["made there"] += 1
        elif dice < 0.17:
            self._delete(media, fastpix.media.delete)
        elif dice < 0.7:
            fastpix.media.update(media, **self._words(media, luck))
        elif dice < 0.8:
            fastpix.media.update_source_access(media, source_access=luck.random() < 0.5)
        elif dice < 0.9:
            fastpix.media.update_mp4_support(media, mp4_support=luck.choice(("none", "capped_4k")))
        else:
            fastpix.playback.create(media, access_policy=luck.choice(("public", "private")))
        self.tally["changes there"] += 1

    def delete(self, visitor: Visitor, luck: random.Random) -> None:
        """Delete a media in the console, once there are enough of them."""
        if len(self._ids()) > MANY // 2 or luck.random() < 0.2:
            media = self._any(luck)
            if media:
                self._delete(media, lambda name: visitor.post(f"{LIBRARY}/{name}/delete/"))
        while len(self._ids()) > MANY and not self.over.wait(0.5):
            self._delete(self._any(luck) or "", lambda name: visitor.post(f"{LIBRARY}/{name}/delete/"))

    def _delete(self, media: str, delete: Callable[[str], object]) -> None:
        # with a media its bytes are gone, so they are compared before
        self.compare(media)
        delete(media)
        self.tally["deletions"] += 1

    def import_everything(self, visitor: Visitor, _luck: random.Random) -> None:
        """Have the console bring in what FastPix holds."""
        if visitor.post(f"{LIBRARY}/import-existing/") is not None:
            self.tally["imports asked"] += 1

    def read(self, visitor: Visitor, luck: random.Random) -> None:
        """Look at pages; now and then ask FastPix about a media."""
        media = self._any(luck)
        pages = [f"{LIBRARY}/", f"{LIBRARY}/uploads/", f"{LIBRARY}/server/queue/", "/w/sandbox/events/"]
        visitor.get(luck.choice([*pages, f"{LIBRARY}/{media}/"] if media else pages))
        if media and luck.random() < 0.2:
            visitor.post(f"{LIBRARY}/{media}/check/")
        self.tally["pages"] += 1

    # what FastPix holds ---------------------------------------------------------------------------------------
    def compare(self, media: str) -> bool:
        """Note it when FastPix's storage holds other bytes of a media than its source has; whether it held any."""
        stored, expected = self.scene.stored(media), self._expected(media)
        digest = ""
        with contextlib.suppress(OSError):  # it went away meanwhile
            digest = self.files.digest_of(stored) if stored else ""
        if not digest or not expected:
            return False
        if digest != expected:
            self.wrong_bytes.append(media)
        return True

    def _expected(self, media: str) -> str:
        """The digest of the file a media was made of: by the title its upload was created with, or its address."""
        told = "SELECT settings ->> 'title' AS name FROM uploads WHERE id = ? AND status = 'completed'"
        rows = self.scene.sandbox_rows(told, media)
        if not rows:
            fetched = "SELECT settings ->> '$.inputs[0].url' AS name FROM media WHERE id = ?"
            rows = self.scene.sandbox_rows(fetched, media)
        return (
            self.files.digests.get((rows[0]["name"] or "").rpartition("/")[2].removesuffix(".mp4"), "") if rows else ""
        )

    def _ids(self) -> list[str]:
        return [row["id"] for row in self.scene.sandbox_rows("SELECT id FROM media ORDER BY seq")]

    def _any(self, luck: random.Random) -> str:
        ids = self._ids()
        return luck.choice(ids) if ids else ""

    def _words(self, media: str, luck: random.Random) -> dict[str, Any]:
        """A new title, or one more entry of metadata: those who write it keep what others wrote."""
        number = luck.randrange(10**6)
        if luck.random() < 0.6:
            return {"title": f"Film {number} “Hafenrundfahrt” <b>&amp;"}
        held = self.scene.fastpix.media.get(media).data.get("metadata") or {}
        return {"metadata": {**held, "shelf": str(number), **({"note": "über Nacht"} if number % 2 else {})}}
