"""Where a request comes from: the address behind trusted proxies, and the device in words."""

import ipaddress
import re

from django.conf import settings
from django.http import HttpRequest

from anju.vocabulary.printable import printable

_SYSTEMS = (
    ("HarmonyOS", "HarmonyOS|OpenHarmony"),
    ("Android", "Android"),
    ("iOS", "iPhone|iPad"),
    ("Windows", "Windows"),
    ("macOS", "Mac OS X"),
    ("Linux", "Linux"),
)
_BROWSERS = (
    ("Edge", r"Edg/(\d+)"),
    ("360", r"QIHU|360SE|360EE"),
    ("QQ", r"QQBrowser/(\d+)"),
    ("WeChat", r"MicroMessenger/(\d+)"),
    ("Firefox", r"Firefox/(\d+)"),
    ("Chrome", r"Chrome/(\d+)"),
    ("Safari", r"Version/(\d+).+Safari"),
)


def address(request: HttpRequest) -> str | None:
    """The caller's address: the peer, or what the outermost of ``ANJU_PROXIES`` trusted proxies says. A caller can't choose it."""
    given = request.META.get("REMOTE_ADDR", "")
    if settings.PROXIES:
        hops = [hop.strip() for hop in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if hop.strip()]
        given = hops[-settings.PROXIES] if len(hops) >= settings.PROXIES else given
    try:
        return str(ipaddress.ip_address(given))
    except ValueError:
        return None


def source(of: str | None) -> str | None:
    """What is slowed as one: an IPv4 address, a /64 of IPv6."""
    if of is None:
        return None
    read = ipaddress.ip_address(of)
    if isinstance(read, ipaddress.IPv4Address):
        return str(read)
    if read.ipv4_mapped:
        return str(read.ipv4_mapped)
    return str(ipaddress.ip_network((read, 64), strict=False).network_address)


def agent(request: HttpRequest) -> str:
    """What the browser says it is, cut to what is kept."""
    return printable(request.headers.get("User-Agent", ""))[:200]


def device(said: str) -> str:
    """A browser and a system in a few words; "" where nothing is recognised."""
    system = next((name for name, pattern in _SYSTEMS if re.search(pattern, said)), "")
    browser = ""
    for name, pattern in _BROWSERS:
        if found := re.search(pattern, said):
            browser = f"{name} {found[1]}" if found.groups() else name
            break
    return " · ".join(one for one in (browser, system) if one)
