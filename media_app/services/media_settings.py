"""The settings of new media: from what a form holds to FastPix's JSON, the same for every road.

An upload keeps them as pushMediaSettings (documented for direct uploads). An import from a URL takes the same, with
what concerns the film itself inside its video input: `order` moves it there.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from fastpix_api import Invalid, Refused
from media_app import metadata_rules
from media_app.services.file_names import title_of

# Documented: the languages FastPix writes subtitles in when it takes a file in
GENERATED: Final[dict[str, str | Promise]] = {
    "en": gettext_lazy("English"),
    "it": gettext_lazy("Italian"),
    "pl": gettext_lazy("Polish"),
    "es": gettext_lazy("Spanish"),
    "fr": gettext_lazy("French"),
    "ru": gettext_lazy("Russian"),
    "nl": gettext_lazy("Dutch"),
}
# One pair is the console's own (uploads.MARK, url_imports.MARK)
MOST_PAIRS: Final = metadata_rules.MOST_PAIRS - 1
LABELS: Final[dict[str, Any]] = {
    "title": gettext_lazy("Title"),
    "accessPolicy": gettext_lazy("Who can play it"),
    "drmConfigurationId": gettext_lazy("DRM configuration ID"),
    "mediaQuality": gettext_lazy("Quality"),
    "maxResolution": gettext_lazy("Maximum"),
    "mp4Support": gettext_lazy("Files to download"),
    "subtitles": gettext_lazy("Generate subtitles"),
    "subtitles.languageName": gettext_lazy("Name of the generated subtitles"),
    "summary": gettext_lazy("Summary"),
    "summaryLength": gettext_lazy("Words in the summary"),
    "chapters": gettext_lazy("Chapters"),
    "namedEntities": gettext_lazy("Named entities"),
    "moderation": gettext_lazy("Moderation"),
    "creatorId": gettext_lazy("Creator ID"),
    "metadata": gettext_lazy("Metadata"),
    "sourceAccess": gettext_lazy("Keep the original downloadable"),
    "optimizeAudio": gettext_lazy("Even out the loudness"),
    "startTime": gettext_lazy("Start at"),
    "endTime": gettext_lazy("End at"),
    "introUrl": gettext_lazy("Intro"),
    "outroUrl": gettext_lazy("Outro"),
    "expungeSegments": gettext_lazy("Cut out"),
    "segments": gettext_lazy("Insert"),
    "swapTrackUrl": gettext_lazy("Replace the sound with"),
    "imposeTracks": gettext_lazy("Lay over the sound"),
    "accessRestrictions.domains": gettext_lazy("Domains"),
    "accessRestrictions.userAgents": gettext_lazy("User agents"),
    "inputs": gettext_lazy("Files by URL"),
}


@dataclass(frozen=True)
class Asked:
    """What a person chose for new media. `settings`: FastPix's JSON; `preset`: the name of the preset it came from.

    `changed`: something differs from that preset.
    """

    settings: Mapping[str, Any] = field(default_factory=lambda: {"accessPolicy": "public"})
    preset: str = ""
    changed: bool = False

    def of(self, filename: str, title: str = "") -> dict[str, Any]:
        """FastPix's pushMediaSettings for one file; its title is the file's name where nobody gave one."""
        return {**self.settings, "title": (title or title_of(filename))[:255]}

    @property
    def origin(self) -> dict[str, str]:
        """Where the settings came from, for the upload's timeline."""
        if not self.preset:
            return {}
        return {"preset": _("%(preset)s, changed") % {"preset": self.preset} if self.changed else self.preset}


def push(values: Mapping[str, Any]) -> dict[str, Any]:
    """FastPix's pushMediaSettings, without a title, from a valid form's values. What nobody asked for is left out."""
    asked: dict[str, Any] = {
        "accessPolicy": values["access_policy"],
        "maxResolution": values["max_resolution"],
        "mediaQuality": values["media_quality"],
        "drmConfigurationId": values["drm_configuration_id"] if values["access_policy"] == "drm" else None,
        "creatorId": values["creator_id"],
        "metadata": values["metadata"],
        "mp4Support": values["mp4_support"],
        "sourceAccess": values["source_access"],
        "optimizeAudio": values["optimize_audio"],
        "subtitles": _subtitles(values),
        "summary": _summary(values),
        "chapters": values["chapters"],
        "namedEntities": values["named_entities"],
        "moderation": {"type": values["moderation"]} if values["moderation"] else None,
        "startTime": values["start_time"],
        "endTime": values["end_time"],
        "inputs": [one for one in (_film(values), _watermark(values), _sound(values)) if one]
        + values["subtitle_files"],
        "accessRestrictions": _restrictions(values),
    }
    # 0 is a choice, and equals False
    return {name: it for name, it in asked.items() if it is not None and it is not False and it not in ("", [], {})}


