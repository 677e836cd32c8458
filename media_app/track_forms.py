"""What people say about tracks, judged before it goes to FastPix."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from fastpix_api import Refused
from media_app import languages
from media_app.metadata_rules import too_long
from media_app.models import Track
from media_app.services import url_imports


class LanguageForm(forms.Form):
    """A language, and the name under which players offer it."""

    codes = languages.NAMES

    language = forms.ChoiceField(
        label=gettext_lazy("Language"), error_messages={"required": gettext_lazy("Choose a language.")}
    )
    name = forms.CharField(
        label=gettext_lazy("Name in the player"),
        required=False,
        help_text=gettext_lazy("Empty: the language's own name. No two tracks of a kind have the same name."),
    )

    def __init__(self, *args: Any, track: Track | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        held = (track.language_code, track.language_name or track.language_code) if track else ("", "")
        choices = languages.choices(self.codes, held)
        self.fields["language"].choices = [("", _("Choose…")), *choices]  # type: ignore[attr-defined]

    def clean_name(self) -> str:
        """At most what FastPix keeps."""
        name: str = self.cleaned_data["name"]
        if problem := too_long(name):
            raise ValidationError(problem)
        return name

    def clean(self) -> dict[str, Any]:
        """A name that was left empty is the language's."""
        data = super().clean() or self.cleaned_data
        code = data.get("language", "")
        data["name"] = data.get("name") or languages.NAMES.get(code, code)
        return data

    @property
    def names(self) -> dict[str, str]:
        """The language as the client's methods take it."""
        return {"language_code": self.cleaned_data["language"], "language_name": self.cleaned_data["name"]}

    def refused_name(self, refusal: Refused) -> bool:
        """Whether FastPix refused because of the name, which is said beside it then. Documented: status 400."""
        taken = refusal.status == 400 and "duplicate language name" in refusal.said.lower()
        if taken:
            self.add_error("name", _("Another track of this media has this name. FastPix keeps each name once."))
        return taken


class SpokenForm(LanguageForm):
    """The language that is spoken, to be written down."""

    codes = languages.SPOKEN


class TrackFileForm(LanguageForm):
    """A file that FastPix fetches, and its language."""

    url = forms.CharField(
        label=gettext_lazy("URL of the file"),
        widget=forms.URLInput(attrs={"class": "mono", "autocomplete": "off", "spellcheck": "false"}),
        error_messages={"required": gettext_lazy("FastPix fetches the file itself, so it needs its URL.")},
    )

    def __init__(self, *args: Any, plain_http: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.plain_http = plain_http
        self.order_fields(["kind", "url", "language", "name"])

    def clean_url(self) -> str:
        """One address FastPix can fetch."""
        url: str = self.cleaned_data["url"]
        if problem := url_imports.problem(url, plain_http=self.plain_http):
            raise ValidationError(problem)
        return url


class NewTrackForm(TrackFileForm):
    """A track that does not exist yet."""

    kind = forms.ChoiceField(
        label=gettext_lazy("Kind"),
        choices=[
            ("subtitle", gettext_lazy("Subtitles: an SRT or WebVTT file")),
            ("audio", gettext_lazy("Audio: another language or a commentary")),
        ],
        initial="subtitle",
        widget=forms.RadioSelect,
    )
