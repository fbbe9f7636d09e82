"""The moment that a page is asked for: ``?on=…&known=…``."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils import timezone

from cadastre.moment import KNOWN, ON, Moment, moment_of


def moment_asked(request: HttpRequest) -> Moment | None:
    """The moment in the address, or None for the register of today.

    A box that was left empty asks for nothing. Raises what `moment_of` raises.
    """
    asked = {name: text for name in (ON, KNOWN) if (text := request.GET.get(name, "").strip())}
    return moment_of(asked, now=timezone.now()) if asked else None
