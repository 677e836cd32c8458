"""Tags and filters every template has: icons, times, statuses, form fields, the frame's navigation."""

import json
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Final

from django import forms, template
from django.forms import BoundField
from django.template import Context
from django.templatetags.static import static
from django.urls import NoReverseMatch, reverse
from django.utils import formats, timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from web import navigation, times
from web.statuses import KNOWN, look

register = template.Library()
SPRITE: Final = "vendor/icons-3.51.0/icons.svg"


@lru_cache(maxsize=1)
def sprite() -> str:
    """The address of the icon sprite."""
    return static(SPRITE)


@register.simple_tag(name="sprite")
def sprite_address() -> str:
    """The address of the icon sprite, for scripts."""
    return sprite()


@register.simple_tag
def icon(name: str, extra: str = "") -> SafeString:
    """`{% icon "movie" %}`, `{% icon "loader-2" "spin" %}`: decoration only, so always beside a word or a label."""
    return format_html(
        '<svg class="icon{}" aria-hidden="true"><use href="{}#{}"></use></svg>',
        f" {extra}" if extra else "",
        sprite(),
        name,
    )


@register.simple_tag
def status(word: str, extra: str = "") -> SafeString:
    """`{% status media.status %}`: icon, word, tone; `{% status media.status "st-pill" %}` where it is the subject."""
    shown = look(word)
    return format_html(
        '<span class="st st-{}{}">{}{}</span>',
        shown.tone,
        f" {extra}" if extra else "",
        icon(shown.icon, "spin" if shown.icon == "loader-2" else ""),
        shown.label,
    )


@register.simple_tag
def dotted(name: str) -> SafeString:
    """`{% dotted event.type %}`: a dotted name whose last part, which tells most, stands out."""
    before, dot, last = str(name).rpartition(".")
    return format_html('<span class="ink-3">{}{}</span><b class="fw-medium">{}</b>', before, dot, last)


@register.simple_tag
def when(value: datetime | None, style: str = "ago") -> SafeString:
    """`{% when row.created_at %}`: a <time> with the exact moment in its title.

    `style`: `ago` (relative, kept fresh by the page), `time` (14:02:19), `ms` (14:02:19.042), both with the day before
    them when it is not today's; `date`, `moment` (21 Nov 2026, 14:02).
    """
    if value is None:
        return format_html('<span class="ink-3">{}</span>', times.NONE)
    local = timezone.localtime(value)
    day = "" if local.date() == timezone.localdate() else f"{formats.date_format(local, 'j M')}, "
    shown = {
        "ago": lambda: times.ago(value),
        "time": lambda: f"{day}{local:%H:%M:%S}",
        "ms": lambda: f"{day}{local:%H:%M:%S}.{local.microsecond // 1000:03d}",
        "date": lambda: times.date(value),
        "moment": lambda: f"{times.date(value)}, {local:%H:%M}",
    }[style]()
    stamp = value.astimezone(UTC).isoformat(timespec="milliseconds")
    ticking = SafeString(" data-ago") if style == "ago" else ""
    return format_html('<time datetime="{}" title="{}"{}>{}</time>', stamp, times.exact(value), ticking, shown)


@register.simple_tag(takes_context=True)
def known(context: Context, row: Any) -> SafeString:
    """How the row's state is known and how old that is: "webhook, 12 s ago"; dashed and amber where it is assumed."""
    mark, words = KNOWN.get(row.known_by, ("help-circle", row.known_by))
    if row.unsettled:
        title = _("Last told by: %(source)s. FastPix is being asked.") % {"source": words}
        sentence = format_html("{}, {}", _("assumed"), when(row.known_at))
        html = '<span class="known known-assumed" title="{}">{}<span>{}</span></span>'
        return format_html(html, title, icon("help-circle"), sentence)
    sentence = format_html("{}, {}", words, when(row.known_at))
    if event := _event_url(context, row):
        sentence = format_html('<a href="{}">{}</a>', event, sentence)
    return format_html('<span class="known">{}<span>{}</span></span>', icon(mark), sentence)


def _event_url(context: Context, row: Any) -> str:
    workspace = context.get("workspace")
    if row.known_by != "webhook" or not row.known_event_id or not workspace:
        return ""
    try:
        return reverse("events:event_detail", args=[workspace.slug, row.known_event_id])
    except NoReverseMatch:
        return ""


@register.simple_tag(takes_context=True)
def navigation_groups(context: Context) -> list[navigation.Group]:
    """`{% navigation_groups as groups %}`: what this member sees in this workspace."""
    workspace = context.get("workspace")
    return navigation.groups(context["request"], workspace.slug, context.get("can") or ()) if workspace else []


@register.simple_tag(takes_context=True)
def navigation_foot(context: Context) -> list[navigation.Link]:
    """`{% navigation_foot as links %}`: the links at the foot of the side bar."""
    workspace = context.get("workspace")
    return navigation.foot(context["request"], workspace.slug, context.get("can") or ()) if workspace else []


@register.simple_tag
def ago_words() -> str:
    """The words of `ago` as JSON, for the page's clock."""
    return json.dumps(times.words(), ensure_ascii=False)


@register.simple_tag
def zone_name() -> str:
    """The zone that times on this page are in: `Europe/Berlin (UTC+1)`."""
    return times.zone()


@register.simple_tag
def control(field: BoundField, extra: str = "") -> SafeString:
    """The form field's widget in the design's clothes; Django adds aria-invalid and aria-describedby."""
    kinds: tuple[tuple[type[forms.Widget] | tuple[type[forms.Widget], ...], str], ...] = (
        ((forms.RadioSelect, forms.CheckboxSelectMultiple), ""),
        (forms.CheckboxInput, "form-check-input m-0"),
        (forms.Select, "form-select"),
    )
    widget = field.field.widget
    named = next((classes for kind, classes in kinds if isinstance(widget, kind)), "form-control")
    classes = [named, widget.attrs.get("class", ""), extra, "is-invalid" if field.errors else ""]
    return field.as_widget(attrs={"class": " ".join(part for part in classes if part)})


@register.filter
def ago(value: datetime | None) -> str:
    """`12 min ago`."""
    return times.ago(value)


@register.filter
def clock(milliseconds: float | None) -> str:
    """`1:52:08` from milliseconds."""
    return times.clock(milliseconds)


@register.filter
def delay(seconds: float | None) -> str:
    """`0.6 s` from seconds."""
    return times.delay(seconds)


@register.filter
def lasting(milliseconds: float | None) -> str:
    """`1 h 12 min` from milliseconds, for sentences."""
    return times.length(milliseconds)


@register.filter
def filesize_fp(count: float | None) -> str:
    """`8.4 GB` from bytes, decimal units."""
    return times.size(count)


@register.filter
def number(value: float | None) -> str:
    """`1,284`: thousands separated; a dash for none."""
    return times.NONE if value is None else formats.number_format(value, use_l10n=True, force_grouping=True)


@register.filter
def short_id(value: str) -> str:
    """`a91c…4e02`: the ends of a long id; the whole one belongs in `title`."""
    return value if len(value) <= 12 else f"{value[:4]}…{value[-4:]}"
