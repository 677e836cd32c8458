"""What people choose when they ask for in-video AI."""

from typing import Any, Final

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from media_app.models import Media
from media_app.services import ai

SHORTEST, LONGEST, USUAL = 30, 250, 100  # words of a summary (documented)
KINDS: Final[dict[str, str | Promise]] = {
    "av": _("Pictures and sound"),
    "video": _("Pictures only"),
    "audio": _("Sound only"),
}


class AskForm(forms.Form):
    """The choices FastPix has for one feature: a length for a summary, what to look at for moderation, else none."""

    summary_length = forms.IntegerField(
        label=_("Length in words"),
        min_value=SHORTEST,
        max_value=LONGEST,
        initial=USUAL,
        help_text=_("30 to 250. FastPix aims at it."),
    )
    type = forms.ChoiceField(label=_("What to look at"))

    def __init__(self, media: Media, feature: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["type"].choices = [(kind, KINDS[kind]) for kind in ai.kinds(media)]  # type: ignore[attr-defined]
        wanted = {"summary": "summary_length", "moderation": "type"}.get(feature)
        self.fields = {name: field for name, field in self.fields.items() if name == wanted}

    def options(self) -> dict[str, Any]:
        """The keyword arguments of `ai.ask`."""
        names = {"summary_length": "length", "type": "kind"}
        return {names[name]: value for name, value in self.cleaned_data.items()}
