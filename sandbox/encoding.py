"""The switch `encoding`, met by everything that is made of media: films, tracks, downloads."""

import asyncio

from sandbox import ffmpeg, switches
from sandbox.world import World

HELD_PAUSE = 0.3  # seconds between looks at the switch


async def meet(world: World) -> None:
    """Wait while it is held; raises FfmpegFailed for each of the next that shall fail."""
    while switches.at(world.store, "encoding").name == "held":
        await asyncio.sleep(HELD_PAUSE)
    if switches.at(world.store, "encoding").name == "fails":
        switches.spend(world.store, "encoding")
        raise ffmpeg.FfmpegFailed("switched to fail")
