"""From the file that was given to the film that is encoded: cut, joined, marked and heard as its settings ask.

One ffmpeg run makes one new file: pieces one after the other, pictures over them, then what is heard.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sandbox import ffmpeg
from sandbox.probe import NotMedia, probe
from sandbox.wishes import Wish

RATE = 48000
AS_HEARD = f"aresample={RATE},aformat=sample_fmts=fltp:channel_layouts=stereo"
SILENCE = f"anullsrc=r={RATE}:cl=stereo"
LOUD = f"loudnorm=I=-16:TP=-1.5:LRA=11,{AS_HEARD}"
CODED = ("-c:v", "libx264", "-preset", "superfast", "-crf", "16", "-pix_fmt", "yuv420p", "-threads", "2")
FASTEST = 60.0  # frames a second
NEVER = 1e9


@dataclass(frozen=True)
class Piece:
    """A stretch of one file, in its seconds."""

    file: Path
    facts: dict[str, Any]
    start: float
    end: float

    @property
    def seconds(self) -> float:
        return self.end - self.start


class Graph:
    """An ffmpeg command on its way: its inputs and what is done with them. Streams go by labels such as "[f0]"."""

    def __init__(self) -> None:
        self.inputs: list[str | Path] = []
        self.filters: list[str] = []
        self._files = 0

    def file(self, path: Path, *options: str) -> int:
        """Open a film or sound; the number of this input."""
        return self._open([*options, *ffmpeg.INPUT], path)

    def picture(self, path: Path) -> int:
        """Open a still picture."""
        return self._open([*ffmpeg.PICTURE], path)

    def then(self, sources: str, chain: str) -> str:
        """Send the sources through a chain of filters; the label of what comes out."""
        label = f"[f{len(self.filters)}]"
        self.filters.append(f"{sources}{chain}{label}")
        return label

    def _open(self, options: list[str], path: Path) -> int:
        self.inputs += [*options, "-i", path.resolve()]
        self._files += 1
        return self._files - 1


async def make(wish: Wish, original: Path, parts: Path, target: Path) -> None:
    """Write the film to `target`, whole or not at all; `parts` holds the further files.

    Raises FfmpegFailed, NotMedia, TimeoutError.
    """
    facts = await probe(original)
    pieces = await _pieces(wish, Piece(original, facts, 0.0, facts["seconds"]), parts)
    if not pieces:
        raise NotMedia("Nothing of the input is left between its start and end time.")
    seconds, graph = sum(piece.seconds for piece in pieces), Graph()
    maps: list[str | Path] = []
    copied = not wish.cuts and not wish.watermarks
    heard = not wish.sound and any("audio" in piece.facts for piece in pieces)
    video, sound = _joined(graph, pieces, facts, copied=copied, heard=heard)
    if video:
        for mark in wish.watermarks:
            video = _marked(graph, video, parts / mark["file"], mark, _size(facts))
        maps += ["-map", video, *(("-c:v", "copy") if copied else CODED)]
    sound = await _heard(graph, wish, parts, sound, seconds)
    if sound:
        maps += ["-map", sound, "-c:a", "pcm_s16le"]
    part = target.with_suffix(".part").resolve()
    filters = ["-filter_complex", ";".join(graph.filters)] if graph.filters else []
    command = ["-loglevel", "error", *graph.inputs, *filters, *maps, "-f", "matroska", part]
    await ffmpeg.run(command, timeout=120 + 20 * seconds)
    part.rename(target)


async def _pieces(wish: Wish, main: Piece, parts: Path) -> list[Piece]:
    """The stretches of the film in their order."""

    async def whole(name: str) -> list[Piece]:
        if not name:
            return []
        facts = await probe(parts / name)
        return [Piece(parts / name, facts, 0.0, facts["seconds"])]

    end = min(wish.end or main.end, main.end)
    removed = [(0.0, wish.start), *wish.removed, (end, NEVER)]
    inserted = sorted(wish.inserted, key=lambda one: NEVER if one[0] is None else one[0])
    pieces, at = await whole(wish.intro), 0.0
    for moment, name in [*inserted, (None, "")]:
        until = end if moment is None else min(max(moment, at), end)
        pieces += [Piece(main.file, main.facts, *span) for span in _left(at, until, removed)]
        pieces += await whole(name)
        at = until
    return pieces + await whole(wish.outro)


def _left(start: float, end: float, removed: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """What is left of a stretch without those removed."""
    found = []
    for first, last in sorted(removed):
        if min(first, end) - start > 0.01:
            found.append((start, min(first, end)))
        start = max(start, last)
    return found


def _joined(graph: Graph, pieces: list[Piece], facts: dict[str, Any], *, copied: bool, heard: bool) -> tuple[str, str]:
    """The pictures and, if `heard`, the sound of all pieces; "" where the film has none."""
    seen, labels = "video" in facts, []
    for piece in pieces:
        number = graph.file(piece.file, "-ss", f"{piece.start:.3f}", "-t", f"{piece.seconds:.3f}")
        if copied and seen:
            labels.append(f"{number}:{piece.facts['video']['index']}")
        elif seen:
            labels.append(_pictures(graph, number, piece, facts))
        if heard:
            labels.append(_sound(graph, number, piece))
    if len(pieces) == 1:
        return (labels[0] if seen else ""), (labels[-1] if heard else "")
    chain = f"concat=n={len(pieces)}:v={int(seen)}:a={int(heard)}"
    graph.filters.append(f"{''.join(labels)}{chain}{'[v]' * seen}{'[a]' * heard}")
    return "[v]" * seen, "[a]" * heard


def _pictures(graph: Graph, number: int, piece: Piece, facts: dict[str, Any]) -> str:
    """A piece in the size and rate of the main file, with bars where its shape is another; black where it has none."""
    (width, height), rate = _size(facts), min(facts["video"]["fps"], FASTEST)
    if "video" not in piece.facts:
        return graph.then("", f"color=black:s={width}x{height}:r={rate}:d={piece.seconds:.3f}")
    fitted = f"scale={width}:{height}:force_original_aspect_ratio=decrease,pad={width}:{height}:-1:-1"
    return graph.then(f"[{number}:{piece.facts['video']['index']}]", f"fps={rate},{fitted},setsar=1,format=yuv420p")


def _sound(graph: Graph, number: int, piece: Piece) -> str:
    if "audio" not in piece.facts:
        return graph.then("", f"{SILENCE},atrim=duration={piece.seconds:.3f}")
    return graph.then(f"[{number}:{piece.facts['audio']['index']}]", AS_HEARD)


def _size(facts: dict[str, Any]) -> tuple[int, int]:
    """Width and height of the film: even numbers, as the encoder wants them."""
    return max(2, facts["video"]["width"] // 2 * 2), max(2, facts["video"]["height"] // 2 * 2)


def _marked(graph: Graph, video: str, file: Path, mark: dict[str, Any], size: tuple[int, int]) -> str:
    """The film with a picture over it, placed, sized and faded as the watermark input says.

    Margins and sizes in % are of the film's side; a missing side follows the other. Without a place it is top left.
    """
    place: dict[str, str] = mark.get("placement") or {}
    width, height = _pixels(mark.get("width"), size[0]), _pixels(mark.get("height"), size[1])
    scaled = f"scale={width or -1}:{height or -1}" if width or height else f"scale='min(iw,{size[0]})':-1"
    opacity = float(mark.get("opacity", "100%").rstrip("%")) / 100
    drawn = graph.then(f"[{graph.picture(file)}:v]", f"{scaled},format=rgba,colorchannelmixer=aa={opacity:.4f}")
    left, top = _pixels(place.get("xMargin"), size[0]), _pixels(place.get("yMargin"), size[1])
    across = {"center": "(W-w)/2", "right": f"W-w-{left}"}.get(place.get("xAlign", "left"), str(left))
    down = {"middle": "(H-h)/2", "bottom": f"H-h-{top}"}.get(place.get("yAlign", "top"), str(top))
    return graph.then(f"{video}{drawn}", f"overlay=x={across}:y={down},format=yuv420p")


def _pixels(text: str | None, side: int) -> int:
    """A length such as "10%" of a side, or "40px"."""
    number = float((text or "0").rstrip("%px"))
    return round(side * number / 100 if (text or "").endswith("%") else number)


async def _heard(graph: Graph, wish: Wish, parts: Path, sound: str, seconds: float) -> str:
    """The film's sound: another in its place, others laid over it, as loud as broadcasting wants it."""
    if wish.sound:
        sound = await _other(graph, parts / wish.sound, f"apad,atrim=duration={seconds:.3f}")
    if wish.imposed:
        laid = [sound or graph.then("", f"{SILENCE},atrim=duration={seconds:.3f}")]
        laid += [await _imposed(graph, parts / track["file"], track, seconds) for track in wish.imposed]
        sound = graph.then("".join(laid), f"amix=inputs={len(laid)}:duration=first:normalize=0")
    if wish.loud and sound:
        sound = graph.then(sound, LOUD)
    return sound


async def _imposed(graph: Graph, file: Path, track: dict[str, Any], seconds: float) -> str:
    """A sound over a stretch of the film, with its fades in seconds."""
    start = min(track.get("startTime") or 0.0, seconds)
    length = max(0.1, min(track.get("endTime") or seconds, seconds) - start)
    fades = ""
    if track.get("fadeInLevel"):
        fades += f",afade=t=in:d={track['fadeInLevel']}"
    if track.get("fadeOutLevel"):
        fades += f",afade=t=out:st={max(0.0, length - track['fadeOutLevel']):.3f}:d={track['fadeOutLevel']}"
    return await _other(graph, file, f"atrim=duration={length:.3f}{fades},adelay={start * 1000:.0f}:all=1")


async def _other(graph: Graph, file: Path, chain: str) -> str:
    facts = await probe(file)
    if "audio" not in facts:
        raise NotMedia("A sound to lay over the input has no audio track.")
    return graph.then(f"[{graph.file(file)}:{facts['audio']['index']}]", f"{AS_HEARD},{chain}")
