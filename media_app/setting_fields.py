"""Fields whose text is a list, one entry a line: each line is judged, and named by its number when it is wrong."""

import re
from collections.abc import Callable
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from media_app import languages
from media_app.metadata_rules import LONGEST, too_long
from media_app.services import uploads, url_imports
from media_app.services.media_settings import MOST_PAIRS

_LABEL: Final = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_DOMAIN: Final = re.compile(rf"(?:\*\.)?{_LABEL}(?:\.{_LABEL})+", re.ASCII)
_RANGE: Final = re.compile(r"(\d{1,5})-(\d{1,5})")
_OPTION: Final = re.compile(r"([a-z]+)=(\w{1,6})", re.ASCII)
_KEEPS: Final = (uploads.MARK, url_imports.MARK)
_FADES: Final = {"start": "startTime", "end": "endTime", "fadein": "fadeInLevel", "fadeout": "fadeOutLevel"}
# Documented: the languages of subtitle files
SUBTITLE_CODES: Final = frozenset(languages.SPOKEN)
_CODES: Final = {code.lower(): code for code in SUBTITLE_CODES}
Read = Callable[[str, bool], Any]


class LinesField(forms.CharField):
    """Text whose lines `read(line, plain_http)` turns into a list; it raises ValidationError for a wrong one."""

    def __init__(self, read: Read, *, rows: int = 2, sample: str = "", **kwargs: Any) -> None:
        attrs = {"class": "form-control mono lines", "rows": rows, "spellcheck": "false", "placeholder": sample}
        super().__init__(widget=forms.Textarea(attrs=attrs), required=False, max_length=20_000, **kwargs)
        self.read, self.plain_http = read, False

    def clean(self, value: Any) -> Any:
        """The list; all wrong lines are told at once."""
        entries, problems = [], []
        for number, line in enumerate(super().clean(value).splitlines(), 1):
            if not line.strip():
                continue
            try:
                entries.append(self.read(line.strip(), self.plain_http))
            except ValidationError as wrong:
                problems.append(_("Line %(number)d: %(error)s") % {"number": number, "error": wrong.messages[0]})
        if problems:
            raise ValidationError(problems)
        return entries


class PairsField(LinesField):
    """`key = value`, one pair a line; cleans to a dict."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(_pair, rows=3, sample="show = harbour", **kwargs)

    def clean(self, value: Any) -> dict[str, str]:
        """FastPix's limits, without the pair the console needs itself."""
        pairs: list[tuple[str, str]] = super().clean(value)
        keys = [key for key, _value in pairs]
        if twice := next((key for key in keys if keys.count(key) > 1), None):
            raise ValidationError(_("“%(key)s” is there twice. FastPix keeps one value for each key.") % {"key": twice})
        if len(pairs) > MOST_PAIRS:
            told = _(
                "%(count)d pairs. FastPix keeps 10, and one of them is the console's own, by which it finds the media "
                "when an answer is lost: %(most)d are yours."
            )
            raise ValidationError(told % {"count": len(pairs), "most": MOST_PAIRS})
        return dict(pairs)


def address(url: str, plain_http: bool) -> str:
    """An address FastPix can fetch."""
    if problem := url_imports.problem(url, plain_http=plain_http):
        raise ValidationError(problem)
    return url


def domain(name: str, _plain_http: bool) -> str:
    """A host name as FastPix takes it and browsers send it. Observed: one without a dot is refused."""
    name = _as_sent(name)
    if _DOMAIN.fullmatch(name) and len(name) <= 253:
        return name
    if "/" in name or ":" in name:
        raise ValidationError(_("Only the domain, without https://, port or path."))
    if "." not in name:
        raise ValidationError(_("FastPix refuses names without a dot, such as localhost."))
    raise ValidationError(_("Not a domain such as www.example.com."))


def _as_sent(name: str) -> str:
    """Small letters, and punycode where it has others: what Origin and Referer say of that site."""
    name = name.lower().removesuffix(".")
    try:
        return name if name.isascii() else name.encode("idna").decode("ascii")
    except UnicodeError:
        return name


def user_agent(name: str, _plain_http: bool) -> str:
    """Part of a User-Agent header. Observed: FastPix looks for it as it is written, capitals included."""
    if len(name) > LONGEST:
        raise ValidationError(_("%(count)d characters. At most %(most)d.") % {"count": len(name), "most": LONGEST})
    return name


def kept(text: str) -> None:
    """A validator: FastPix keeps the text whole."""
    if found := too_long(text):
        raise ValidationError(found)


def stretch(text: str, _plain_http: bool) -> str:
    """`4-6`: seconds from and to, as FastPix writes them."""
    found = _RANGE.fullmatch(text.replace(" ", ""))
    if not found or int(found[1]) >= int(found[2]):
        raise ValidationError(_("Two seconds with a dash between them, the later one last: 4-6."))
    return f"{int(found[1])}-{int(found[2])}"


def insert(line: str, plain_http: bool) -> dict[str, Any]:
    """`URL at=30` or `URL at=end`."""
    url, told = _options(line, plain_http, {"at"})
    at = told.get("at", "")
    if at == "end":
        return {"url": url, "insertAtEnd": True}
    if not at.isdigit():
        raise ValidationError(_("Say where: at=30 for second 30, at=end for the end."))
    return {"url": url, "insertAt": int(at)}


def overlay(line: str, plain_http: bool) -> dict[str, Any]:
    """`URL start=0 end=30 fadein=2 fadeout=2`: seconds, all but the URL may be left out."""
    url, told = _options(line, plain_http, set(_FADES))
    if not all(value.isdigit() for value in told.values()):
        raise ValidationError(_("Whole seconds only: start=0 end=30 fadein=2 fadeout=2."))
    seconds = {name: int(told[name]) for name in _FADES if name in told}
    if "end" in seconds and seconds.get("start", 0) >= seconds["end"]:
        raise ValidationError(_("The end must be after the start."))
    return {"url": url, **{_FADES[name]: value for name, value in seconds.items()}}


def subtitle_file(line: str, plain_http: bool) -> dict[str, str]:
    """`en-US https://… English`: FastPix's language code, the file, the name viewers choose it by."""
    code, url, name = [*line.split(None, 2), "", "", ""][:3]
    if code.lower() not in _CODES:
        raise ValidationError(_("Begin with a language code that FastPix knows, such as en-US or de-DE."))
    if not url or not name.strip():
        raise ValidationError(_("Language code, URL and the language's name: en-US https://… English."))
    kept(name.strip())
    told = {"languageCode": _CODES[code.lower()], "languageName": name.strip()}
    return {"type": "subtitle", "url": address(url, plain_http), **told}


def _options(line: str, plain_http: bool, known: set[str]) -> tuple[str, dict[str, str]]:
    url, *words = line.split()
    found = [_OPTION.fullmatch(word) for word in words]
    told = {one[1]: one[2] for one in found if one and one[1] in known}
    if len(told) != len(words):
        wanted = ", ".join(f"{name}=…" for name in sorted(known))
        raise ValidationError(_("After the URL only: %(wanted)s") % {"wanted": wanted})
    return address(url, plain_http), told


def _pair(line: str, _plain_http: bool) -> tuple[str, str]:
    key, equals, value = (part.strip() for part in line.partition("="))
    if not (key and equals and value):
        raise ValidationError(_("A key and a value with = between them."))
    if key in _KEEPS:
        raise ValidationError(_("“%(key)s” is the console's own key.") % {"key": key})
    kept(key)
    kept(value)
    return key, value
