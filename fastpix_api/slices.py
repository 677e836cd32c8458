"""A part of a file as a request's body."""

import time
from typing import BinaryIO, Final

from fastpix_api.errors import SourceChanged

LONGEST_CHUNK: Final = 30.0  # seconds after which a chunk is given up, to be sent in smaller ones


class Slice:
    """Bytes `start` to `end` of a file as a request body that is read block by block, never whole."""

    def __init__(self, file: BinaryIO, start: int, end: int, *, block: int) -> None:
        self._file, self._block, self._left, self._length = file, block, end - start, end - start
        self._over_at = time.monotonic() + LONGEST_CHUNK
        file.seek(start)

    def __len__(self) -> int:
        return self._length

    def read(self, size: int = -1) -> bytes:
        """The next block. Raises SourceChanged when the file has ended too soon, TimeoutError after 30 s in all."""
        if time.monotonic() > self._over_at:
            raise TimeoutError("the chunk took too long")
        wanted = min(self._left, self._block, size if size >= 0 else self._block)
        try:
            data = self._file.read(wanted)
        except OSError as cause:
            raise SourceChanged("The file can no longer be read.") from cause
        if len(data) < wanted:
            raise SourceChanged
        self._left -= wanted
        return data
