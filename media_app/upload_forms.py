"""What people say about new media, judged before anything leaves."""

from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from media_app import setting_fields
from media_app.preset_forms import NewMediaForm
from media_app.services import url_imports
from media_app.services.file_names import clean, may_be_media
from media_app.services.uploads import LARGEST_BYTES
from media_app.services.url_imports import MOST_URLS, Line
from web import times
from workspace_app.models import Workspace


class BrowserMediaForm(NewMediaForm):
    """The settings of the upload page, which also knows two roads."""

    DIRECT, CONSOLE = "direct", "console"

    road = forms.ChoiceField(
        label=gettext_lazy("Way to FastPix"),
        choices=[(DIRECT, gettext_lazy("Straight from this computer")), (CONSOLE, gettext_lazy("Through the console"))],
        initial=DIRECT,
        widget=forms.Select(attrs={"class": "form-select"}),
    )

    ask_titles = forms.BooleanField(
        label=gettext_lazy("Ask for each title first"),
        required=False,
        help_text=gettext_lazy("Else the title is the file's name. It can be changed later."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not settings.HANDED_MAX_BYTES:
            del self.fields["road"]
            return
        told = _("Through the console is for networks without a way to FastPix's storage. Files up to %(most)s.")
        self.fields["road"].help_text = told % {"most": times.size(settings.HANDED_MAX_BYTES)}


class NewFileForm(BrowserMediaForm):
    """A file chosen in a browser, as the page's script describes it."""

    filename = forms.CharField(max_length=5000, label=gettext_lazy("File name"), strip=False)
    size = forms.IntegerField(min_value=0)
    content_type = forms.CharField(max_length=120, required=False)
    fingerprint = forms.RegexField(r"^[0-9a-f]{64}$")
    reuse = forms.UUIDField(required=False)
    title = forms.CharField(required=False, validators=[setting_fields.kept], label=gettext_lazy("Title"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "road" in self.fields:
            self.fields["road"].required = False  # the tray of other pages has no choice: straight

    def clean_filename(self) -> str:
        """Only the bare, visible name is kept."""
        return clean(self.cleaned_data["filename"])

    def clean_size(self) -> int:
        """Nothing cannot be played, and storage has an end."""
        size: int = self.cleaned_data["size"]
        if size == 0:
            raise ValidationError(_("The file is empty, so there is nothing to send."))
        if size > LARGEST_BYTES:
            raise ValidationError(_("Larger than 5 TiB, the most that FastPix's storage keeps as one file."))
        return size

    def clean(self) -> dict[str, Any]:
        """Refuse what is plainly no media; FastPix judges the bytes of the rest."""
        data = super().clean() or self.cleaned_data
        if "filename" not in data:
            return data
        if not may_be_media(data["filename"], data.get("content_type", "")):
            raise ValidationError(_("Not a video or audio file. Choose the exported film instead."))
        if not self.errors:
            data["asked"] = self.asked
        return data

    @property
    def blames_settings(self) -> bool:
        """Whether what is wrong stands in the settings beside the files, and not in the file."""
        return any(name in NewMediaForm.base_fields for name in self.errors)

    def sentence(self) -> str:
        """The first thing that is wrong, as one sentence."""
        for name, problems in self.errors.items():
            return (
                str(problems[0]) if name in {"size", "__all__"} else f"{self.fields[name].label or name}: {problems[0]}"
            )
        return ""


class ImportUrlForm(NewMediaForm):
    """Pasted addresses, one a line."""

    urls = forms.CharField(
        label=gettext_lazy("URLs"),
        max_length=120_000,
        widget=forms.Textarea(attrs={"class": "form-control mono lines", "rows": 8, "spellcheck": "false"}),
        error_messages={"required": gettext_lazy("Paste at least one URL.")},
    )

    def __init__(self, *args: Any, workspace: Workspace, **kwargs: Any) -> None:
        super().__init__(*args, workspace=workspace, **kwargs)
        self.plain_http = workspace.sandbox
        self.lines: list[Line] = []

    def clean_urls(self) -> str:
        """Every line is judged; one bad line holds all back, so that nothing is imported by half."""
        text: str = self.cleaned_data["urls"]
        self.lines = url_imports.read(text, plain_http=self.plain_http)
        if len(self.lines) > MOST_URLS:
            raise ValidationError(
                _("%(count)d URLs. At most %(most)d at once.") % {"count": len(self.lines), "most": MOST_URLS}
            )
        wrong = [line for line in self.lines if line.error]
        if wrong:
            raise ValidationError(
                [_("Line %(number)d: %(error)s") % {"number": line.number, "error": line.error} for line in wrong]
            )
        return text
