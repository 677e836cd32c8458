"""What people say about playlists, judged before anything leaves."""

import re
from datetime import date
from typing import Any, Final

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from media_app.mirror import is_id
from media_app.services.playlist_matches import Rule, Span
from media_app.services.playlists import MOST

# FastPix's names of what a smart playlist is made of, and our fields
NAMES: Final = {
    "metadata": "created_from",
    "metadata.createdDate": "created_from",
    "metadata.createdDate.startDate": "created_from",
    "metadata.createdDate.endDate": "created_to",
    "metadata.updatedDate": "updated_from",
    "metadata.updatedDate.startDate": "updated_from",
    "metadata.updatedDate.endDate": "updated_to",
}


# The days a smart playlist may name: none whose moments a database or a clock cannot hold
FIRST_DAY: Final = date(1971, 1, 1)
LAST_DAY: Final = date(2999, 12, 31)


def _day(label: Any, **options: Any) -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date", "min": FIRST_DAY.isoformat(), "max": LAST_DAY.isoformat()})
    told = gettext_lazy("Name a day of the years 1971 to 2999.")
    within = [MinValueValidator(FIRST_DAY, told), MaxValueValidator(LAST_DAY, told)]
    return forms.DateField(label=label, required=False, widget=widget, validators=within, **options)


class RuleForm(forms.Form):
    """What fills a smart playlist: the days its media were created and, where wanted, updated."""

    created_from = _day(gettext_lazy("Created from"))
    created_to = _day(gettext_lazy("Created up to"))
    updated_from = _day(gettext_lazy("Updated from"))
    updated_to = _day(gettext_lazy("Updated up to"))
    play_order = forms.ChoiceField(
        label=gettext_lazy("Play order"),
        required=False,
        choices=[("ASC", gettext_lazy("Oldest first")), ("DESC", gettext_lazy("Newest first"))],
    )
    limit = forms.IntegerField(
        label=gettext_lazy("At most"),
        required=False,
        min_value=1,
        max_value=MOST,
        help_text=gettext_lazy("Media the playlist holds. FastPix’s limit is 1000."),
    )

    smart = True  # whether the fields of a rule are needed

    def clean(self) -> dict[str, Any]:
        """A span has two days, the later one last; that of creation is needed."""
        data = super().clean() or self.cleaned_data
        if self.smart:
            self._span("created", needed=True)
            self._span("updated", needed=False)
        return data

    def _span(self, name: str, *, needed: bool) -> None:
        days: list[date | None] = []
        for field in (f"{name}_from", f"{name}_to"):
            days.append(self.cleaned_data.get(field))
            others = any(self.cleaned_data.get(f"{name}_{end}") for end in ("from", "to"))
            if days[-1] is None and field not in self.errors and (needed or others):
                self.add_error(field, _("A smart playlist needs this day.") if needed else _("A span needs both days."))
        first, last = days
        if first and last and last < first:
            self.add_error(f"{name}_to", _("This day is before the first one."))

    def rule(self) -> Rule:
        """The rule of a valid form."""
        data = self.cleaned_data
        updated = Span(data["updated_from"], data["updated_to"]) if data["updated_from"] else None
        created = Span(data["created_from"], data["created_to"])
        return Rule(data["play_order"] == "DESC", created, updated, data["limit"] or MOST)


class NameForm(forms.Form):
    """Name and description: all that FastPix lets change later, and both at once."""

    name = forms.CharField(label=gettext_lazy("Name"))
    description = forms.CharField(
        label=gettext_lazy("Description"), required=False, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["name"].widget.attrs["autocomplete"] = "off"


class PlaylistForm(NameForm, RuleForm):
    """A new playlist."""

    kind = forms.ChoiceField(
        label=gettext_lazy("Type"), choices=[("manual", "manual"), ("smart", "smart")], initial="manual"
    )
    reference_id = forms.CharField(
        label=gettext_lazy("Reference ID"),
        help_text=gettext_lazy("Yours to choose, unique in the FastPix workspace. It cannot be changed later."),
    )

    def clean(self) -> dict[str, Any]:
        """Dates are judged only where they count."""
        self.smart = self.cleaned_data.get("kind") == "smart"
        return super().clean()

    def settings(self) -> dict[str, Any]:
        """The keyword arguments of `playlists.create`."""
        told = {name: self.cleaned_data[name] for name in ("name", "reference_id", "description", "limit")}
        return {**told, "smart": self.rule().for_fastpix() if self.smart else None}


class ItemsForm(forms.Form):
    """Media to add: chosen ones in their order, then pasted ids."""

    ids = forms.CharField(required=False, max_length=1_000_000)

    def media_ids(self) -> list[str]:
        """All of them once, in order; what cannot be an id is an error. The form must have been validated."""
        chosen = self.data.getlist("media_id") if isinstance(self.data, QueryDict) else []
        pasted = re.split(r"[\s,;]+", self.cleaned_data.get("ids", ""))
        ids = [*dict.fromkeys(one for one in (*chosen, *pasted) if one)]
        wrong = [one for one in ids if not is_id(one)]
        if wrong:
            self.add_error("ids", _("Not a media ID: %(text)s") % {"text": wrong[0][:80]})
        if len(ids) > MOST:
            self.add_error("ids", _("%(n)d media. A playlist holds at most %(most)d.") % {"n": len(ids), "most": MOST})
        return ids


class OrderForm(forms.Form):
    """All media of a playlist in an order, and the mark of what the person saw before."""

    order = forms.CharField(max_length=MOST * 65)
    mark = forms.RegexField(r"^[0-9a-f]{16}$")

    def clean_order(self) -> list[str]:
        """The ids, parted."""
        ids: list[str] = self.cleaned_data["order"].split()
        if not all(is_id(one) for one in ids):
            raise forms.ValidationError(_("Not a media ID."))
        return ids
