"""Sending files to a small real storage that misbehaves on demand: what arrives is the file, byte for byte."""

import hashlib
import io
import random
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fastpix_api import Broken, EmptyFile, FastPixError, RateLimited, Refused, SessionGone, SourceChanged, Unreachable
from fastpix_api.resumable import QUANTUM, TRIES, Progress, UploadSession
from tests.fastpix_api.gcs import Storage, storage

SIZE = 9 * QUANTUM + 12_345
BYTES = random.Random(7).randbytes(SIZE)
SHA = hashlib.sha256(BYTES).hexdigest()


class Waits(list[float]):
    def __call__(self, seconds: float) -> None:
        self.append(seconds)


@pytest.fixture
def bucket() -> Iterator[Storage]:
    with storage() as opened:
        yield opened


def session(url: str, size: int = SIZE, waits: Waits | None = None) -> UploadSession:
    return UploadSession(url, size, sleep=waits if waits is not None else Waits())


def send(
    upload: UploadSession, *, data: bytes = BYTES, from_offset: int = 0, chunk_size: int = 2 * QUANTUM, **more
) -> Progress:
    return upload.send(io.BytesIO(data), from_offset=from_offset, chunk_size=chunk_size, **more)


def test_a_file_arrives_whole(bucket: Storage) -> None:
    url, confirmed = bucket.open(), []
    progress = send(session(url), confirmed=confirmed.append)
    assert (progress.offset, progress.done) == (SIZE, True)
    assert bucket.sha256(url) == SHA
    assert confirmed == sorted(confirmed)
    assert confirmed[-1] == SIZE
    assert all(size % QUANTUM == 0 for _, size in bucket.chunks[:-1])
    assert bucket.asked == 0


@pytest.mark.parametrize(
    "faults",
    [
        ["503"],
        ["503", "503"],
        ["408", "429", "500"],
        ["drop"],
        ["lost"],
        ["half"],
        ["nothing"],
        ["ok", "nothing", "nothing"],
        ["ok", "drop", "lost", "half", "504", "drop"],
        ["ok", "ok", "lost"],
    ],
)
def test_no_fault_changes_the_file(bucket: Storage, faults: list[str]) -> None:
    """RELIABILITY 31."""
    bucket.faults.extend(faults)
    url = bucket.open()
    assert send(session(url)).done
    assert bucket.sha256(url) == SHA
    assert not bucket.faults


@settings(max_examples=25, deadline=None)
@given(
    faults=st.lists(st.sampled_from(["ok", "503", "429", "drop", "lost", "half", "nothing"]), max_size=TRIES - 1),
    size=st.integers(1, SIZE),
    chunk=st.integers(0, 5 * QUANTUM),
)
def test_any_faults_any_size_any_chunk(faults: list[str], size: int, chunk: int) -> None:
    with storage() as bucket:
        bucket.faults.extend(faults)
        url = bucket.open()
        assert send(session(url, size), data=BYTES[:size], chunk_size=chunk).done
        assert bytes(bucket.held[url.partition("upload_id=")[2]]) == BYTES[:size]


def test_a_308_without_range_is_asked_about_not_believed(bucket: Storage) -> None:
    """RELIABILITY 31."""
    bucket.faults.append("nothing")
    send(session(bucket.open()))
    assert bucket.asked == 1
    assert [first for first, _ in bucket.chunks[:2]] == [0, 0]


def test_a_stopped_upload_goes_on_where_storage_stopped(bucket: Storage) -> None:
    url, seen = bucket.open(), []
    first = send(session(url), until=lambda: len(seen) == 1, confirmed=seen.append)
    assert (first.offset, first.done) == (2 * QUANTUM, False)
    # another process, later: it only has the address
    again = session(url)
    assert again.offset() == first.offset
    assert send(again, from_offset=again.offset(), chunk_size=first.chunk_size).done
    assert bucket.sha256(url) == SHA
    assert bucket.chunks[1][0] == 2 * QUANTUM


def test_a_stale_offset_in_the_row_does_no_harm(bucket: Storage) -> None:
    url = bucket.open()
    send(session(url), until=iter([False, False, True]).__next__)
    assert send(session(url), from_offset=QUANTUM).done  # storage holds more: the overlap is skipped there
    assert bucket.sha256(url) == SHA
    assert send(session(url), from_offset=SIZE) == Progress(SIZE, done=True, chunk_size=2 * QUANTUM)


def test_the_offset_of_a_finished_upload_is_its_size(bucket: Storage) -> None:
    url = bucket.open()
    assert session(url).offset() == 0
    send(session(url))
    assert session(url).offset() == SIZE


def test_it_gives_up_only_after_six_failures_without_progress(bucket: Storage) -> None:
    waits = Waits()
    bucket.faults.extend(["503"] * 100)
    with pytest.raises(Unreachable) as caught:
        send(session(bucket.open(), waits=waits))
    assert len(bucket.chunks) == TRIES
    assert caught.value.status == 503
    assert sum(waits) > 8


def test_progress_forgives_earlier_failures(bucket: Storage) -> None:
    bucket.faults.extend((["503"] * (TRIES - 1) + ["ok"]) * 3)
    url = bucket.open()
    assert send(session(url)).done
    assert bucket.sha256(url) == SHA


