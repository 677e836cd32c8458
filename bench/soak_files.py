"""Files for the soak: real small films and random bytes, no two alike, each with its sha256."""

import functools
import hashlib
import http.server
import itertools
import random
import struct
import threading
from pathlib import Path
from typing import NamedTuple

from tests.flows.acts import film

MEBIBYTE = 1 << 20


class Source(NamedTuple):
    """A file that somebody brings."""

    path: Path
    size: int

    @property
    def name(self) -> str:
        """Its name, which no other file of the soak has."""
        return self.path.name


class Files:
    """Makes files in `folder`, remembers their digests, and gives them to FastPix over HTTP."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir()
        self.digests: dict[str, str] = {}
        self.films = [
            film(folder / f"film-{seed}.mp4", seconds=1 + seed % 2, seed=seed, picture="testsrc2=size=320x180:rate=12")
            for seed in range(4)
        ]
        self._numbers = itertools.count(1)
        quiet = functools.partial(_Quiet, directory=str(folder))
        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), quiet)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def make(self, luck: random.Random, *, folder: Path | None = None, most: int = 40) -> Source:
        """A new file, three of ten a film that plays, at most about `most` MiB; it has its name only when whole."""
        number = next(self._numbers)
        ballast = luck.randbytes(int(most * MEBIBYTE * luck.random() ** 3) + luck.randrange(1000))
        if luck.random() < 0.3:
            # a box that players skip makes every film another file
            content = luck.choice(self.films).read_bytes() + struct.pack(">I4s", len(ballast) + 8, b"free") + ballast
        else:
            content = ballast + b"."
        path = (folder or self.folder) / f"soak-{number:05}.mp4"
        scratch = self.folder / f"{path.name}.part"
        scratch.write_bytes(content)
        self.digests[path.stem] = hashlib.sha256(content).hexdigest()
        scratch.rename(path)
        return Source(path, len(content))

    def address(self, source: Source) -> str:
        """Where FastPix can fetch it."""
        return f"http://127.0.0.1:{self._server.server_address[1]}/{source.name}"

    def digest_of(self, path: Path) -> str:
        """The sha256 of a file."""
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()

    def close(self) -> None:
        """Serve no more."""
        self._server.shutdown()
        self._server.server_close()


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_words: object) -> None:
        """Nobody reads along."""
