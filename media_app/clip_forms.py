"""What a person says about a new clip, judged in FastPix's terms before it is asked for."""

import re
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from media_app.models import Media
from media_app.services import clips
from web import times

_CLOCK: Final = re.compile(r"(?:(?:(\d{1,2}):)?(\d{1,4}):)?(\d{1,5})", re.ASCII)
TITLE: Final = 255


class ClockField(forms.Field):
    """A moment as people write it, `8:36`, `1:02:03` or plain seconds; cleaned to whole seconds."""

    def to_python(self, value: Any) -> Any:
        """Seconds. Raises ValidationError for what is no time."""
        text = str(value or "").strip()
        if not text:
            return None
        found = _CLOCK.fullmatch(text)
        if not found:
            raise ValidationError(_("Write a time such as 8:36. FastPix cuts at whole seconds."))
        hours, minutes, seconds = (int(part or 0) for part in found.groups())
        return hours * 3600 + minutes * 60 + seconds


class ClipForm(forms.Form):
    """Where the clip begins and ends in its source, its title, and who can play it."""

    start = ClockField(label=gettext_lazy("In"), widget=forms.TextInput(attrs={"class": "num", "maxlength": 12}))
    end = ClockField(label=gettext_lazy("Out"), widget=forms.TextInput(attrs={"class": "num", "maxlength": 12}))
    title = forms.CharField(
        label=gettext_lazy("Title"),
        max_length=TITLE,
        required=False,
        error_messages={"max_length": gettext_lazy("%(show_value)d characters. FastPix keeps %(limit_value)d.")},
    )
    access_policy = forms.ChoiceField(
        label=gettext_lazy("Who can play it"),
        choices=[("public", gettext_lazy("Public")), ("private", gettext_lazy("Private: signed token"))],
    )

    def __init__(self, media: Media, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.source = media

    def clean(self) -> dict[str, Any]:
        """The end lies after the start, and within the media."""
        data = super().clean() or self.cleaned_data
        start, end, length = data.get("start"), data.get("end"), clips.length(self.source)
        for name, at in (("start", start), ("end", end)):
            if at is not None and length is not None and at > length:
                self.add_error(name, _("The media is %(length)s long.") % {"length": times.clock(length * 1000)})
        if start is not None and end is not None and end <= start:
            self.add_error("end", _("Must be after the start."))
        return data


def begun(media: Media, start: str, end: str) -> dict[str, str]:
    """What a new clip's form starts with: the marks as they came from the page, a title that says what it is."""
    title = media.title or media.remote_id
    marks = f" {start}\N{EN DASH}{end}" if start and end else ""
    return {
        "start": start,
        "end": end,
        "title": f"{title[: TITLE - len(marks)]}{marks}",
        "access_policy": clips.policy(media),
    }
