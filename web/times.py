"""Times, lengths and sizes as people read them: words go through gettext, times are shown in the active zone."""

from datetime import datetime
from functools import cache
from typing import Final

from django.utils import formats, timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

MINUTE, HOUR, DAY = 60, 3600, 86_400
NONE: Final = "\N{EN DASH}"  # what does not apply


def ago(value: datetime | None, now: datetime | None = None) -> str:
    """`12 s ago`, `12 min ago`, `2 h ago`, `yesterday`, `2 d ago`; from 30 days on the date; a dash for none."""
    if value is None:
        return NONE
    seconds = round(((now or timezone.now()) - value).total_seconds())
    if abs(seconds) >= 30 * DAY:
        return date(value)
    return _past(seconds) if seconds >= 0 else _ahead(-seconds)


def words() -> dict[str, str]:
    """The words of `ago` for the page's own ticking; `%n` stands for the number."""
    return _words(get_language())


@cache  # a list of 50 rows shows 100 times
def _words(_language: str | None) -> dict[str, str]:
    return {
        "now": _("just now"),
        "s": _("%n s ago"),
        "min": _("%n min ago"),
        "h": _("%n h ago"),
        "yesterday": _("yesterday"),
        "d": _("%n d ago"),
        "in_s": _("in %n s"),
        "in_min": _("in %n min"),
        "in_h": _("in %n h"),
        "tomorrow": _("tomorrow"),
        "in_d": _("in %n d"),
    }


def date(value: datetime) -> str:
    """`3 Nov 2026`, in the active zone."""
    return formats.date_format(timezone.localtime(value), "j M Y")


def exact(value: datetime) -> str:
    """`2026-11-21 13:50:09, Europe/Berlin (UTC+1)`: for titles, where the zone must be told."""
    return f"{timezone.localtime(value):%Y-%m-%d %H:%M:%S}, {zone(value)}"


def zone(value: datetime | None = None) -> str:
    """`Europe/Berlin (UTC+1)`: the active zone and what it is off by at `value` (default: now)."""
    local = timezone.localtime(value or timezone.now())
    offset = local.utcoffset()
    minutes = round(offset.total_seconds() / 60) if offset else 0
    name = timezone.get_current_timezone_name()
    if not minutes:
        return name if name == "UTC" else f"{name} (UTC)"
    hours, rest = divmod(abs(minutes), 60)
    sign = "+" if minutes > 0 else "\N{MINUS SIGN}"
    return f"{name} (UTC{sign}{hours}{f':{rest:02}' if rest else ''})"


def clock(milliseconds: float | None) -> str:
    """`1:52:08` or `0:33` for a length in milliseconds; a dash for none."""
    if milliseconds is None:
        return NONE
    minutes, seconds = divmod(int(milliseconds) // 1000, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


def length(milliseconds: float | None) -> str:
    """`1 h 12 min`, `24 min 10 s`, `33 s`: a length in milliseconds for sentences; a dash for none."""
    if milliseconds is None:
        return NONE
    minutes, seconds = divmod(int(milliseconds) // 1000, 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return _("%(h)d h %(min)d min") % {"h": hours, "min": minutes}
    if minutes:
        return _("%(min)d min %(s)d s") % {"min": minutes, "s": seconds}
    return _("%(s)d s") % {"s": seconds}


def delay(seconds: float | None) -> str:
    """`35 ms`, `0.6 s`, `12 s`, `4 min 12 s`: how long something was under way; a dash for unknown."""
    if seconds is None:
        return NONE
    if seconds < 0.095:
        return _("%(n)d ms") % {"n": round(seconds * 1000)}
    if seconds < 9.95:
        return _("%(s)s s") % {"s": formats.number_format(round(seconds, 1), 1)}
    return length(round(seconds) * 1000)


def size(count: float | None) -> str:
    """`8.4 GB`: bytes in decimal units, as storage and FastPix count; a dash for none."""
    if count is None:
        return NONE
    amount = float(count)
    if amount < 1000:
        return ngettext("%(n)d byte", "%(n)d bytes", int(amount)) % {"n": int(amount)}
    for unit in ("kB", "MB", "GB", "TB"):
        amount /= 1000
        if amount < 999.5 or unit == "TB":
            break
    places = 0 if amount >= 99.95 else 1
    # rounded here: number_format cuts
    return f"{formats.number_format(round(amount, places), places)} {unit}"


def _past(seconds: int) -> str:
    say = words()
    if seconds < 1:
        return say["now"]
    if seconds < MINUTE:
        return say["s"].replace("%n", str(seconds))
    if seconds < HOUR:
        return say["min"].replace("%n", str(seconds // MINUTE))
    if seconds < DAY:
        return say["h"].replace("%n", str(seconds // HOUR))
    return say["yesterday"] if seconds < 2 * DAY else say["d"].replace("%n", str(seconds // DAY))


def _ahead(seconds: int) -> str:
    say = words()
    if seconds < MINUTE:
        return say["in_s"].replace("%n", str(seconds))
    if seconds < HOUR:
        return say["in_min"].replace("%n", str(seconds // MINUTE))
    if seconds < DAY:
        return say["in_h"].replace("%n", str(seconds // HOUR))
    return say["tomorrow"] if seconds < 2 * DAY else say["in_d"].replace("%n", str(seconds // DAY))
