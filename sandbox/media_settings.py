"""What a media is made with, as create-media and pushMediaSettings say it. What is not given is left out (recorded)."""

from typing import Any

from sandbox import ai, checks, inputs

MP4 = ("none", "capped_4k", "audioOnly", "audioOnly,capped_4k")
# of automatic subtitles (documented); a track takes more
SUBTITLES = {
    "en": "english",
    "it": "italian",
    "pl": "polish",
    "es": "spanish",
    "fr": "french",
    "ru": "russian",
    "nl": "dutch",
}
OF_AN_UPLOAD = frozenset(
    {
        "accessPolicy", "accessRestrictions", "chapters", "creatorId", "drmConfigurationId", "endTime", "inputs",
        "maxResolution", "mediaQuality", "metadata", "moderation", "mp4Support", "namedEntities", "optimizeAudio",
        "sourceAccess", "startTime", "subtitles", "summary", "title",
    }
)  # fmt: skip


def of_url(fields: checks.Fields) -> dict[str, Any]:
    """The settings of a create-media body; its inputs name the file."""
    return _common(fields, policy_required=True) | {"inputs": inputs.of_url(fields)}


def of_upload(fields: checks.Fields, *, policy_required: bool) -> dict[str, Any]:
    """The settings of a pushMediaSettings; the file is sent, its times stand beside the inputs."""
    given = inputs.of_upload(fields)
    start, end = inputs.times(fields)
    told = {"inputs": given or None, "startTime": start, "endTime": end}
    return _common(fields, policy_required=policy_required) | _present(told)


def _common(fields: checks.Fields, *, policy_required: bool) -> dict[str, Any]:
    settings: dict[str, Any] = {
        "accessPolicy": fields.choice("accessPolicy", checks.POLICIES, required=policy_required) or "public",
        "accessRestrictions": fields.restrictions(),
        "maxResolution": fields.choice("maxResolution", checks.RESOLUTIONS[1:]) or "1080p",
        "mediaQuality": fields.choice("mediaQuality", ("standard", "pro", "premium")) or "standard",
        "sourceAccess": fields.flag("sourceAccess") or False,
        "optimizeAudio": fields.flag("optimizeAudio") or False,
    }
    optional = {
        "title": fields.text("title"),
        "creatorId": fields.text("creatorId"),
        "metadata": fields.metadata(),
        "mp4Support": fields.choice("mp4Support", MP4[1:]),
        "drmConfigurationId": fields.identifier("drmConfigurationId"),
        "subtitles": _subtitles(fields),
        "ai": ai.asked_in(fields) or None,
    }
    return settings | _present(optional)


def _subtitles(fields: checks.Fields) -> dict[str, Any] | None:
    """Automatic subtitles {languageName, languageCode, metadata?}; the name is the language's where none is given."""
    inner = fields.inside("subtitles")
    code = inner.choice("languageCode", tuple(SUBTITLES))
    name, metadata = inner.text("languageName"), inner.metadata()
    if not isinstance(fields.data.get("subtitles"), dict):
        return None
    code = code or next((one for one, word in SUBTITLES.items() if word == (name or "").lower()), "en")
    return _present({"languageName": name or SUBTITLES.get(code), "languageCode": code, "metadata": metadata})


def _present(told: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in told.items() if value is not None}
