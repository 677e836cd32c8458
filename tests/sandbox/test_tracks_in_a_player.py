"""hls.js, as the console plays films, with a film's tracks: subtitles are shown, another sound is heard."""

from pathlib import Path

import pytest

from tests.sandbox.box import make_video, run_ffmpeg
from tests.sandbox.test_tracks import GERMAN, ITALIAN, VTT, add, available

HLS = Path(__file__).parents[2] / "static" / "vendor" / "hls-1.7.4" / "hls.min.js"
PAGE = """<!doctype html><title>Player</title><video muted></video><script src="/hls.js"></script><script>
const video = document.querySelector("video");
const hls = new Hls({enableWorker: false});
hls.loadSource(new URLSearchParams(location.search).get("film"));
hls.attachMedia(video);
hls.on(Hls.Events.ERROR, (_, data) => { if (data.fatal) window.broken = data.details; });
const audio = new AudioContext();
const analyser = audio.createAnalyser();
analyser.fftSize = 4096;
audio.createMediaElementSource(video).connect(analyser);
video.muted = false;
const names = (tracks) => tracks.map((one) => [one.name, one.lang, one.default]);
// the loudest tone that is heard now, in Hz
function tone() {
  const heard = new Float32Array(analyser.frequencyBinCount);
  analyser.getFloatFrequencyData(heard);
  return heard.indexOf(Math.max(...heard)) * audio.sampleRate / analyser.fftSize;
}
</script>"""


@pytest.fixture
def long_film(box, tmp_path):
    """Long enough for a player to change its mind: 20 s of a tone of 440 Hz."""
    return box.ready(make_video(tmp_path / "long.mp4", seconds=20).read_bytes())


@pytest.fixture
def player(browser, shelf, box, long_film):
    """Opens the page that plays the film."""
    shelf.put("/hls.js", HLS.read_bytes(), **{"Content-Type": "text/javascript"})
    address = shelf.put("/", PAGE, **{"Content-Type": "text/html"})
    shelf.files["/favicon.ico"] = (204, {}, b"")
    context = browser.new_context()

    def open_page():
        page = context.new_page()
        film = f"{box.url}/stream/{long_film['playbackIds'][0]['id']}.m3u8"
        path = f"/?film={film}"
        shelf.files[path] = shelf.files["/"]
        page.goto(f"{address.rstrip('/')}{path}")
        page.evaluate("video.play()")
        page.wait_for_function("video.currentTime > 0.3 || window.broken", timeout=30_000)
        assert page.evaluate("window.broken") is None
        return page

    yield open_page
    context.close()


def heard(page, hertz):
    """Wait until that tone is the loudest."""
    page.wait_for_function(f"Math.abs(tone() - {hertz}) < 40", timeout=20_000)


def test_another_sound_is_heard_and_subtitles_are_shown(box, shelf, player, long_film, tmp_path):
    run_ffmpeg("-f", "lavfi", "-i", "sine=frequency=1760:duration=20", str(tmp_path / "high.mp3"))
    sound = add(box, long_film, shelf.put("/it.mp3", (tmp_path / "high.mp3").read_bytes()), **ITALIAN)
    texts = add(box, long_film, shelf.put("/de.vtt", VTT), **GERMAN)
    for track in (sound, texts):
        available(box, long_film, track)
    page = player()
    assert page.evaluate("names(hls.audioTracks)") == [["default", "und", True], ["Italian", "it", False]]
    assert page.evaluate("names(hls.subtitleTracks)") == [["German", "de", False]]
    heard(page, 440)
    page.evaluate("hls.audioTrack = 1")
    heard(page, 1760)
    page.evaluate("hls.subtitleTrack = 0")
    page.wait_for_function("video.textTracks[0].cues?.length === 2", timeout=20_000)
    # where hls.js puts the first picture
    first = page.evaluate("video.buffered.start(0)")
    shown = page.evaluate("[...video.textTracks[0].cues].map((one) => [one.startTime, one.endTime, one.text])")
    assert [text for *_, text in shown] == ["<i>Hello</i>", "Bye"]
    moments = [moment - first for *cue, _ in shown for moment in cue]
    assert moments == pytest.approx([0.5, 1.5, 2, 3], abs=0.03), "beside the pictures they belong to"
    assert page.evaluate("video.textTracks[0].mode") == "showing"
    page.evaluate("hls.audioTrack = 0")
    heard(page, 440)
    assert page.evaluate("window.broken") is None
