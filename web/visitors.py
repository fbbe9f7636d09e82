"""From which network somebody asks."""

from __future__ import annotations

import ipaddress

from django.conf import settings
from django.http import HttpRequest


def network_of(request: HttpRequest) -> str | None:
    """The address that is counted; None on the machine itself.

    An IPv6 visitor owns a /64. Loopback is exempt (the demo at a desk, a measurement), but not when
    somebody else's address was forwarded: then a proxy stands in front that PROXY_COUNT forgot.
    """
    forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "")
    hops = [hop.strip() for hop in forwarded.split(",")] if settings.PROXY_COUNT else []
    trusted = len(hops) >= settings.PROXY_COUNT > 0
    text = str(hops[-settings.PROXY_COUNT] if trusted else request.META.get("REMOTE_ADDR", ""))
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return text
    if address.is_loopback and not forwarded:
        return None
    if isinstance(address, ipaddress.IPv6Address):
        return str(address.ipv4_mapped or ipaddress.ip_network((address, 64), strict=False))
    return str(address)
