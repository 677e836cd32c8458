"""Misbehaviour on request, kept over restarts: what a console must survive can be switched on.

A switch stands at a position, written `name` or `name:value`: `slow`, `slow:3`, `limited:9999`.
"""

import re
from dataclasses import dataclass
from hashlib import blake2b

from sandbox import times
from sandbox.store import Store

SECONDS = r"\d{1,4}(\.\d{1,3})?"
PERCENT = r"100|[1-9]?\d"
COUNT = r"[1-9]\d{0,5}"
WORDS = r"[\x20-\x7e]{1,200}"


@dataclass(frozen=True)
class Choice:
    """What a position does; `usual` is its value when none is given ("" where it takes none), `form` what fits."""

    about: str
    usual: str = ""
    form: str = ""


CHOICES: dict[str, dict[str, Choice]] = {
    "webhooks": {
        "normal": Choice("each event once, in order"),
        "delayed": Choice("each event held for n seconds", "5", SECONDS),
        "doubled": Choice("n % of the events sent twice", "100", PERCENT),
        "reordered": Choice("held in pairs, the later first"),
        "shuffled": Choice("each event held up to n seconds, by chance", "5", SECONDS),
        "dropped": Choice("n % of the events never sent", "100", PERCENT),
        "chaos": Choice("n % never sent, n % sent twice, all held up to 5 s by chance", "20", PERCENT),
        "badly_signed": Choice("signed with another secret; sent again, signed well, once switched back"),
    },
    "api": {
        "up": Choice("answers"),
        "down": Choice("503"),
        "silent": Choice("accepted, never answered"),
        "torn": Choice("cut off in the answer"),
        "slow": Choice("n seconds late", "3", SECONDS),
        "limited": Choice('429 with this Retry-After; "date" is a date 5 s on, "none" leaves it out', "1", WORDS),
        "broken": Choice("this status of 500 or more", "500", r"5\d\d"),
        "refused": Choice("401 or 403", "401", "401|403"),
        "html": Choice("this status with an HTML page", "200", r"[245]\d\d"),
        "truncated": Choice("done, but only the first half of the JSON is answered"),
        "huge": Choice("n MB of JSON", "12", r"[1-9]\d?"),
        "redirect": Choice("302 to this address", "http://169.254.169.254/", WORDS),
        "flaky": Choice("every nth request 503", "3", COUNT),
        "reply_lost": Choice("every nth POST is done, but the line breaks before its answer", "1", COUNT),
    },
    "storage": {
        "up": Choice("takes bytes"),
        "down": Choice("503"),
        "slow": Choice("n seconds late", "3", SECONDS),
        "limited": Choice("429 with this Retry-After", "1", WORDS),
        "flaky": Choice("every nth request 503", "3", COUNT),
        "drop": Choice("the line breaks inside the nth chunk of each upload", "2", COUNT),
        "reply_lost": Choice("the nth chunk of each upload is kept, but the line breaks before the answer", "2", COUNT),
        "partial": Choice("only half of every nth chunk of an upload is kept", "2", COUNT),
        "forgets": Choice("at the nth chunk of each upload all its bytes are lost: 308 without Range", "2", COUNT),
        "session_lost": Choice("uploads begun before the switch was turned answer this", "404", "404|410"),
    },
    "clock": {
        "usual": Choice("upload addresses live four hours"),
        "fast": Choice("upload addresses made from now on live the nth part of it", "1000", COUNT),
    },
    "encoding": {
        "normal": Choice("media become Ready"),
        "held": Choice("media stay In Queue until switched back"),
        "fails": Choice("the next n media end Failed, then normal again", "1", COUNT),
    },
}


@dataclass(frozen=True)
class Position:
    """Where a switch stands."""

    name: str
    value: str = ""

    @property
    def number(self) -> float:
        return float(self.value)

    @property
    def count(self) -> int:
        return int(self.value)


def at(store: Store, switch: str) -> Position:
    """Where a switch stands; the first of its choices until it is turned."""
    return parse(switch, store.fact(f"switch:{switch}")) or Position(next(iter(CHOICES[switch])))


def parse(switch: str, text: str) -> Position | None:
    """The position a text means, with its usual value where it names none; None when the switch has no such one."""
    name, _, value = text.partition(":")
    choice = CHOICES[switch].get(name)
    if choice is None or (value and not re.fullmatch(choice.form, value)):
        return None
    return Position(name, value or choice.usual)


def read(store: Store) -> dict[str, str]:
    """All switches with their positions, and the values that are not the usual ones."""
    found = {switch: at(store, switch) for switch in CHOICES}
    return {
        switch: one.name if one.value == CHOICES[switch][one.name].usual else f"{one.name}:{one.value}"
        for switch, one in found.items()
    }


def problems(wanted: dict[str, object]) -> list[str]:
    """A sentence for each unknown switch or position."""
    found = []
    for switch, text in wanted.items():
        if switch not in CHOICES:
            found.append(f"There is no switch {switch!r}; there are {', '.join(CHOICES)}.")
        elif parse(switch, str(text)) is None:
            named = (f"{name}:{one.usual}" if one.usual else name for name, one in CHOICES[switch].items())
            found.append(f"{switch} can be {', '.join(named)}; after the colon stands a value of that kind.")
    return found


def turn(store: Store, wanted: dict[str, str]) -> None:
    """Set the given switches, all or none. Check them with `problems` first."""
    with store.together():
        for switch, text in wanted.items():
            store.keep(f"switch:{switch}", text)
            store.keep(f"turned:{switch}", times.now())


def turned_at(store: Store, switch: str) -> str:
    """When a switch was turned last, as media and uploads say when they were made."""
    return store.fact(f"turned:{switch}")


def spend(store: Store, switch: str) -> None:
    """One less of the position's count; at none left the switch goes back to its first position."""
    position = at(store, switch)
    left = position.count - 1
    turn(store, {switch: f"{position.name}:{left}" if left else next(iter(CHOICES[switch]))})


def chance(percent: float, *, of: int, what: str) -> bool:
    """Whether a happening of that likelihood happens to number `of`: the same answer whenever it is asked."""
    return share(of, what) * 100 < percent


def share(of: int, what: str) -> float:
    """A number from 0 to 1 for number `of`, by chance, but always the same."""
    return int.from_bytes(blake2b(f"{what}:{of}".encode(), digest_size=4).digest()) / 2**32