def order(settings: Mapping[str, Any], url: str) -> dict[str, Any]:
    """The keyword arguments of FastPix's create-media for one URL, from pushMediaSettings."""
    rest = dict(settings)
    video: dict[str, Any] = {"type": "video", "url": url}
    video |= {name: rest.pop(name) for name in ("startTime", "endTime") if name in rest}
    others = []
    for one in rest.pop("inputs", []):
        if one["type"] == "video":
            video |= {name: value for name, value in one.items() if name != "type"}
        else:
            others.append(one)
    return {"access_policy": rest.pop("accessPolicy", "public"), "inputs": [video, *others], **rest}


def refusal(trouble: Refused) -> str:
    """Why FastPix refuses a file because of its settings, in the form's words, and what to do about it."""
    if not isinstance(trouble, Invalid) or not trouble.fields:
        return trouble.sentence[:500]
    wrong = "; ".join(f"{label(one['field'])}: {one['message']}" for one in trouble.fields)
    told = _("FastPix refused a setting. %(wrong)s. Cancel this, change it, then add the file again.")
    return (told % {"wrong": wrong[:380]})[:500]


def label(path: str) -> str:
    """What the form calls a field of FastPix's, such as `pushMediaSettings.inputs[0].introUrl`; else its own name."""
    plain = re.sub(r"\[\d*\]", "", path).removeprefix("pushMediaSettings.")
    parts = plain.split(".")
    for name in (plain, parts[-1], ".".join(parts[:2]), parts[0]):
        if name in LABELS:
            return str(LABELS[name])
    return path


def _subtitles(values: Mapping[str, Any]) -> dict[str, str] | None:
    code = values["subtitles"]
    return {"languageCode": code, "languageName": values["subtitles_name"] or str(GENERATED[code])} if code else None


def _summary(values: Mapping[str, Any]) -> dict[str, Any] | None:
    if not values["summary"]:
        return None
    length = {"summaryLength": values["summary_length"]} if values["summary_length"] else {}
    return {"generate": True, **length}


def _film(values: Mapping[str, Any]) -> dict[str, Any] | None:
    named = {
        "introUrl": values["intro_url"],
        "outroUrl": values["outro_url"],
        "expungeSegments": values["expunge_segments"],
        "segments": values["segments"],
    }
    asked = {name: value for name, value in named.items() if value}
    return {"type": "video", **asked} if asked else None


def _watermark(values: Mapping[str, Any]) -> dict[str, Any] | None:
    if not values["watermark_url"]:
        return None
    placement = {
        "xAlign": values["watermark_x"],
        "xMargin": values["watermark_x_margin"],
        "yAlign": values["watermark_y"],
        "yMargin": values["watermark_y_margin"],
    }
    looks = {
        "placement": {name: value for name, value in placement.items() if value},
        "width": values["watermark_width"],
        "height": values["watermark_height"],
        "opacity": f"{values['watermark_opacity']}%" if values["watermark_opacity"] is not None else "",
    }
    return {"type": "watermark", "url": values["watermark_url"], **{name: it for name, it in looks.items() if it}}


def _sound(values: Mapping[str, Any]) -> dict[str, Any] | None:
    named = {"swapTrackUrl": values["swap_track_url"], "imposeTracks": values["impose_tracks"]}
    asked = {name: value for name, value in named.items() if value}
    return {"type": "audio", **asked} if asked else None


def _restrictions(values: Mapping[str, Any]) -> dict[str, Any]:
    """Documented: `allow` counts with the default `deny`, `deny` with the default `allow`; so one list is enough."""
    told = {}
    for name, kind in (("domains", "domains"), ("user_agents", "userAgents")):
        default, listed = values[f"{name}_default"] or "allow", values[name]
        if listed:
            deny = default == "deny"
            told[kind] = {
                "defaultPolicy": default,
                "allow": listed if deny else [],
                "deny": [] if deny else listed,
            }
    return told
