"""Whose tax map it is."""

from __future__ import annotations

from offices.models import LocalAuthority, Office
from taxmap.errors import NoLocalAuthority


def local_authority_named(code: str | None) -> Office:
    """The local authority with this code; without a code, the only one there is."""
    known = list(LocalAuthority.objects.order_by("code"))
    if code is None and len(known) == 1:
        return known[0]
    for office in known:
        if office.code == code:
            return office
    raise NoLocalAuthority(code=code or "–", known=", ".join(each.code for each in known) or "–")
