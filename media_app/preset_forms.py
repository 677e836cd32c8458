"""Settings for new media and presets: a form begun from one, and the form that keeps one."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from media_app.media_forms import MediaSettingsForm
from media_app.models import UploadPreset
from media_app.services import presets
from media_app.services.media_settings import Asked
from workspace_app.models import Workspace


def words(values: Mapping[str, Any]) -> list[str]:
    """What the values of a preset ask for, each in a word or two."""
    told = []
    for name, field in MediaSettingsForm.base_fields.items():
        value = values.get(name)
        if not value or name.startswith("watermark_") or name.endswith("_default"):
            continue
        label = str(field.label)
        chosen = dict(field.widget.choices).get(value) if isinstance(field, forms.ChoiceField) else None
        told.append(f"{label}: {chosen}" if chosen else label)
    return [*told, _("Watermark")] if values.get("watermark_url") else told


class NewMediaForm(MediaSettingsForm):
    """The settings of files that come now, begun from a preset: the one asked for, else the workspace's default."""

    preset = forms.ChoiceField(label=gettext_lazy("Preset"), required=False)

    def __init__(
        self, data: Mapping[str, Any] | None = None, *, workspace: Workspace, preset: str | None = None
    ) -> None:
        self.presets = list(presets.of(workspace))
        chosen = presets.chosen(self.presets, preset)
        initial = {**chosen.values, "preset": str(chosen.public_id)} if chosen else {}
        if data is not None and "access_policy" not in data:  # a page without this form: the preset says all
            data = {
                "access_policy": "public",
                "media_quality": "standard",
                "max_resolution": "1080p",
                **initial,
                **data,
            }
        super().__init__(data, workspace=workspace, initial=initial)
        names = [(str(one.public_id), one.shown) for one in self.presets]
        self.fields["preset"].choices = [("", _("No preset")), *names]  # type: ignore[attr-defined]

    @property
    def asked(self) -> Asked:
        """What a valid form asks for."""
        named = self.cleaned_data["preset"]
        preset = next((one for one in self.presets if str(one.public_id) == named), None)
        return Asked(self.settings, preset.name if preset else "", bool(preset and preset.values != self.told))


class PresetForm(MediaSettingsForm):
    """A preset: a name, whether new files begin with it, and the settings."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=80)
    default = forms.BooleanField(
        label=gettext_lazy("Begin new files with it"),
        required=False,
        help_text=gettext_lazy("Files dropped on the library too. There is one such preset at most."),
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, workspace: Workspace, preset: UploadPreset | None = None, **kwargs: Any) -> None:
        if preset:
            about = {"name": preset.name, "default": preset.default, "version": preset.version}
            kwargs["initial"] = {**preset.values, **about}
        super().__init__(*args, workspace=workspace, **kwargs)
