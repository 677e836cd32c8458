import pytest
from django.core.exceptions import ValidationError

from workspace_app import hosts


@pytest.mark.parametrize(
    "address",
    [
        "https://api.fastpix.com/v1",
        "https://storage.googleapis.com",
        "https://stream.fastpix.com:443",
        "https://xn--bcher-kva.example",
    ],
)
def test_public_https_names_are_accepted(address):
    assert hosts.check(f" {address}/ ") == address


@pytest.mark.parametrize(
    "address",
    [
        "http://api.fastpix.com/v1",
        "https://127.0.0.1/v1",
        "https://127.1/",
        "https://0/",
        "https://0x7f.1/",
        "https://2130706433/",
        "https://017700000001/",
        "https://10.0.0.1",
        "https://169.254.169.254/latest",
        "https://100.64.0.1",
        "https://[::1]/",
        "https://[::ffff:127.0.0.1]/",
        "https://[fd00::1]/",
        "https://[64:ff9b::7f00:1]/",
        "https://[2002:7f00:1::]/",
        "https://localhost/",
        "https://printer.local/",
        "https://db.internal",
        "https://intranet",
        "https://user@api.fastpix.com/",
        "https://user:pass@api.fastpix.com/",
        "https://api.fastpix.com@127.0.0.1/",
        "https://api.fastpix.com:8443/",
        "https://api.fastpix.com:99999/",
        "https://api.fastpix.com/?x=1",
        "https://api.fastpix.com/#x",
        "https://api.fastpix.com;script-src *",
        "https://api.fastpix.com,evil.example",
        "https://api fastpix.com",
        "https://api.fastpix.com\\@evil.example",
        "https://api.fastpix。com",
        "file:///etc/passwd",
        "gopher://api.fastpix.com",
        "javascript:alert(1)",
        "//api.fastpix.com",
        "",
    ],
)
def test_everything_else_is_refused(address):
    """RELIABILITY 57: no address leads inside."""
    with pytest.raises(ValidationError):
        hosts.check(address)


def test_the_sandbox_of_this_installation_is_the_only_loopback_address(settings):
    """RELIABILITY 57: no address leads inside."""
    settings.SANDBOX_URL = "http://127.0.0.1:8100"
    assert hosts.check("http://127.0.0.1:8100/v1") == "http://127.0.0.1:8100/v1"
    for other in ("http://127.0.0.1:8101/v1", "http://127.0.0.1/v1", "https://127.0.0.1:8100", "http://127.0.0.2:8100"):
        with pytest.raises(ValidationError):
            hosts.check(other)
    settings.SANDBOX_URL = ""
    with pytest.raises(ValidationError):
        hosts.check("http://127.0.0.1:8100/v1")


@pytest.mark.parametrize("ip", ["8.8.8.8", "2606:4700:4700::1111"])
def test_public_addresses_are_public(ip):
    assert hosts.is_public(ip)


@pytest.mark.parametrize(
    "ip",
    [
        "127.0.0.1", "0.0.0.0", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "192.0.0.9",
        "192.88.99.1", "224.0.0.1", "255.255.255.255", "::", "::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "fd00::1",
        "fe80::1%eth0", "ff02::1", "64:ff9b::7f00:1", "64:ff9b:1::1", "2002:7f00:1::", "2001:0:53aa:64c::1",
    ],
)  # fmt: skip
def test_addresses_inside_a_network_are_not_public(ip):
    """RELIABILITY 57: no address leads inside."""
    assert not hosts.is_public(ip)


@pytest.mark.parametrize(
    ("address", "found"),
    [
        ("https://stream.fastpix.com/x/y", "https://stream.fastpix.com"),
        ("http://127.0.0.1:8100/stream", "http://127.0.0.1:8100"),
        ("https://x.example; script-src 'unsafe-inline'", None),
        ("https://x.example 'unsafe-eval'", None),
        ("https://*.example", None),
        ("*", None),
        ("data:", None),
        ("", None),
    ],
)
def test_only_a_plain_origin_reaches_the_policy(address, found):
    assert hosts.origin(address) == found
