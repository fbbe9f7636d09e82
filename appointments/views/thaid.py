"""Signing in with ThaID while a time is held: fills in the name, and leads back to the form."""

from __future__ import annotations

import secrets
from dataclasses import asdict
from typing import Final

import structlog
from django.conf import settings
from django.contrib import messages
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from appointments.contact import name_typed
from appointments.errors import BookingEnded, NameUnusable
from appointments.services.bookings import booking_get
from appointments.services.verified import booking_verify_name
from appointments.thaid.provider import Attempt, Provider, is_state, provider
from appointments.thaid.tokens import TokenUnusable
from appointments.views.choosing import private
from web.outbound import Unreachable

COOKIE: Final = "thaid"
SALT: Final = "appointments.thaid"
WITHIN_S: Final = 600

log = structlog.get_logger(__name__)


def _provider() -> Provider:
    known = provider()
    if known is None:
        raise Http404
    return known


def _back() -> str:
    return f"{settings.CHANOT_PUBLIC_URL}{reverse('appointment-thaid-back')}"


@require_safe
def start(_request: HttpRequest, token: str) -> HttpResponse:
    """Send the holder of a time to the provider."""
    there = _provider()
    booking = booking_get(token=token)
    attempt = Attempt(
        booking=booking.token, state=secrets.token_urlsafe(24), nonce=secrets.token_urlsafe(24),
        verifier=secrets.token_urlsafe(48),
    )  # fmt: skip
    response = redirect(there.address(attempt, back=_back()))
    response.set_cookie(
        COOKIE,
        signing.dumps(asdict(attempt), salt=SALT),
        max_age=WITHIN_S,
        path=reverse("appointment-thaid-back"),
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )
    return private(response)


@require_safe
def back(request: HttpRequest) -> HttpResponse:
    """The answer of the provider: of the attempt that this browser began, and only once."""
    there = _provider()
    attempt = _attempt(request)
    if attempt is None:
        messages.error(request, gettext("Signing in took too long, or began in another browser."))
        return private(redirect("appointment-offices"))
    response = redirect("appointment-details", attempt.booking)
    response.delete_cookie(COOKIE, path=reverse("appointment-thaid-back"))
    try:
        name = _name(request, there, attempt)
        booking_verify_name(token=attempt.booking, name=name, now=timezone.now())
    except BookingEnded:
        pass  # the form itself says that the time is no longer kept
    except (TokenUnusable, Unreachable, NameUnusable) as fault:
        kind = "name" if isinstance(fault, NameUnusable) else str(fault)
        log.warning("thaid_failed", fault=kind)
        messages.error(request, gettext(
            "Signing in with ThaID did not work. Nothing is lost: fill in the name yourself."
        ))  # fmt: skip
    else:
        messages.success(request, gettext("ThaID confirmed your name."))
    return private(response)


def _attempt(request: HttpRequest) -> Attempt | None:
    try:
        kept = signing.loads(request.COOKIES.get(COOKIE, ""), salt=SALT, max_age=WITHIN_S)
    except signing.BadSignature:
        return None
    attempt = Attempt(**kept)
    return attempt if is_state(request.GET.get("state", ""), attempt) else None


def _name(request: HttpRequest, there: Provider, attempt: Attempt) -> str:
    code = request.GET.get("code", "")
    if not code:  # error=access_denied and its like: the person chose not to
        raise TokenUnusable("refused")
    issuer = request.GET.get("iss")
    if issuer is not None and issuer != there.issuer:  # RFC 9207: another provider's answer
        raise TokenUnusable("issuer")
    return name_typed(there.name_of(code, attempt, back=_back(), now=timezone.now()))
