"""The editor of a media's title, creator and metadata: what was typed, held against what it was when it was opened."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Self

from django import forms
from django.core import signing
from django.core.exceptions import BadRequest, ValidationError
from django.http import QueryDict
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from media_app.metadata_rules import MOST_PAIRS, too_long
from media_app.models import Media
from media_app.services.metadata import CREATOR, PAIR, TITLE, Difference, Fields

_SALT: Final = "media_app.metadata_form"


@dataclass
class Row:
    """One pair as it stands in the form; `was` is the key it had when the form was opened, "" for a new pair."""

    key: str
    value: str
    was: str = ""
    held: str = ""
    key_error: str = ""
    value_error: str = ""

    @property
    def touched(self) -> bool:
        return not self.was or (self.key, self.value) != (one_line(self.was), self.held)


class MetadataForm(forms.Form):
    """`wished` are the fields a person wants, `base` those FastPix held when the form was made, at `opened_at`.

    `asked` names the fields in which the two were in conflict before: each needs an answer, theirs or mine. The hidden
    `opened` carries all that, signed. A field that looks as it did counts as untouched, whatever it holds.
    """

    title = forms.CharField(label=gettext_lazy("Title"), required=False, strip=False)
    creator_id = forms.CharField(label=gettext_lazy("Creator"), required=False, strip=False)

    def __init__(self, data: QueryDict | None = None, *, opened: Mapping[str, Any]) -> None:
        super().__init__(data)
        self.opened = opened
        self.base: Fields = opened["held"]
        self.asked: Sequence[str] = opened["asked"]
        self.opened_at = datetime.fromisoformat(opened["at"])
        self.rows: list[Row] = []
        self.pairs_error = ""
        self.wished: Fields = {}
        self.unanswered: list[str] = []
        for field, name in (("title", TITLE), ("creator_id", CREATOR)):
            self.fields[field].widget.attrs |= {"data-was": one_line(self.base.get(name, "")), "autocomplete": "off"}

    @classmethod
    def over(cls, media: Media, held: Fields, shown: Fields, asked: Sequence[Difference] = ()) -> Self:
        """A form over what FastPix holds now, with `shown` in its fields, asking about conflicts."""
        at = timezone.now().isoformat()
        opened = {"id": media.remote_id, "held": held, "asked": [one.name for one in asked], "at": at}
        form = cls(opened=opened)
        form.initial = {"title": shown.get(TITLE, ""), "creator_id": shown.get(CREATOR, "")}
        form.wished = shown
        form.rows = [form.row(name, value) for name, value in shown.items() if name.startswith(PAIR)]
        return form

    @classmethod
    def sent(cls, data: QueryDict, media: Media) -> Self:
        """The form as it was sent. Raises BadRequest where it is not one of ours for this media."""
        try:
            opened = signing.loads(data.get("opened", ""), salt=_SALT)
        except signing.BadSignature:
            raise BadRequest from None
        if opened["id"] != media.remote_id:
            raise BadRequest
        return cls(data, opened=opened)

    @property
    def token(self) -> str:
        """What `opened` is sent back as."""
        return signing.dumps(dict(self.opened), salt=_SALT, compress=True)

    @property
    def room(self) -> int:
        """How many pairs can be added."""
        return max(0, MOST_PAIRS - len(self.rows))

    @cached_property
    def removed(self) -> list[Row]:
        """Pairs that FastPix holds and the form lacks."""
        kept = {row.was for row in self.rows}
        pairs = [(name, value) for name, value in self.base.items() if name.startswith(PAIR)]
        return [self.row(name, value) for name, value in pairs if name.removeprefix(PAIR) not in kept]

    def row(self, name: str, value: Any) -> Row:
        """A pair as a row of the form."""
        held = name in self.base
        key = name.removeprefix(PAIR)
        return Row(key, _text(value), key if held else "", one_line(_text(self.base[name])) if held else "")

    def conflicts(self) -> tuple[Difference, ...]:
        """The asked fields: what FastPix holds, and what was typed."""
        return tuple(Difference(name, self.base.get(name), self.wished.get(name)) for name in self.asked)

    def clean_title(self) -> str:
        """At most what FastPix keeps."""
        return self._text_field("title", TITLE)

    def clean_creator_id(self) -> str:
        """At most what FastPix keeps."""
        return self._text_field("creator_id", CREATOR)

    def clean(self) -> dict[str, Any]:
        """Judge the pairs and the answers, and put together what is wished."""
        data = super().clean() or self.cleaned_data
        texts = {TITLE: data.get("title"), CREATOR: data.get("creator_id")}
        self.wished = {name: value for name, value in texts.items() if value} | self._pairs()
        for number, name in enumerate(self.asked):
            answer = self.data.get(f"keep-{number}")
            if answer == "theirs":  # as if it had never been touched
                self.wished.pop(name, None)
                self.wished |= {name: self.base[name]} if name in self.base else {}
            elif answer != "mine":
                self.unanswered.append(name)
        if self.unanswered:
            raise ValidationError(_("Choose what to keep of each field that was changed twice."))
        if self.pairs_error or any(row.key_error or row.value_error for row in self.rows):
            raise ValidationError(self.pairs_error or _("Nothing was saved: look at the pairs below."))
        return data

    def _text_field(self, field: str, name: str) -> str:
        typed: str = self.cleaned_data[field]
        if typed == one_line(self.base.get(name, "")):
            return str(self.base.get(name, ""))
        if problem := _fault(typed.strip()):
            raise ValidationError(problem)
        return typed.strip()

    def _pairs(self) -> Fields:
        self.rows = self._typed()
        names = [self._judged(row) for row in self.rows]
        for row, name in zip(self.rows, names, strict=True):
            if row.key and names.count(name) > 1:
                row.key_error = _("“%(key)s” is there twice. FastPix keeps one value for each key.") % {"key": row.key}
        if len(self.rows) > MOST_PAIRS:
            self.pairs_error = too_many(len(self.rows))
        values = (row.value if row.touched else self.base[PAIR + row.was] for row in self.rows)
        return dict(zip(names, values, strict=True))

    def _judged(self, row: Row) -> str:
        """The field a row is about; what is wrong with it is noted there."""
        if not row.touched:
            return PAIR + row.was
        if row.was and row.key == one_line(row.was):
            name = PAIR + row.was
        else:
            row.key = row.key.strip()
            name = PAIR + row.key
        row.value = row.value.strip()
        row.key_error = _fault(row.key) if row.key else _("Give it a key, or remove the pair.")
        row.value_error = _fault(row.value) if row.value else _("Give it a value, or remove the pair.")
        return name

    def _typed(self) -> list[Row]:
        """The rows as they were sent, those left empty apart; a row can only have been what FastPix holds."""
        sent: QueryDict = self.data  # type: ignore[assignment]
        rows = []
        for key, value, was in zip(*(sent.getlist(name) for name in ("key", "value", "was")), strict=False):
            name = PAIR + was
            known = bool(was) and name in self.base
            row = Row(key, value, was if known else "", one_line(_text(self.base[name])) if known else "")
            if key.strip() or value.strip() or row.was:
                rows.append(row)
        return rows


def one_line(text: str) -> str:
    """Text as a field of one line gives it back: browsers leave line breaks out."""
    return text.replace("\r", "").replace("\n", "")


def too_many(count: int) -> str:
    """What is wrong with more pairs than FastPix takes."""
    told = _("%(count)d pairs. FastPix keeps %(most)d and drops the rest. Remove what is too many.")
    return told % {"count": count, "most": MOST_PAIRS}


def _fault(text: str) -> str:
    """What is wrong with a text that FastPix would not keep as it is."""
    return _("Holds a character that cannot be stored.") if "\0" in text else too_long(text)


def _text(value: Any) -> str:
    """A value as text. Documented: strings only; whatever else is there is shown as it is written in JSON."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
