"""The office in whose name a member of staff acts, for those who have roles in several."""

from __future__ import annotations

from django.http import Http404, HttpRequest

from offices.models import Office
from offices.permissions import Permission, offices_where

SESSION_KEY = "acting_office"


def acting_office(request: HttpRequest, permission: Permission | None = None) -> Office | None:
    """The office chosen in this session, or the first in which the user holds ``permission``.

    None when there is none. The choice is checked on every request: a role taken away meanwhile
    takes the office with it.
    """
    allowed = offices_where(request.user, permission)
    chosen = request.session.get(SESSION_KEY)
    return (allowed.filter(pk=chosen).first() if chosen else None) or allowed.first()


def acting_office_choose(request: HttpRequest, *, code: str) -> Office:
    """Act in the name of this office for the rest of the session; Http404 without a role there."""
    allowed = {office.code: office for office in offices_where(request.user)}
    office = allowed.get(code)
    if office is None:
        raise Http404
    request.session[SESSION_KEY] = office.pk
    return office
