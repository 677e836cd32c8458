"""What a person does in a story, said once: sign in, choose a file, read a status. And the films they bring."""

import hashlib
import json
import re
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import requests
from playwright.sync_api import Locator, Page, expect

from tests.stack import ROOT, Stack

READY = re.compile(r"\bReady\b")
FAILED = re.compile(r"\bFailed\b")
SENT = re.compile(r"\b(Processing|Ready|Failed)\b")
EVENTS = """
import hashlib, json
from events_app.models import WebhookEvent
from workspace_app.models import Workspace
workspace = Workspace.objects.get(slug="{workspace}")
for number in range({count}):
    told = {{"type": "sandbox.story", "object": {{"type": "media", "id": "o-{name}"}}, "id": f"{name}-{{number}}",
             "data": {{"streamKey": "0011223344556677", "tracks": [{{"id": "t-1"}}, {{"id": "t-2"}}]}}}}
    body = json.dumps(told).encode()
    WebhookEvent.objects.create(workspace=workspace, event_id=told["id"], type="sandbox.story", object_id="o-{name}",
                                body=body, sha256=hashlib.sha256(body).hexdigest(), **{fields})
"""
PERSON = """
from workspace_app.models import Member, User, Workspace
user = User.objects.filter(email="{email}").first() or User.objects.create_user("{email}", "{password}")
workspace = Workspace.objects.get(slug="sandbox")
Member.objects.update_or_create(user=user, workspace=workspace, defaults={{"role": "{role}"}})
"""
ENCODING = 90_000  # ms; two cores transcode a few seconds of film beside everything else the stories run


def ffmpeg() -> str:
    """The ffmpeg of the wheel, the same that the sandbox uses."""
    import imageio_ffmpeg

    return imageio_ffmpeg.get_ffmpeg_exe()


def film(path: Path, *, seconds: int = 4, seed: int = 0, picture: str = "") -> Path:
    """A real MP4 with moving picture and tone; another `seed` makes another file. `picture`: a source of ffmpeg's."""
    picture = picture or f"testsrc2=size=640x360:rate=24,hue=h={seed * 40}"
    subprocess.run(
        [
            ffmpeg(), "-hide_banner", "-loglevel", "error", "-y",
            "-f", "lavfi", "-i", picture, "-f", "lavfi", "-i", f"sine=frequency={300 + 40 * seed}",
            "-t", str(seconds), "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p",
            "-c:a", "aac", str(path),
        ],
        check=True,
        stdin=subprocess.DEVNULL,
    )  # fmt: skip
    return path


def sha256(path: Path) -> str:
    """The digest of a file's bytes."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def sign_in(page: Page, url: str, email: str, password: str) -> None:
    """Sign in and arrive on the library."""
    page.goto(url)
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="Media", level=1)).to_be_visible()


def upload(page: Page, url: str, *files: Path, policy: str | None = None) -> None:
    """Choose files on the upload page; returns when all their bytes are at FastPix: leaving earlier stops them."""
    page.goto(f"{url}/w/sandbox/media/uploads/")
    if policy:
        page.get_by_label("Who can play it").select_option(policy)
    page.locator("input[type=file]:not([webkitdirectory])").first.set_input_files([str(file) for file in files])
    for file in files:
        in_queue = page.locator("[data-uploads] tr", has_text=file.name).first
        says(in_queue, SENT)


def open_media(page: Page, file: str) -> None:
    """Follow a file of the upload queue to its media."""
    in_queue = page.locator("[data-uploads] tr", has_text=file).first
    in_queue.get_by_role("link", name="Open media").click(timeout=ENCODING)


def inside(stack: Stack, code: str) -> None:
    """Run Python beside the product, on its database: for what no page, no API and no webhook can bring about."""
    environment = {**stack.environment, "DJANGO_SETTINGS_MODULE": "fastpix_console.settings"}
    code = f"import django; django.setup()\n{code}"
    subprocess.run([sys.executable, "-c", code], env=environment, cwd=ROOT, check=True, stdin=subprocess.DEVNULL)


def events(stack: Stack, name: str, count: int, *, workspace: str = "sandbox", **fields: object) -> None:
    """Put events `<name>-0`, `<name>-1`, … of type sandbox.story into the database, as they came a while ago."""
    inside(stack, EVENTS.format(name=name, count=count, workspace=workspace, fields=fields))


def fastpix(stack: Stack, method: str, path: str, **options: Any) -> Any:
    """What FastPix answers to somebody who works past the console; `path` begins after /v1."""
    kept = json.loads((stack.data_dir / "sandbox-credentials.json").read_text())
    keys = (kept["token_id"], kept["secret_key"])
    answer = requests.request(method, f"{stack.sandbox_url}/v1{path}", auth=keys, timeout=10, **options)
    answer.raise_for_status()
    return answer.json().get("data")


def person(stack: Stack, email: str, role: str = "editor") -> tuple[str, str]:
    """A member of the sandbox's workspace; returns what they sign in with."""
    told = {"email": email, "password": "a long enough pass phrase", "role": role}
    inside(stack, PERSON.format(**told))
    return email, told["password"]


def arrives(page: Page, address: str) -> None:
    """Open a page that is there once a webhook told of its object."""
    deadline = time.monotonic() + 30
    while (answer := page.goto(address)) is None or answer.status == 404:
        assert time.monotonic() < deadline, f"nothing came to {address}"
        page.wait_for_timeout(200)


def row(page: Page, title: str) -> Locator:
    """The library's row of a title."""
    return page.locator("#media-rows tr", has_text=title)


def says(place: Locator, words: re.Pattern[str], *, within: float = ENCODING) -> None:
    """What a person can see there holds the words; rows also carry words that only a phone shows."""
    expect(place).to_contain_text(words, use_inner_text=True, timeout=within)


def plays(page: Page, *, within: float = ENCODING) -> None:
    """Press Play as soon as there is a player; the film really advances."""
    page.locator("[data-player]").get_by_role("button", name=re.compile("^Play ")).click(timeout=within)
    deadline = time.monotonic() + 40
    while time.monotonic() < deadline:
        # asked again and again from outside: the page's CSP refuses a condition that waits inside it
        if (page.evaluate("document.querySelector('[data-player] video')?.currentTime ?? 0")) > 0.7:
            return
        page.wait_for_timeout(200)
    raise AssertionError(f"the film does not play: {page.locator('[data-player]').inner_text()}")
