"""Proof of work instead of a captcha: a moment of computing that people never notice.

A page carries a signed challenge. Its script looks for a number with which the SHA-256 of
``challenge:number`` begins with `BITS` zero bits, while the visitor chooses a time. Programs that
hold places by the thousand pay for each; a visitor without scripts is asked for nothing, but has a
smaller allowance (`appointments.services.allowance`).
"""

from __future__ import annotations

import hashlib
import secrets
from typing import Final

from django.core import signing

BITS: Final = 14
"""About 16,000 digests: a fifth of a second on a cheap telephone."""
VALID_S: Final = 3600
_SALT: Final = "appointments.proof"
_LONGEST: Final = 200


def challenge_new() -> str:
    """A challenge that only this service can have made; each page gets its own."""
    return signing.dumps(secrets.token_urlsafe(12), salt=_SALT)


def challenge_is_ours(challenge: str) -> bool:
    """Whether it was made here, and not long ago."""
    try:
        signing.loads(challenge[:_LONGEST], salt=_SALT, max_age=VALID_S)
    except signing.BadSignature:
        return False
    return True


def proof_holds(challenge: str, number: str) -> bool:
    """Whether the number answers the challenge. Who spends it twice is the caller's affair."""
    if not number.isascii() or not number.isdigit() or len(number) > 12:
        return False
    digest = hashlib.sha256(f"{challenge}:{number}".encode()).digest()
    return int.from_bytes(digest[:4], "big") >> (32 - BITS) == 0 and challenge_is_ours(challenge)
