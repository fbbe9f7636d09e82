"""The provider of identities: where to send people, and what it says of who comes back."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import threading
import time
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any, Final
from urllib.parse import quote, urlencode

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from appointments.thaid.tokens import (
    Key,
    TokenUnusable,
    claims_check,
    claims_of,
    key_named,
    keys_read,
)
from web.outbound import Unreachable, call, outbound_url

KEYS_FOR_S: Final = 3600.0
# A key nobody knows yet is asked for at once, but not for each forged token.
KEYS_AGAIN_S: Final = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One sign-in under way: kept in a signed cookie of the browser that began it."""

    booking: str
    state: str
    nonce: str
    verifier: str


@dataclass
class Provider:
    """An OpenID Connect provider, by its settings."""

    issuer: str
    authorize_url: str
    token_url: str
    keys_url: str
    client: str
    secret: str
    scopes: str
    uses_pkce: bool
    _keys: dict[str, Key] = field(default_factory=dict)
    _keys_at: float = float("-inf")
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def address(self, attempt: Attempt, *, back: str) -> str:
        """Where a person is sent to sign in."""
        query = {
            "response_type": "code", "client_id": self.client, "redirect_uri": back,
            "scope": self.scopes, "state": attempt.state, "nonce": attempt.nonce,
        }  # fmt: skip
        if self.uses_pkce:
            digest = hashlib.sha256(attempt.verifier.encode()).digest()
            challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
            query |= {"code_challenge": challenge, "code_challenge_method": "S256"}
        return f"{self.authorize_url}{'&' if '?' in self.authorize_url else '?'}{urlencode(query)}"

    def name_of(self, code: str, attempt: Attempt, *, back: str, now: datetime) -> str:
        """The verified name of who came back; TokenUnusable or Unreachable.

        Nothing else that the provider says is looked at or kept, the national number least of all.
        """
        asked = {"grant_type": "authorization_code", "code": code, "redirect_uri": back}
        if self.uses_pkce:
            asked["code_verifier"] = attempt.verifier
        who = f"{quote(self.client, safe='')}:{quote(self.secret, safe='')}".encode()
        reply = call(self.token_url, body=urlencode(asked).encode(), headers={
            "Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json",
            "Authorization": f"Basic {base64.b64encode(who).decode()}",
        })  # fmt: skip
        if reply.status != 200:
            raise TokenUnusable(f"HTTP {reply.status}")
        token = _id_token(reply.body)
        claims = claims_of(token, self._keys_for(key_named(token)))
        claims_check(claims, issuer=self.issuer, client=self.client, nonce=attempt.nonce, now=now)
        return _name(claims)

    def _keys_for(self, name: str) -> dict[str, Key]:
        with self._lock:
            age = time.monotonic() - self._keys_at
            if age > KEYS_FOR_S or (name not in self._keys and age > KEYS_AGAIN_S):
                reply = call(self.keys_url)
                if reply.status != 200:
                    raise Unreachable(f"HTTP {reply.status}")
                self._keys, self._keys_at = keys_read(reply.body), time.monotonic()
            return self._keys


def _id_token(body: bytes) -> str:
    try:
        token = json.loads(body)["id_token"]
    except (ValueError, KeyError, TypeError) as error:
        raise TokenUnusable("form") from error
    if not isinstance(token, str):
        raise TokenUnusable("form")
    return token


def _name(claims: dict[str, Any]) -> str:
    parts = [claims.get(each) for each in ("given_name", "family_name")]
    name = " ".join(part for part in parts if isinstance(part, str) and part)
    if not name:
        raise TokenUnusable("name")
    return name


def is_state(given: str, attempt: Attempt) -> bool:
    """Whether the answer belongs to the attempt of this browser."""
    return hmac.compare_digest(given.encode(), attempt.state.encode())


def provider() -> Provider | None:
    """The provider of the settings; None where sign-in is off. ImproperlyConfigured in words."""
    if not settings.CHANOT_THAID_CLIENT:
        return None
    if not settings.CHANOT_THAID_ISSUER:
        raise ImproperlyConfigured("CHANOT_THAID_ISSUER is not set, but CHANOT_THAID_CLIENT is.")
    return _provider(
        settings.CHANOT_THAID_ISSUER,
        outbound_url("CHANOT_THAID_AUTHORIZE_URL", settings.CHANOT_THAID_AUTHORIZE_URL),
        outbound_url("CHANOT_THAID_TOKEN_URL", settings.CHANOT_THAID_TOKEN_URL),
        outbound_url("CHANOT_THAID_KEYS_URL", settings.CHANOT_THAID_KEYS_URL),
        settings.CHANOT_THAID_CLIENT, settings.CHANOT_THAID_SECRET, settings.CHANOT_THAID_SCOPES,
        settings.CHANOT_THAID_PKCE,
    )  # fmt: skip


@lru_cache(4)
def _provider(*given: Any) -> Provider:
    return Provider(*given)
