"""Requests from here to servers of others: bounded in time and size, and led nowhere else."""

from __future__ import annotations

import http.client
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

WITHIN_S: Final = 10.0
LARGEST: Final = 262_144
AT_HOME: Final = frozenset({"127.0.0.1", "localhost", "::1"})


class Unreachable(Exception):
    """No usable answer came; the text is the kind of the fault, without anything of others."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What another server answered."""

    status: int
    body: bytes


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """Whoever is asked answers: a redirect would carry secrets to an address nobody chose."""

    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None


_opener = urllib.request.build_opener(_NoRedirects())


def outbound_url(name: str, url: str) -> str:
    """The address a setting gives: HTTPS, or HTTP on this machine; else ImproperlyConfigured."""
    parts = urlsplit(url)
    if parts.hostname and (
        parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in AT_HOME)
    ):
        return url
    raise ImproperlyConfigured(f"{name} must begin with https://")


def call(
    url: str,
    *,
    body: bytes | None = None,
    headers: Mapping[str, str] | None = None,
    within_s: float = WITHIN_S,
) -> Reply:
    """GET, or POST where there is a body; whatever status comes back. Raises Unreachable."""
    request = urllib.request.Request(url, data=body, headers=dict(headers or {}))  # noqa: S310
    try:
        with _opener.open(request, timeout=within_s) as answer:
            return Reply(answer.status, _read(answer))
    except urllib.error.HTTPError as refused:
        with refused:
            return Reply(refused.code, b"")
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise Unreachable(type(error).__name__) from error


def _read(answer: http.client.HTTPResponse) -> bytes:
    body = answer.read(LARGEST + 1)
    if len(body) > LARGEST:
        raise Unreachable("AnswerTooLarge")
    return body
