"""Misbehaviour on request, kept over restarts: what a console must survive can be switched on."""

from sandbox.store import Store

CHOICES: dict[str, tuple[str, ...]] = {
    "webhooks": ("normal", "doubled", "reordered", "dropped"),
    "api": ("up", "down", "silent", "torn", "slow", "limited"),
    "storage": ("up", "down"),
    "encoding": ("normal", "held"),
}
MEANING = {
    "webhooks": "doubled: each event twice; reordered: held in pairs, the later first; dropped: never sent",
    "api": "down: 503; silent: accepted, never answered; torn: cut off in the answer; slow: 3 s late; limited: 429",
    "storage": "down: upload storage answers 503",
    "encoding": "held: media stay In Queue until switched back",
}


def read(store: Store) -> dict[str, str]:
    """All switches with their positions."""
    return {name: current(store, name) for name in CHOICES}


def current(store: Store, name: str) -> str:
    """The position of one switch; the first of its choices until it is turned."""
    return store.fact(f"switch:{name}", CHOICES[name][0])


def problems(wanted: dict[str, object]) -> list[str]:
    """A sentence for each unknown switch or position."""
    found = []
    for name, position in wanted.items():
        if name not in CHOICES:
            found.append(f"There is no switch {name!r}; there are {', '.join(CHOICES)}.")
        elif position not in CHOICES[name]:
            found.append(f"{name} can be {', '.join(CHOICES[name])}.")
    return found


def turn(store: Store, wanted: dict[str, str]) -> None:
    """Set the given switches, all or none. Check them with `problems` first."""
    with store.together():
        for name, position in wanted.items():
            store.keep(f"switch:{name}", position)