def test_storage_may_say_how_long_to_wait(bucket: Storage) -> None:
    waits = Waits()
    bucket.faults.extend(["429"])
    bucket.retry_after = "3"
    send(session(bucket.open(), waits=waits))
    assert sum(waits) == 3


def test_waiting_ends_when_the_task_must(bucket: Storage) -> None:
    waits = Waits()
    bucket.faults.extend(["429"])
    bucket.retry_after = "3000"
    progress = send(session(bucket.open(), waits=waits), until=lambda: len(waits) >= 2)
    assert not progress.done
    assert waits == [1.0, 1.0]


@pytest.mark.parametrize(
    ("fault", "kind"), [("404", SessionGone), ("410", SessionGone), ("403", Refused), ("302", Broken)]
)
def test_a_final_no_is_not_repeated(bucket: Storage, fault: str, kind: type[FastPixError]) -> None:
    bucket.faults.extend(["ok", fault])
    url = bucket.open()
    with pytest.raises(kind) as caught:
        send(session(url))
    assert type(caught.value) is kind
    assert len(bucket.chunks) == 2
    assert "upload_id" not in repr([caught.value, vars(caught.value), caught.value.__context__, session(url)])


def test_a_dead_session_is_known_before_anything_is_sent(bucket: Storage) -> None:
    url = bucket.open()
    session(url).cancel()
    with pytest.raises(SessionGone) as caught:
        session(url).offset()
    assert "Start the upload again" in caught.value.sentence
    session(url).cancel()  # twice is no error


def test_a_browser_address_is_started_first(bucket: Storage) -> None:
    upload = session(f"{bucket.address}/bucket/file?X-Goog-Signature=a@b/c;d")
    url = upload.start("video/mp4")
    assert bucket.headers[-1]["x-goog-resumable"] == "start"
    assert bucket.headers[-1]["Content-Type"] == "video/mp4"
    assert upload.start() == url  # a started one is not started twice
    assert send(upload).done
    assert bucket.sha256(url) == SHA


@pytest.mark.parametrize(
    ("fault", "kind"), [("403", Refused), ("503", Unreachable), ("404", SessionGone), ("429", RateLimited)]
)
def test_a_start_that_fails_is_not_repeated(bucket: Storage, fault: str, kind: type[FastPixError]) -> None:
    bucket.faults.append(fault)
    with pytest.raises(kind):
        session(f"{bucket.address}/bucket/file?sig=1").start()
    assert len(bucket.headers) == 1


def test_the_address_keeps_its_spelling(bucket: Storage) -> None:
    url = bucket.open()
    spelled = url.replace("sig=a@b/c;d", "sig=a@b/c;d%7E%2F")  # requests would write ~ for %7E
    session(spelled).offset()
    assert bucket.paths[-1] == spelled.removeprefix(bucket.address)


def test_nobody_at_the_address_is_unreachable() -> None:
    with storage() as bucket:
        url = bucket.open()
    with pytest.raises(Unreachable) as caught:
        session(url).offset()
    assert caught.value.__context__ is None


@pytest.mark.parametrize("url", ["", "nonsense?upload_id=1", "ftp://a/?upload_id=1"])
def test_an_address_that_is_none_is_broken(url: str) -> None:
    with pytest.raises(Broken):
        session(url).offset()


def test_an_empty_file_is_refused_before_anything_is_sent(bucket: Storage) -> None:
    with pytest.raises(EmptyFile):
        session(bucket.open(), size=0)
    assert bucket.headers == []


@pytest.mark.parametrize("now", [SIZE - 1, SIZE + 1, 0])
def test_a_file_of_another_length_is_not_sent(bucket: Storage, now: int) -> None:
    with pytest.raises(SourceChanged):
        send(session(bucket.open()), data=(BYTES + b"!")[:now])
    assert bucket.chunks == []


def test_a_file_cut_short_meanwhile_is_noticed(bucket: Storage, tmp_path: Path) -> None:
    film = tmp_path / "film.mp4"
    film.write_bytes(BYTES)
    with film.open("rb", buffering=0) as file, pytest.raises(SourceChanged):
        session(bucket.open()).send(
            file,
            from_offset=0,
            chunk_size=2 * QUANTUM,
            confirmed=lambda _: film.open("r+b").truncate(3 * QUANTUM),
        )


def test_memory_does_not_grow_with_the_chunk(bucket: Storage, tmp_path: Path) -> None:
    film, size = tmp_path / "film.mp4", 48 * 1024 * 1024
    with film.open("wb") as file:
        file.truncate(size)
    upload = UploadSession("http://127.0.0.1:9/?upload_id=1", size)
    piece_sizes = []

    class Swallow:
        """A line that swallows all it is given, so that only our side's memory is measured."""

        def merge_environment_settings(self, *args: object) -> dict[str, object]:
            return {}

        def send(self, request, **settings: object) -> object:
            while block := request.body.read(512 * 1024) if len(request.body) > sum(piece_sizes) else b"":
                piece_sizes.append(len(block))
            raise OSError

    upload._http = Swallow()
    tracemalloc.start()
    with film.open("rb") as file:
        upload.send(file, from_offset=0, chunk_size=size, until=lambda: bool(piece_sizes))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert sum(piece_sizes) == size
    assert peak < 4 * 1024 * 1024
