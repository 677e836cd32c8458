"""What people say about playback IDs, judged by FastPix's rules before anything leaves."""

import json
import re
from datetime import timedelta
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

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
_LABEL: Final = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
# observed: a host without a dot is refused
_DOMAIN: Final = re.compile(rf"(?:\*\.)?{_LABEL}(?:\.{_LABEL})+", re.ASCII)


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
    allow = forms.CharField(label=gettext_lazy("Allowed"), max_length=60_000, required=False)
    deny = forms.CharField(label=gettext_lazy("Denied"), max_length=60_000, required=False)
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
        for name in ("allow", "deny"):
            self.fields[name].widget = forms.Textarea(
                attrs={"class": "mono lines", "rows": 3, "spellcheck": "false", "autocapitalize": "off"}
            )
        self.fields["allow"].help_text = _("One a line. Counts where only those allowed may play it.")
        self.fields["deny"].help_text = _("One a line. Counts where everyone else may play it.")

    def clean_allow(self) -> tuple[str, ...]:
        """The entries, each once."""
        return self._entries("allow")

    def clean_deny(self) -> tuple[str, ...]:
        """The entries, each once."""
        return self._entries("deny")

    def clean_began(self) -> Rules:
        """What the person saw; what cannot be read is no rule, so that a save is compared with what FastPix holds."""
        try:
            return restrictions.read(json.loads(self.cleaned_data["began"]))
        except ValueError:
            return Rules()

    def rules(self) -> Rules:
        """What the person wants."""
        data = self.cleaned_data
        return Rules(data["default_policy"], data["allow"], data["deny"])

    def begin_again(self, held: Rules) -> None:
        """Show what was typed beside what FastPix holds by now: the next save replaces that."""
        self.data = {**{name: self.data.get(name) for name in self.fields}, "began": json.dumps(held.as_fastpix())}
        told = _("Somebody changed these rules since you opened them: now %(held)s. Saving again replaces that.")
        self.add_error(None, told % {"held": restrictions.in_full(held)})

    def _entries(self, name: str) -> tuple[str, ...]:
        lines = [line.strip() for line in self.cleaned_data[name].splitlines()]
        entries = [(number, line) for number, line in enumerate(lines, 1) if line]
        if self.kind == "userAgents":
            return tuple(dict.fromkeys(line for _number, line in entries))
        problems, domains = [], {}
        for number, line in entries:
            domain = as_domain(line)
            if _DOMAIN.fullmatch(domain):
                domains[domain] = True
            else:
                problems.append(_("Line %(number)d: %(problem)s") % {"number": number, "problem": _what(domain)})
        if problems:
            raise ValidationError(problems)
        return tuple(domains)


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


def as_domain(line: str) -> str:
    """A line as browsers name that site in their requests: small letters, and punycode where it has other letters."""
    text = line.lower().removesuffix(".")
    if text.isascii():
        return text
    try:
        return text.encode("idna").decode("ascii")
    except UnicodeError:
        return text


def _what(domain: str) -> str:
    """What is wrong with something that is no domain."""
    if "/" in domain or ":" in domain:
        return _("only the domain, without https://, port or path.")
    if "." not in domain:
        return _("FastPix refuses names without a dot, such as localhost.")
    return _("not a domain such as example.com.")
