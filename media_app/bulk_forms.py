"""What people say about many media at once, judged before any of them is touched."""

import uuid
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from media_app.metadata_rules import problem, too_long
from media_app.services import bulk


class BulkForm(forms.Form):
    """Which media, and under which name the order is kept: a form sent twice is one order."""

    ids = forms.CharField(widget=forms.HiddenInput, required=False)
    job = forms.UUIDField(widget=forms.HiddenInput, required=False)

    @classmethod
    def asked(cls, ids: str) -> "BulkForm":
        """The form as a page opens it for what it has selected."""
        return cls(initial={"ids": ids, "job": uuid.uuid4()})

    def clean_ids(self) -> list[str]:
        """At least one media and no more than a job may have."""
        ids = bulk.read_ids(self.cleaned_data["ids"])
        if not ids:
            raise ValidationError(_("No media is selected."))
        if len(ids) > bulk.MOST_ITEMS:
            told = _("More than %(most)s media are selected. Select fewer, and do the rest in a second job.")
            raise ValidationError(told % {"most": f"{bulk.MOST_ITEMS:,}"})
        return ids

    def clean_job(self) -> uuid.UUID:
        """An order without a name gets one."""
        return self.cleaned_data["job"] or uuid.uuid4()

    @property
    def change(self) -> dict[str, Any]:
        """What the job does to each, as BulkJob keeps it."""
        return {}


class BulkEditForm(BulkForm):
    """Pairs to set, keys to remove, a creator: what is left empty stays as FastPix holds it."""

    put = forms.CharField(
        label=gettext_lazy("Pairs to set"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false", "placeholder": "show=Harbour news"}),
        help_text=gettext_lazy("One a line: key=value. A key that is there gets the new value; all others stay."),
    )
    remove = forms.CharField(
        label=gettext_lazy("Keys to remove"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2, "spellcheck": "false"}),
        help_text=gettext_lazy("One a line."),
    )
    creator = forms.CharField(label=gettext_lazy("Creator ID"), required=False)

    def clean_put(self) -> dict[str, str]:
        """The lines as pairs, within FastPix's limits."""
        pairs: dict[str, str] = {}
        for number, line in enumerate(self.cleaned_data["put"].splitlines(), start=1):
            key, equals, value = (part.strip() for part in line.partition("="))
            if not line.strip():
                continue
            if not equals or not key:
                raise ValidationError(_("Line %(number)d is not a pair: write key=value.") % {"number": number})
            if key in pairs:
                raise ValidationError(_("“%(key)s” is set twice.") % {"key": key[:40]})
            pairs[key] = value
        if refused := problem(pairs):
            raise ValidationError(refused)
        return pairs

    def clean_remove(self) -> list[str]:
        """The keys, one a line."""
        return list(dict.fromkeys(line.strip() for line in self.cleaned_data["remove"].splitlines() if line.strip()))

    def clean_creator(self) -> str:
        """Within FastPix's limit."""
        creator: str = self.cleaned_data["creator"]
        if refused := too_long(creator):
            raise ValidationError(refused)
        return creator

    def clean(self) -> dict[str, Any]:
        """Something is to be changed, and nothing both set and removed."""
        data = super().clean() or self.cleaned_data
        both = sorted(set(data.get("put", {})) & set(data.get("remove", [])))
        if both:
            named = ", ".join(key[:40] for key in both)
            told = ngettext("%(keys)s is both set and removed.", "%(keys)s are both set and removed.", len(both))
            self.add_error("remove", told % {"keys": named})
        if not self.errors and not (data["put"] or data["remove"] or data["creator"]):
            raise ValidationError(_("Nothing to change yet: set a pair, remove a key or give a creator."))
        return data

    @property
    def change(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in ("put", "remove", "creator") if self.cleaned_data[name]}
