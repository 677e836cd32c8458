"""Addresses of FastPix that a person typed: only public https names, or the sandbox of this installation."""

import ipaddress
import re
from urllib.parse import SplitResult, urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
# The last label of a public name is never a number: this also keeps out 127.1, 0x7f.1 and 2130706433
_NAME = re.compile(rf"(?:{_LABEL}\.)+[a-z](?:[a-z0-9-]{{0,61}}[a-z0-9])?", re.ASCII)
# Names that only ever mean "near this machine" (RFC 6761, 6762, 8375 and common practice)
_NEAR = ("localhost", "local", "internal", "intranet", "lan", "home", "corp", "private", "test", "invalid", "home.arpa")


def origin(address: str) -> str | None:
    """`scheme://host[:port]` of a well-formed http(s) address, fit for a Content-Security-Policy; else None."""
    parts = _split(address)
    if parts is None or parts.hostname is None:
        return None
    host = parts.hostname if _NAME.fullmatch(parts.hostname) or _is_loopback(parts.hostname) else None
    if parts.scheme not in {"http", "https"} or host is None:
        return None
    host = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{host}" + (f":{parts.port}" if parts.port else "")


def check(address: str) -> str:
    """The address without its final slash. Raises ValidationError with the sentence for the person.

    Accepted are https addresses with a public DNS name, and the sandbox's own origin (settings.SANDBOX_URL). Refused
    are IP addresses in every spelling, names of the local network, user names, ports other than 443, queries and
    fragments. What a public name resolves to is checked again when it is called (`road.PublicOnly`).
    """
    address = address.strip().rstrip("/")
    if is_sandbox(address):
        return address
    parts = _split(address)
    if parts is None or parts.scheme != "https" or not parts.hostname or re.search(r"[\\;,'\"<>]", address):
        raise ValidationError(_("Give an address that starts with https:// and a public name."))
    if parts.username is not None or parts.password is not None or parts.query or parts.fragment:
        raise ValidationError(_("Leave out user names, question marks and fragments."))
    if not _NAME.fullmatch(parts.hostname) or parts.hostname.endswith(tuple(f".{near}" for near in _NEAR)):
        raise ValidationError(_("Only public DNS names are accepted, no IP addresses and no local names."))
    if parts.port not in {None, 443}:
        raise ValidationError(_("Only the standard https port is accepted."))
    return address


def is_sandbox(address: str) -> bool:
    """Whether an address is on this installation's own sandbox, the one exception to "public https only"."""
    return bool(settings.SANDBOX_URL) and origin(address) == origin(settings.SANDBOX_URL)


def is_public(ip: str) -> bool:
    """Whether an IP address lies in the public internet, also when it hides an IPv4 address inside.

    `is_global` of Python 3.11.7 says yes to NAT64, 6to4, multicast and 192.0.0.0/24, so these are refused by hand.
    """
    address = ipaddress.ip_address(ip.split("%", maxsplit=1)[0])
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped:
            return is_public(str(address.ipv4_mapped))
        if address.sixtofour or address.teredo or address in _NAT64:
            return False
    return address.is_global and not address.is_multicast and not any(address in net for net in _ODD)


_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_ODD = [ipaddress.ip_network(net) for net in ("192.0.0.0/24", "192.88.99.0/24", "64:ff9b:1::/48", "0.0.0.0/8")]


def _split(address: str) -> SplitResult | None:
    if not address.isascii() or re.search(r"\s", address):
        return None
    try:
        parts = urlsplit(address)
        _ = parts.port  # raises on nonsense
    except ValueError:
        return None
    return parts


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
