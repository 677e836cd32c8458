"""Domain and user-agent rules of a playback ID: what FastPix holds, and how it reads."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from media_app.models import PlaybackId

Kind = Literal["domains", "userAgents"]
KINDS: Final[tuple[Kind, Kind]] = ("domains", "userAgents")
POLICIES: Final = ("allow", "deny")


@dataclass(frozen=True)
class Rules:
    """The rules of one kind. `default_policy` holds for whoever is in no list.

    `allow` counts only where the default is deny, `deny` only where it is allow (documented).
    """

    default_policy: str = "allow"
    allow: tuple[str, ...] = ()
    deny: tuple[str, ...] = ()

    @property
    def counting(self) -> tuple[str, ...]:
        """The list that has an effect."""
        return self.allow if self.default_policy == "deny" else self.deny

    def same_as(self, other: "Rules") -> bool:
        """Whether both say the same, in whatever order."""
        return self._sets() == other._sets()

    def as_fastpix(self) -> dict[str, Any]:
        """The JSON FastPix takes and answers with."""
        return {"defaultPolicy": self.default_policy, "allow": list(self.allow), "deny": list(self.deny)}

    def _sets(self) -> tuple[str, frozenset[str], frozenset[str]]:
        return self.default_policy, frozenset(self.allow), frozenset(self.deny)


def read(said: Any) -> Rules:
    """FastPix's JSON of one kind; what is missing or of another type is what FastPix starts with."""
    found: Mapping[str, Any] = said if isinstance(said, Mapping) else {}
    policy = found.get("defaultPolicy")
    return Rules(policy if policy in POLICIES else "allow", _entries(found.get("allow")), _entries(found.get("deny")))


def of(playback: PlaybackId, kind: Kind) -> Rules:
    """The rules of a playback ID as our row has them."""
    return read(playback.restrictions.get(kind))


def sentence(kind: Kind, rules: Rules) -> str:
    """ "2 domains allowed", "1 user agent denied"; "" where everyone may play it."""
    count = len(rules.counting)
    told = {"count": count}
    if rules.default_policy == "deny" and kind == "domains":
        return ngettext("%(count)d domain allowed", "%(count)d domains allowed", count) % told
    if rules.default_policy == "deny":
        return ngettext("%(count)d user agent allowed", "%(count)d user agents allowed", count) % told
    if not count:
        return ""
    if kind == "domains":
        return ngettext("%(count)d domain denied", "%(count)d domains denied", count) % told
    return ngettext("%(count)d user agent denied", "%(count)d user agents denied", count) % told


def in_full(rules: Rules) -> str:
    """The rules for the history: the default and the entries that count."""
    if rules.default_policy == "deny":
        return _("only %(entries)s") % {"entries": ", ".join(rules.allow)} if rules.allow else _("none")
    return _("all but %(entries)s") % {"entries": ", ".join(rules.deny)} if rules.deny else _("all")


def _entries(said: Any) -> tuple[str, ...]:
    return tuple(one for one in said if isinstance(one, str)) if isinstance(said, list) else ()
