"""Who may do what: roles are sets of verbs, and this table is the only place that says so."""

from typing import Final, Literal

from django.db import models
from django.utils.translation import gettext_lazy as _

Verb = Literal[
    "media.view",
    "media.upload",
    "media.edit",
    "media.delete",
    "media.protect",
    "live.view",
    "live.operate",
    "analytics.view",
    "events.view",
    "events.replay",
    "workspace.view",
    "workspace.settings",
    "workspace.members",
]


class Role(models.TextChoices):
    """The four roles of a member."""

    VIEWER = "viewer", _("Viewer")
    EDITOR = "editor", _("Editor")
    OPERATOR = "operator", _("Operator")
    ADMIN = "admin", _("Admin")


_VIEW: Final[frozenset[Verb]] = frozenset(
    ("media.view", "live.view", "analytics.view", "events.view", "workspace.view"),
)
_EDIT: Final[frozenset[Verb]] = frozenset(
    ("media.upload", "media.edit", "media.delete", "media.protect", "events.replay")
)
_OPERATE: Final[frozenset[Verb]] = frozenset(("live.operate", "events.replay"))
_ADMINISTER: Final[frozenset[Verb]] = frozenset(("workspace.settings", "workspace.members"))

VERBS: Final[dict[str, frozenset[Verb]]] = {
    Role.VIEWER: _VIEW,
    Role.EDITOR: _VIEW | _EDIT,
    Role.OPERATOR: _VIEW | _OPERATE,
    Role.ADMIN: _VIEW | _EDIT | _OPERATE | _ADMINISTER,
}


class Can:
    """What one member may do, for views and templates: `"media.edit" in can`, `{% if can.media_edit %}`."""

    def __init__(self, role: str) -> None:
        self.verbs = VERBS.get(role, frozenset())

    def __contains__(self, verb: object) -> bool:
        return verb in self.verbs

    def __getattr__(self, name: str) -> bool:
        if name.startswith("_"):
            raise AttributeError(name)
        return name.replace("_", ".", 1) in self.verbs
