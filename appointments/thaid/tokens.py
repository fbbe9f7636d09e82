"""ID tokens: what a provider says of a person, signed with RS256.

Only the public half of RSA is needed, which is one power and one comparison (RFC 8017, 8.2.2): the
whole padded block is made anew and compared, nothing of what came is parsed. No other algorithm is
accepted, whatever the token says.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

LEEWAY: Final = timedelta(seconds=60)
FEWEST_BITS: Final = 2048
LONGEST: Final = 16_384
# DigestInfo of SHA-256 in DER (RFC 8017, 9.2, note 1).
_SHA256: Final = bytes.fromhex("3031300d060960864801650304020105000420")


class TokenUnusable(Exception):
    """The token proves nothing; the text says what is wrong with it, without anything in it."""


@dataclass(frozen=True, slots=True)
class Key:
    """A public RSA key: modulus and exponent."""

    modulus: int
    exponent: int


def unpadded(text: str) -> bytes:
    """Base64url without padding (RFC 7515, 2); TokenUnusable otherwise."""
    try:
        return base64.b64decode(
            text + "=" * (-len(text) % 4), altchars=b"-_", validate=True
        )  # fmt: skip
    except (binascii.Error, ValueError) as error:
        raise TokenUnusable("encoding") from error


def keys_read(document: bytes) -> dict[str, Key]:
    """The RSA keys for signatures of a JWK set (RFC 7517), by their names."""
    found: dict[str, Key] = {}
    for jwk in _object(document).get("keys", []):
        if not isinstance(jwk, dict) or jwk.get("kty") != "RSA" or jwk.get("use", "sig") != "sig":
            continue
        numbers = [int.from_bytes(unpadded(str(jwk.get(name, "")))) for name in ("n", "e")]
        key = Key(*numbers)
        if key.modulus.bit_length() >= FEWEST_BITS and key.exponent > 1:
            found[str(jwk.get("kid", ""))] = key
    return found


def key_named(token: str) -> str:
    """The name of the key that is said to have signed."""
    return str(_object(unpadded(token.partition(".")[0])).get("kid", ""))


def claims_of(token: str, keys: Mapping[str, Key]) -> dict[str, Any]:
    """What a token says, its signature checked; nothing else is checked here."""
    parts = token.split(".")
    if len(token) > LONGEST or len(parts) != 3 or not token.isascii():
        raise TokenUnusable("form")
    head = _object(unpadded(parts[0]))
    if head.get("alg") != "RS256" or "crit" in head:
        raise TokenUnusable("algorithm")
    key = keys.get(str(head.get("kid", "")))
    if key is None:
        raise TokenUnusable("key")
    if not _is_signed(f"{parts[0]}.{parts[1]}".encode(), unpadded(parts[2]), key):
        raise TokenUnusable("signature")
    return _object(unpadded(parts[1]))


def _is_signed(text: bytes, signature: bytes, key: Key) -> bool:
    size = (key.modulus.bit_length() + 7) // 8
    number = int.from_bytes(signature)
    if len(signature) != size or number >= key.modulus:
        return False
    told = _SHA256 + hashlib.sha256(text).digest()
    block = b"\x00\x01" + b"\xff" * (size - len(told) - 3) + b"\x00" + told
    return hmac.compare_digest(pow(number, key.exponent, key.modulus).to_bytes(size), block)


def claims_check(
    claims: Mapping[str, Any], *, issuer: str, client: str, nonce: str, now: datetime
) -> None:
    """OpenID Connect Core 3.1.3.7: of this provider, for us, of this sign-in, and of now."""
    audience = claims.get("aud")
    listed = audience if isinstance(audience, list) else [audience]
    if claims.get("iss") != issuer:
        raise TokenUnusable("issuer")
    if client not in listed or (len(listed) > 1 and claims.get("azp") != client):
        raise TokenUnusable("audience")
    if not hmac.compare_digest(str(claims.get("nonce", "")).encode(), nonce.encode()):
        raise TokenUnusable("nonce")
    if not _moment(claims, "exp") > (now - LEEWAY).timestamp():
        raise TokenUnusable("expired")
    latest = (now + LEEWAY).timestamp()
    if _moment(claims, "iat") > latest or ("nbf" in claims and _moment(claims, "nbf") > latest):
        raise TokenUnusable("not yet")
    if not isinstance(claims.get("sub"), str) or not claims["sub"]:
        raise TokenUnusable("subject")


def _moment(claims: Mapping[str, Any], name: str) -> float:
    value = claims.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TokenUnusable(name)
    return value


def _object(text: bytes) -> dict[str, Any]:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise TokenUnusable("form") from error
    if not isinstance(value, dict):
        raise TokenUnusable("form")
    return value
