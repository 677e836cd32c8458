"""Presets: settings for new media that a workspace keeps under a name."""

import uuid

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext as _

from workspace_app.models import Workspace


class UploadPreset(models.Model):
    """What the settings form is filled with. Uploads copy the settings: changing a preset changes none of them.

    `values`: the form's fields by name, text or flag (MediaSettingsForm.told). `version` grows with every change.
    """

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="upload_presets")
    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(max_length=80)
    values = models.JSONField(default=dict)
    default = models.BooleanField(default=False)
    version = models.PositiveIntegerField(default=1)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.UniqueConstraint("workspace", Lower("name"), name="preset_name_once"),
            models.UniqueConstraint(fields=["workspace"], condition=Q(default=True), name="preset_one_default"),
        ]

    @property
    def shown(self) -> str:
        """Its name, and whether new files begin with it."""
        return _("%(name)s (default)") % {"name": self.name} if self.default else self.name
