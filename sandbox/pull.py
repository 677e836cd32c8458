"""Fetching the file of a URL import, from a thread, within limits."""

import threading
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urljoin

import requests

LIMIT = 20 << 30  # bytes
TOTAL_SECONDS = 1800
REDIRECTS = 5
BLOCK = 1 << 20


class PullFailed(Exception):
    """The file could not be fetched; the text says why, for people."""


def fetch(url: str, target: Path, stop: threading.Event, limit: int = LIMIT) -> None:
    """Stream at most `limit` bytes of http(s) `url` into `target` by way of a part file.

    Raises PullFailed, also when `stop` is set.
    """
    part = target.with_suffix(".part")
    started = time.monotonic()
    with requests.Session() as session:
        session.trust_env = False
        answer = _open(session, url)
        got = 0
        with answer, part.open("wb") as file:
            for block in _blocks(answer):
                got += len(block)
                if stop.is_set() or got > limit or time.monotonic() - started > TOTAL_SECONDS:
                    raise PullFailed("The input file is too large or took too long.")
                file.write(block)
    part.rename(target)


def _open(session: requests.Session, url: str) -> requests.Response:
    for _ in range(REDIRECTS + 1):
        if not url.startswith(("http://", "https://")):
            raise PullFailed("The input file must be reachable by http or https.")
        try:
            answer = session.get(url, stream=True, timeout=(5, 20), allow_redirects=False)
        except (requests.RequestException, ValueError):
            raise PullFailed("The input file could not be downloaded: no answer from its address.") from None
        if answer.is_redirect:
            url = urljoin(url, answer.headers["location"])
            answer.close()
            continue
        if answer.status_code != 200:
            answer.close()
            raise PullFailed(f"The input file could not be downloaded: its address answered {answer.status_code}.")
        return answer
    raise PullFailed("The input file could not be downloaded: too many redirects.")


def _blocks(answer: requests.Response) -> Iterator[bytes]:
    try:
        yield from answer.iter_content(BLOCK)
    except requests.RequestException:
        raise PullFailed("The input file could not be downloaded: the connection broke.") from None
