"""A provider of identities that runs here: authorization code, PKCE, RS256."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

KEY = json.loads((Path(__file__).parent / "identity_key.json").read_text(encoding="utf-8"))
MODULUS, PRIVATE, EXPONENT = int(KEY["modulus"], 16), int(KEY["private"], 16), 65537
DIGEST_INFO = bytes.fromhex("3031300d060960864801650304020105000420")
Claims = dict[str, Any]


def b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def signed(claims: Claims, *, alg: str = "RS256", kid: str = "k1", **head: Any) -> str:
    """A token as the provider makes it; ``none`` leaves it unsigned."""
    parts = ({"alg": alg, "kid": kid} | head, claims)
    text = ".".join(b64(json.dumps(part).encode()) for part in parts)
    if alg == "none":
        return f"{text}."
    told = DIGEST_INFO + hashlib.sha256(text.encode()).digest()
    block = b"\x00\x01" + b"\xff" * (256 - len(told) - 3) + b"\x00" + told
    return f"{text}.{b64(pow(int.from_bytes(block), PRIVATE, MODULUS).to_bytes(256))}"


class Identities(HTTPServer):
    """Knows one person; ``changed`` and ``token`` make it answer what an attacker would."""

    client, secret = "chanot", "s3cret"

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.issuer = f"http://127.0.0.1:{self.server_port}"
        self.codes: dict[str, dict[str, str]] = {}
        self.person: Claims = {"sub": "u1", "given_name": "สมหญิง", "family_name": "ใจดี"}
        self.token: Callable[[Claims], str] = signed
        self.changed: Claims = {}
        self.asked: list[dict[str, str]] = []
        self.key_requests = 0

    def code_for(self, address: str) -> str:
        """What a person who signs in at this address brings back."""
        query = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        assert query["client_id"] == self.client
        assert query["response_type"] == "code"
        code = secrets.token_urlsafe(8)
        self.codes[code] = query
        return code

    def exchange(self, form: dict[str, str], authorization: str) -> Claims | None:
        """The answer to a code: once, to who began, or None."""
        self.asked.append(form)
        query = self.codes.pop(form.get("code", ""), None)
        who = base64.b64encode(f"{self.client}:{self.secret}".encode()).decode()
        if query is None or authorization != f"Basic {who}":
            return None
        verifier = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        if (
            b64(verifier) != query["code_challenge"]
            or form["redirect_uri"] != query["redirect_uri"]
        ):
            return None
        now = int(time.time())
        claims = self.person | {
            "iss": self.issuer, "aud": self.client, "iat": now, "exp": now + 300,
            "nonce": query["nonce"],
        } | self.changed  # fmt: skip
        return {"access_token": "a", "token_type": "Bearer", "id_token": self.token(claims)}


class Handler(BaseHTTPRequestHandler):
    server: Identities

    def do_GET(self) -> None:
        self.server.key_requests += 1
        numbers = {"n": b64(MODULUS.to_bytes(256)), "e": b64(EXPONENT.to_bytes(3))}
        self._answer(200, {"keys": [{"kty": "RSA", "use": "sig", "kid": "k1"} | numbers]})

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        form = {name: values[0] for name, values in parse_qs(body).items()}
        found = self.server.exchange(form, self.headers["Authorization"])
        self._answer(400 if found is None else 200, found or {"error": "invalid_grant"})

    def _answer(self, status: int, value: Any) -> None:
        self.send_response(status)
        self.end_headers()
        self.wfile.write(json.dumps(value).encode())

    def log_message(self, *_: Any) -> None:
        """Keep quiet."""


@contextmanager
def running() -> Iterator[Identities]:
    server = Identities()
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
