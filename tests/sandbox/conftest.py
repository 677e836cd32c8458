import pytest

from tests.sandbox.box import Box, Receiver, Shelf, make_video, run_ffmpeg


@pytest.fixture(scope="session")
def clip(tmp_path_factory):
    """Bytes of a 3 s MP4 with sound."""
    return make_video(tmp_path_factory.mktemp("clip") / "clip.mp4").read_bytes()


@pytest.fixture(scope="session")
def shared_box(tmp_path_factory):
    box = Box(tmp_path_factory.mktemp("box")).start()
    yield box
    box.stop()


@pytest.fixture
def box(shared_box):
    """A sandbox all tests use: nothing is switched, no webhook is set before or after."""
    yield shared_box
    shared_box.switch(webhooks="normal", api="up", storage="up", encoding="normal")
    shared_box.connect("")


@pytest.fixture
def own_box(tmp_path):
    """Start a sandbox of the test's own with the given environment."""
    started = []

    def start(**environment):
        started.append(Box(tmp_path, **environment))
        return started[-1].start()

    yield start
    for one in started:
        one.stop()


@pytest.fixture
def receiver():
    receiver = Receiver()
    yield receiver
    receiver.close()


@pytest.fixture
def shelf():
    """Serves files to a sandbox that fetches them."""
    shelf = Shelf()
    yield shelf
    shelf.close()


@pytest.fixture(scope="session")
def song(tmp_path_factory):
    """Bytes of a 2 s MP3, a higher tone than the clip's."""
    file = tmp_path_factory.mktemp("song") / "song.mp3"
    run_ffmpeg("-f", "lavfi", "-i", "sine=frequency=1760:duration=2", str(file))
    return file.read_bytes()


@pytest.fixture(scope="session")
def public_media(shared_box, clip):
    return shared_box.ready(clip, title="Public", metadata={"kind": "public"})


@pytest.fixture(scope="session")
def private_media(shared_box, clip):
    return shared_box.ready(clip, accessPolicy="private")
