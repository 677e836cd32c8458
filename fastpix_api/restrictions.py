"""Access restrictions: which pages and which players a playback ID serves."""

from collections.abc import Sequence
from typing import Literal

from fastpix_api.answer import Answer
from fastpix_api.road import Call, part


def replace(
    call: Call,
    playback_ids: str,
    playback_id: str,
    kind: Literal["domains", "user-agents"],
    *,
    default_policy: str,
    allow: Sequence[str],
    deny: Sequence[str],
) -> Answer:
    """Replace the rules of one kind for a playback ID below the path `playback_ids`; `default_policy` allow or deny.

    Flat: wrapped under the kind's name FastPix answers 200 and stores nothing (observed).
    """
    rules = {"defaultPolicy": default_policy, "allow": list(allow), "deny": list(deny)}
    return call("PATCH", f"{playback_ids}/{part(playback_id)}/{kind}", json=rules, expect=dict)
