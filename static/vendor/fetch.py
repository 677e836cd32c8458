#!/usr/bin/env python3
"""Fetch the browser parts this console ships, at the versions pinned below. For developers; needs Node's npm.

Run it from anywhere: `static/vendor/fetch.py`. It rewrites static/vendor/<name>-<version>/ and vendor.lock.json; the
suite then compares every file with the lock. Source map comments are removed, because collecting the static files
fails on a map that is not there. Add the name of a new icon to OUTLINE (or FILLED) and run it again.
"""

import hashlib
import json
import re
import shutil
import subprocess
import tarfile
import tempfile
import xml.etree.ElementTree as ET
from pathlib import Path

HERE = Path(__file__).resolve().parent

# our name, package, version, licence, {file in the package: our file name}
PACKAGES = [
    ("htmx", "htmx.org", "2.0.11", "0BSD", {"dist/htmx.min.js": "htmx.min.js", "LICENSE": "LICENSE"}),
    (
        "tabler",
        "@tabler/core",
        "1.6.1",
        "MIT",
        {"dist/css/tabler.min.css": "tabler.min.css", "dist/js/tabler.min.js": "tabler.min.js"},
    ),
    (
        "hls",
        "hls.js",
        "1.7.4",
        "Apache-2.0",
        {"dist/hls.min.js": "hls.min.js", "dist/hls.worker.js": "hls.worker.js", "LICENSE": "LICENSE"},
    ),
    (
        "uplot",
        "uplot",
        "1.6.32",
        "MIT",
        {"dist/uPlot.iife.min.js": "uPlot.iife.min.js", "dist/uPlot.min.css": "uPlot.min.css", "LICENSE": "LICENSE"},
    ),
    (
        "inter",
        "@fontsource-variable/inter",
        "5.3.0",
        "OFL-1.1",
        {"files/inter-latin-wght-normal.woff2": "inter.woff2", "LICENSE": "LICENSE"},
    ),
    (
        "jetbrains-mono",
        "@fontsource-variable/jetbrains-mono",
        "5.3.0",
        "OFL-1.1",
        {"files/jetbrains-mono-latin-wght-normal.woff2": "jetbrains-mono.woff2", "LICENSE": "LICENSE"},
    ),
    ("icons", "@tabler/icons", "3.51.0", "MIT", {"LICENSE": "LICENSE"}),
]

OUTLINE = """
access-point activity adjustments-horizontal alarm alert-circle alert-triangle api archive arrow-back-up
arrow-bar-to-left arrow-bar-to-right arrow-down arrow-left arrow-right arrow-up arrows-horizontal arrows-sort
arrows-split badge-cc ban bell bolt braces broadcast bug building calendar chart-bar chart-line check checks
chevron-down chevron-left chevron-right chevron-up circle circle-arrow-up circle-check circle-dashed circle-minus
circle-x clipboard clock clock-exclamation clock-pause cloud-off cloud-upload code copy database database-off
device-desktop device-floppy device-mobile dots dots-vertical download edit external-link eye eye-off file file-off
file-upload filter filter-off fingerprint flag flask fold folder folder-open folders hand-stop hash help-circle history
home hourglass id info-circle key keyboard language layout-grid link link-off list list-details live-photo loader
loader-2 lock lock-open login logout mail maximize menu-2 message minus moon mood-empty movie movie-off music
network-off paperclip photo photo-off player-pause player-play player-skip-forward player-stop playlist playlist-add
plug plug-connected plug-connected-x plus power qrcode radar refresh repeat rotate-clockwise route scissors search
search-off selector send server server-off settings share shield shield-check shield-lock shield-off sparkles square
stethoscope sun switch-horizontal table tag tags terminal-2 test-pipe tool transfer trash trash-off trash-x
trending-down trending-up upload user user-check user-circle user-minus user-plus user-shield users users-group video
video-off volume volume-off wave-saw-tool webhook webhook-off wifi wifi-off world world-off x zoom-in
""".split()
FILLED = ["player-play"]
KEPT = ("d", "x", "y", "x1", "x2", "y1", "y2", "cx", "cy", "r", "rx", "ry", "width", "height", "points", "transform")
MAP_COMMENT = re.compile(rb"(/\*# sourceMappingURL=[^*]*\*/|//# sourceMappingURL=\S+)\n?")

TABLER_LICENCE = """MIT License

Copyright (c) 2018-2026 The Tabler Authors
Copyright (c) 2018-2026 codecalm.net Pawel Kuna
Contains parts of Bootstrap, Copyright (c) 2011-2026 The Bootstrap Authors, and of Popper,
Copyright (c) 2019 Federico Zivolo, both under the same licence.

"""


def unpack(package: str, version: str, into: Path) -> Path:
    """The unpacked package, as `npm pack` delivers it."""
    command = ["npm", "pack", "--silent", "--pack-destination", str(into), f"{package}@{version}"]
    name = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()[-1]
    with tarfile.open(into / name) as archive:
        archive.extractall(into / name[:-4], filter="data")
    return into / name[:-4] / "package"


def symbol(file: Path, name: str, *, filled: bool) -> str:
    """One icon as a <symbol>: only shapes, colours come from the page."""
    shapes = []
    for shape in ET.parse(file).getroot():
        if shape.get("stroke") == "none":
            continue  # the transparent frame around every icon
        given = " ".join(f'{key}="{value}"' for key, value in shape.attrib.items() if key in KEPT)
        shapes.append(f"<{shape.tag.rpartition('}')[2]} {given}/>")
    paint = 'fill="currentColor"' if filled else 'fill="none" stroke="currentColor"'
    caps = "" if filled else ' stroke-linecap="round" stroke-linejoin="round"'
    return f'<symbol id="{name}" viewBox="0 0 24 24" {paint}{caps}>{"".join(shapes)}</symbol>'


def sprite(package: Path) -> str:
    """All icons named above in one file."""
    drawn = [symbol(package / f"icons/outline/{name}.svg", name, filled=False) for name in sorted(set(OUTLINE))]
    drawn += [symbol(package / f"icons/filled/{name}.svg", f"{name}-filled", filled=True) for name in FILLED]
    return '<svg xmlns="http://www.w3.org/2000/svg">\n' + "\n".join(drawn) + "\n</svg>\n"


def main() -> None:
    lock = []
    with tempfile.TemporaryDirectory() as scratch:
        for name, package, version, licence, files in PACKAGES:
            source = unpack(package, version, Path(scratch))
            for old in HERE.glob(f"{name}-[0-9]*"):
                shutil.rmtree(old)
            target = HERE / f"{name}-{version}"
            target.mkdir()
            for path, ours in files.items():
                (target / ours).write_bytes(MAP_COMMENT.sub(b"", (source / path).read_bytes()))
            if name == "icons":
                (target / "icons.svg").write_text(sprite(source))
            if name == "tabler":
                terms = (HERE / "terms-mit.txt").read_text()
                (target / "LICENSE").write_text(TABLER_LICENCE + terms)
            sums = {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in sorted(target.iterdir())}
            lock.append({"name": name, "package": package, "version": version, "licence": licence, "files": sums})
    (HERE / "vendor.lock.json").write_text(json.dumps(lock, indent=2) + "\n")


if __name__ == "__main__":
    main()
