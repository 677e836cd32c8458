"""What people say about playback IDs, judged by FastPix's rules before anything leaves."""

import json
from datetime import timedelta
from typing import Any, Final

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from media_app import setting_fields as lines
from media_app.models import PlaybackId
from media_app.services import restrictions
from media_app.services.restrictions import Kind, Rules

RESOLUTIONS: Final = [(value, value) for value in ("480p", "720p", "1080p", "1440p", "2160p")]
LIFETIMES: Final[dict[str, tuple[timedelta, Any]]] = {
    "15m": (timedelta(minutes=15), gettext_lazy("15 minutes")),
    "1h": (timedelta(hours=1), gettext_lazy("1 hour")),
    "6h": (timedelta(hours=6), gettext_lazy("6 hours")),
    "1d": (timedelta(days=1), gettext_lazy("1 day")),
    "7d": (timedelta(days=7), gettext_lazy("7 days")),
    "30d": (timedelta(days=30), gettext_lazy("30 days")),
}


class PlaybackIdForm(forms.Form):
    """A new playback ID."""

    access_policy = forms.ChoiceField(
        label=gettext_lazy("Who can play it"),
        choices=[
            (PlaybackId.Policy.PUBLIC, gettext_lazy("Public: anyone with the address")),
            (PlaybackId.Policy.PRIVATE, gettext_lazy("Private: with a signed token")),
            (PlaybackId.Policy.DRM, gettext_lazy("DRM: with a signed token, encrypted")),
        ],
    )
    # its choices come from FastPix, into a part of the dialog of their own
    drm_configuration_id = forms.CharField(max_length=64, required=False)
    resolution = forms.ChoiceField(
        label=gettext_lazy("Highest resolution"),
        choices=[("", gettext_lazy("As the media")), *RESOLUTIONS],
        required=False,
    )

    def clean(self) -> dict[str, Any]:
        """DRM needs to know which configuration."""
        data = super().clean() or self.cleaned_data
        if data.get("access_policy") == PlaybackId.Policy.DRM and not data.get("drm_configuration_id"):
            self.add_error("drm_configuration_id", _("Choose the DRM configuration to encrypt it with."))
        return data


class RulesForm(forms.Form):
    """The rules of one kind, one entry a line. `began` is what FastPix held when the person began."""

    default_policy = forms.ChoiceField()
    began = forms.CharField(max_length=200_000, required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, kind: Kind, held: Rules | None = None) -> None:
        held = held or Rules()
        initial = {
            "default_policy": held.default_policy,
            "allow": "\n".join(held.allow),
            "deny": "\n".join(held.deny),
            "began": json.dumps(held.as_fastpix()),
        }
        super().__init__(data, initial=initial)
        self.kind = kind
        everyone, only = (
            (_("Every domain, except those denied"), _("Only the domains allowed"))
            if kind == "domains"
            else (_("Every user agent, except those denied"), _("Only the user agents allowed"))
        )
        choices = [("allow", everyone), ("deny", only)]
        self.fields["default_policy"] = forms.ChoiceField(label=_("Who may play it"), choices=choices)
        read = lines.domain if kind == "domains" else lines.user_agent
        told = _("One a line. Counts where only those allowed may play it.")
        self.fields["allow"] = lines.LinesField(read, rows=3, label=_("Allowed"), help_text=told)
        told = _("One a line. Counts where everyone else may play it.")
        self.fields["deny"] = lines.LinesField(read, rows=3, label=_("Denied"), help_text=told)

    def clean_began(self) -> Rules:
        """What the person saw; what cannot be read is no rule, so that a save is compared with what FastPix holds."""
        try:
            return restrictions.read(json.loads(self.cleaned_data["began"]))
        except ValueError:
            return Rules()

    def rules(self) -> Rules:
        """What the person wants."""
        data = self.cleaned_data
        allow, deny = (tuple(dict.fromkeys(data[name])) for name in ("allow", "deny"))
        return Rules(data["default_policy"], allow, deny)

    def begin_again(self, held: Rules) -> None:
        """Show what was typed beside what FastPix holds by now: the next save replaces that."""
        self.data = {**{name: self.data.get(name) for name in self.fields}, "began": json.dumps(held.as_fastpix())}
        told = _("Somebody changed these rules since you opened them: now %(held)s. Saving again replaces that.")
        self.add_error(None, told % {"held": restrictions.in_full(held)})


class TokenForm(forms.Form):
    """For how long a token opens a playback ID."""

    lifetime = forms.ChoiceField(
        label=gettext_lazy("Valid for"),
        choices=[(key, label) for key, (_span, label) in LIFETIMES.items()],
        initial="1h",
    )

    def span(self) -> timedelta:
        """The chosen time."""
        return LIFETIMES[self.cleaned_data["lifetime"]][0]


class SigningKeyForm(forms.Form):
    """Whether the console keeps the private half of a new key."""

    keep = forms.BooleanField(
        label=gettext_lazy("Keep the private key here, encrypted"),
        required=False,
        help_text=gettext_lazy(
            "This console then plays private media, shows their thumbnails and mints tokens. "
            "Without it, only what you do with the key yourself opens them."
        ),
    )
