"""The settings every new media can have, wherever it comes from: one form for all roads, and for presets."""

from dataclasses import dataclass
from typing import Any, Final

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from media_app import setting_fields as lines
from media_app.services import media_settings
from media_app.services.media_settings import GENERATED, LABELS
from workspace_app.models import Workspace

RESOLUTIONS: Final = [(value, value) for value in ("480p", "720p", "1080p", "1440p", "2160p")]
LONGEST_FILM: Final = 12 * 3600  # seconds FastPix takes (documented)
OFF: Final = ("", gettext_lazy("Off"))
STANDARD: Final = {"access_policy": "public", "media_quality": "standard", "max_resolution": "1080p"}
ANY: Final = ("", gettext_lazy("Default"))
_SIZE: Final = r"^\d{1,4}(\.\d{1,2})?(%|px)$"


class _Url(forms.CharField):
    """An address FastPix fetches itself."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.TextInput(attrs={"class": "mono", "inputmode": "url", "placeholder": "https://"})
        super().__init__(required=False, max_length=2000, widget=widget, **kwargs)
        self.plain_http = False

    def clean(self, value: Any) -> str:
        url: str = super().clean(value)
        return lines.address(url, self.plain_http) if url else ""


def _choice(label: Any, choices: list[tuple[str, Any]], **kwargs: Any) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=choices, required=bool(kwargs.get("initial")), **kwargs)


def _flag(label: Any, **kwargs: Any) -> forms.BooleanField:
    return forms.BooleanField(label=label, required=False, **kwargs)


def _size(label: Any) -> forms.RegexField:
    told = gettext_lazy("A number with %% or px, such as 10%% or 40px.")
    return forms.RegexField(_SIZE, label=label, required=False, error_messages={"invalid": told})


def _seconds(label: Any, least: int) -> forms.IntegerField:
    return forms.IntegerField(label=label, required=False, min_value=least, max_value=LONGEST_FILM)


@dataclass(frozen=True)
class Fold:
    """A part of the form that is folded until somebody needs it. `rows`: fields side by side."""

    title: Any
    rows: list[list[BoundField]]
    open: bool


# What is folded away: the heading, and the fields side by side
FOLDS: Final[tuple[tuple[Any, tuple[tuple[str, ...], ...]], ...]] = (
    (gettext_lazy("Creator and metadata"), (("creator_id",), ("metadata",))),
    (gettext_lazy("More of what AI finds"), (("summary_length",), ("named_entities",), ("moderation",))),
    (
        gettext_lazy("Watermark"),
        (
            ("watermark_url",),
            ("watermark_x", "watermark_x_margin"),
            ("watermark_y", "watermark_y_margin"),
            ("watermark_width", "watermark_height"),
            ("watermark_opacity",),
        ),
    ),
    (
        gettext_lazy("Intro, outro, trim"),
        (("intro_url",), ("outro_url",), ("start_time", "end_time"), ("expunge_segments",), ("segments",)),
    ),
    (
        gettext_lazy("Sound and subtitle files"),
        (("optimize_audio",), ("swap_track_url",), ("impose_tracks",), ("subtitle_files",), ("subtitles_name",)),
    ),
    (
        gettext_lazy("Where it may be played, original file"),
        (("domains_default",), ("domains",), ("user_agents_default",), ("user_agents",), ("source_access",)),
    ),
)


class MediaSettingsForm(forms.Form):
    """FastPix's documented settings; fields have FastPix's names in snake case, and what is refused says so there."""

    access_policy = _choice(
        LABELS["accessPolicy"],
        [
            ("public", gettext_lazy("Public")),
            ("private", gettext_lazy("Private: signed token")),
            ("drm", gettext_lazy("DRM: encrypted, licence and token")),
        ],
        initial="public",
        help_text=gettext_lazy("Creates one playback ID. You can add more later."),
    )
    drm_configuration_id = forms.UUIDField(
        label=LABELS["drmConfigurationId"],
        required=False,
        widget=forms.TextInput(attrs={"class": "mono"}),
        help_text=gettext_lazy("Of this workspace, as FastPix set it up. Such media have no files to download."),
        error_messages={"invalid": gettext_lazy("FastPix's configuration IDs are UUIDs: 8-4-4-4-12 hex digits.")},
    )
    media_quality = _choice(
        LABELS["mediaQuality"],
        [
            ("standard", gettext_lazy("Standard")),
            ("pro", gettext_lazy("Pro")),
            ("premium", gettext_lazy("Premium")),
        ],
        initial="standard",
    )
    max_resolution = _choice(LABELS["maxResolution"], RESOLUTIONS, initial="1080p")
    mp4_support = _choice(
        LABELS["mp4Support"],
        [
            ("", gettext_lazy("No downloads")),
            ("capped_4k", gettext_lazy("MP4, up to 4K")),
            ("audioOnly", gettext_lazy("M4A, sound only")),
            ("audioOnly,capped_4k", gettext_lazy("MP4 and M4A")),
        ],
    )
    subtitles = _choice(
        LABELS["subtitles"],
        [OFF, *GENERATED.items()],
        help_text=gettext_lazy("The language spoken, from the first audio track."),
    )
    chapters = _flag(LABELS["chapters"])
    summary = _flag(LABELS["summary"])
    summary_length = forms.IntegerField(
        label=LABELS["summaryLength"],
        required=False,
        min_value=30,
        max_value=250,
        help_text=gettext_lazy("30 to 250. FastPix writes about 100 unless told otherwise."),
    )
    named_entities = _flag(LABELS["namedEntities"], help_text=gettext_lazy("People, places and things that occur."))
    moderation = _choice(
        LABELS["moderation"],
        [
            OFF,
            ("video", gettext_lazy("Picture")),
            ("audio", gettext_lazy("Sound")),
            ("av", gettext_lazy("Picture and sound")),
        ],
    )
    creator_id = forms.CharField(label=LABELS["creatorId"], required=False, validators=[lines.kept])
    metadata = lines.PairsField(
        label=LABELS["metadata"],
        help_text=gettext_lazy("One pair a line. FastPix keeps 255 characters of each key and value."),
    )
    watermark_url = _Url(label=gettext_lazy("Picture"))
    watermark_x = _choice(
        gettext_lazy("Across"),
        [
            ANY,
            ("left", gettext_lazy("Left")),
            ("center", gettext_lazy("Center")),
            ("right", gettext_lazy("Right")),
        ],
    )
    watermark_x_margin = _size(gettext_lazy("Margin across"))
    watermark_y = _choice(
        gettext_lazy("Down"),
        [
            ANY,
            ("top", gettext_lazy("Top")),
            ("middle", gettext_lazy("Middle")),
            ("bottom", gettext_lazy("Bottom")),
        ],
    )
    watermark_y_margin = _size(gettext_lazy("Margin down"))
    watermark_width = _size(gettext_lazy("Width"))
    watermark_height = _size(gettext_lazy("Height"))
    watermark_opacity = forms.IntegerField(
        label=gettext_lazy("Opacity in %"), required=False, min_value=0, max_value=100
    )
    intro_url = _Url(label=LABELS["introUrl"])
    outro_url = _Url(label=LABELS["outroUrl"])
    start_time = _seconds(gettext_lazy("Start at second"), 0)
    end_time = _seconds(gettext_lazy("End at second"), 1)
    expunge_segments = lines.LinesField(
        lines.stretch, sample="4-6", label=LABELS["expungeSegments"], help_text=gettext_lazy("Seconds, one cut a line.")
    )
    segments = lines.LinesField(
        lines.insert,
        sample="https://… at=30",
        label=LABELS["segments"],
        help_text=gettext_lazy("One film a line: its URL, then at=30 for second 30, or at=end."),
    )
    optimize_audio = _flag(LABELS["optimizeAudio"])
    swap_track_url = _Url(label=LABELS["swapTrackUrl"])  # documented: required beside imposeTracks
    impose_tracks = lines.LinesField(
        lines.overlay,
        sample="https://… start=0 end=30",
        label=LABELS["imposeTracks"],
        help_text=gettext_lazy("One sound a line: its URL, then start=0 end=30 fadein=2 fadeout=2 in seconds."),
    )
    subtitle_files = lines.LinesField(
        lines.subtitle_file,
        sample="en-US https://… English",
        label=gettext_lazy("Subtitle files"),
        help_text=gettext_lazy("One file a line, SRT or VTT: language code, URL, the language's name."),
    )
    subtitles_name = forms.CharField(
        label=LABELS["subtitles.languageName"],
        required=False,
        validators=[lines.kept],
        help_text=gettext_lazy("What viewers choose them by; the language's own name unless given."),
    )
    domains_default = _choice(
        LABELS["accessRestrictions.domains"],
        [("allow", gettext_lazy("Everywhere except")), ("deny", gettext_lazy("Nowhere except"))],
    )
    domains = lines.LinesField(lines.domain, sample="www.example.com", label=gettext_lazy("These domains"))
    user_agents_default = _choice(
        LABELS["accessRestrictions.userAgents"],
        [("allow", gettext_lazy("Every one except")), ("deny", gettext_lazy("None except"))],
    )
    user_agents = lines.LinesField(
        lines.user_agent,
        sample="curl/",
        label=gettext_lazy("User agents with these words"),
        help_text=gettext_lazy("One a line. FastPix tells capitals from small letters."),
    )
    source_access = _flag(LABELS["sourceAccess"])

    def __init__(self, *args: Any, workspace: Workspace, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            if isinstance(field, _Url | lines.LinesField):
                field.plain_http = workspace.sandbox

    def clean(self) -> dict[str, Any]:
        """What does not go together is said before anything is sent."""
        data = super().clean() or self.cleaned_data
        if data.get("access_policy") == "drm" and not data.get("drm_configuration_id"):
            self._wrong("drm_configuration_id", _("DRM needs the configuration to encrypt with."))
        start, end = data.get("start_time"), data.get("end_time")
        if start is not None and end is not None and start >= end:
            self._wrong("end_time", _("The end must be after the start."))
        if data.get("impose_tracks") and not data.get("swap_track_url"):
            self._wrong("swap_track_url", _("FastPix lays sounds over a replaced one only. Name that one too."))
        if data.get("summary_length") and not data.get("summary"):
            self._wrong("summary_length", _("Ask for a summary too, or leave this empty."))
        if data.get("subtitles_name") and not data.get("subtitles"):
            self._wrong("subtitles_name", _("Choose a language to generate too, or leave this empty."))
        looks = [name for name in self.fields if name.startswith("watermark_") and name != "watermark_url"]
        if not data.get("watermark_url") and any(data.get(name) not in (None, "") for name in looks):
            self._wrong("watermark_url", _("Which picture? Without one there is no watermark."))
        for name in ("domains", "user_agents"):
            if data.get(f"{name}_default") == "deny" and not data.get(name):
                self._wrong(name, _("Name at least one; otherwise nobody could play it."))
        return data

    def _wrong(self, name: str, sentence: str) -> None:
        if name not in self.errors:  # the field's own trouble comes first
            self.add_error(name, sentence)

    @property
    def folds(self) -> list[Fold]:
        """The folded parts; one that holds something, or is wrong, is open."""
        return [
            Fold(
                title,
                [[self[name] for name in row] for row in rows],
                any(self._used(name) for row in rows for name in row),
            )
            for title, rows in FOLDS
        ]

    def _used(self, name: str) -> bool:
        return bool(self.errors.get(name)) or self[name].value() not in (None, "", False, "allow")

    @property
    def settings(self) -> dict[str, Any]:
        """A valid form as FastPix's pushMediaSettings, without a title."""
        told = dict(self.cleaned_data)
        told["drm_configuration_id"] = str(told["drm_configuration_id"] or "")
        return media_settings.push(told)

    @property
    def told(self) -> dict[str, Any]:
        """A valid form as it was filled in, for a preset: field name to text or flag, without what is empty."""
        values = {name: self[name].value() for name in MediaSettingsForm.base_fields}
        lined = {
            name: value.replace("\r\n", "\n") if isinstance(value, str) else value for name, value in values.items()
        }
        return {name: value for name, value in lined.items() if value not in (None, "", False, "allow")}
