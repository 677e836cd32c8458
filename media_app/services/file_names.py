"""Names of files as people's computers give them: hostile until cleaned."""

import re
import unicodedata

LONGEST = 255
# FastPix's documented input formats and those seen to work; a browser often knows no type for them
# fmt: off
EXTENSIONS = frozenset((
    "3gp", "aac", "aif", "aiff", "asf", "avi", "f4v", "flac", "flv", "m2ts", "m4a", "m4v",
    "mka", "mkv", "mov", "mp3", "mp4", "mpeg", "mpg", "mts", "mxf", "oga", "ogg", "ogv",
    "opus", "rm", "rmvb", "ts", "vob", "wav", "webm", "wma", "wmv", "wtv",
))
# fmt: on


def clean(name: str) -> str:
    """The bare file name, at most 255 characters, nothing invisible in it; "file" when nothing is left.

    Control characters, direction overrides and other format characters could make a page show a name that is not there.
    """
    bare = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    shown = "".join(c for c in bare if unicodedata.category(c) not in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
    shown = " ".join(shown.split()).lstrip(".")
    if len(shown) > LONGEST:
        stem, dot, extension = shown.rpartition(".")
        shown = (
            f"{stem[: LONGEST - len(extension) - 1]}.{extension}" if dot and len(extension) <= 8 else shown[:LONGEST]
        )
    return shown or "file"


def title_of(name: str) -> str:
    """The title a file gets when nobody gave one: its name without the extension."""
    stem, dot, extension = name.rpartition(".")
    return stem if dot and stem and len(extension) <= 8 else name


def may_be_media(name: str, content_type: str) -> bool:
    """Whether a file can be video or audio, judged by what its computer says about it; FastPix judges the bytes."""
    kind = content_type.partition("/")[0].lower()
    return kind in {"video", "audio"} or name.rpartition(".")[2].lower() in EXTENSIONS
