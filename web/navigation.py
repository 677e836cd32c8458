"""What the side bar, the phone's tab bar and its "More" sheet lead to: one table, filtered by what a member may do.

Only names of URLs appear here: an area that is not installed simply has no link.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any, Final

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


@dataclass(frozen=True)
class Link:
    """One place. `claims` are the beginnings of view names that belong to it; the longest claim wins."""

    label: Any
    icon: str
    view: str
    verb: str
    claims: tuple[str, ...]
    key: str = ""
    tab: bool = False
    url: str = ""
    current: bool = False


@dataclass(frozen=True)
class Group:
    """Places under one heading."""

    name: str
    label: Any
    links: list[Link] = field(default_factory=list)


UPLOADS: Final = ("media:upload", "media:import_url", "media:server", "media:preset", "media:unused")
SECURITY: Final = ("media:playback_security",)
SETTINGS: Final = (
    "workspace:settings",
    "workspace:name",
    "workspace:connection",
    "workspace:webhook",
    "workspace:member",
    "workspace:invitation",
)
GROUPS: Final = (
    Group(
        "library",
        _("Library"),
        [
            Link(_("Media"), "movie", "media:media_list", "media.view", ("media:",), key="m", tab=True),
            Link(_("Uploads"), "cloud-upload", "media:upload_list", "media.upload", UPLOADS, key="u", tab=True),
            Link(_("Playlists"), "playlist", "media:playlist_list", "media.view", ("media:playlist",), key="p"),
            Link(_("Playback security"), "shield-lock", "media:playback_security", "media.protect", SECURITY),
            Link(_("Jobs"), "list-details", "media:job_list", "media.view", ("media:job",), key="j"),
        ],
    ),
    Group(
        "live",
        pgettext_lazy("navigation", "Live"),
        [Link(_("Streams"), "broadcast", "live:stream_list", "live.view", ("live:",), key="l", tab=True)],
    ),
    Group(
        "analytics",
        _("Analytics"),
        [Link(_("Overview"), "chart-line", "analytics:overview", "analytics.view", ("analytics:",), key="a", tab=True)],
    ),
    Group(
        "events",
        _("Events"),
        [Link(_("Events"), "webhook", "events:event_list", "events.view", ("events:",), key="e")],
    ),
)
FOOT: Final = Link(_("Settings"), "settings", "workspace:settings", "workspace.settings", SETTINGS, key="s")


def groups(request: HttpRequest, slug: str, can: Any) -> list[Group]:
    """The groups a member with `can` sees in workspace `slug`; a group without a link is left out."""
    seen = current_view(request)
    found = [replace(group, links=list(_open(group.links, slug, can, seen))) for group in GROUPS]
    return [group for group in found if group.links]


def foot(request: HttpRequest, slug: str, can: Any) -> list[Link]:
    """The links at the foot of the side bar."""
    return list(_open([FOOT], slug, can, current_view(request)))


def current_view(request: HttpRequest) -> str:
    """The full name of the view that answers, `media:media_list`; empty on error pages."""
    match = getattr(request, "resolver_match", None)
    return str(match.view_name) if match else ""


def _open(links: list[Link], slug: str, can: Any, seen: str) -> Iterator[Link]:
    for link in links:
        if link.verb not in can:
            continue
        try:
            url = reverse(link.view, args=[slug])
        except NoReverseMatch:
            continue
        yield replace(link, url=url, current=_owner(seen) == link.view)


def _owner(seen: str) -> str:
    """The view of the link with the longest claim on the page being seen."""
    best, owner = 0, ""
    for link in [*(link for group in GROUPS for link in group.links), FOOT]:
        longest = max((len(claim) for claim in link.claims if seen.startswith(claim)), default=0)
        if longest > best:
            best, owner = longest, link.view
    return owner
