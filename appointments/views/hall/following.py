"""Pages that follow the hall: event streams of one answer. docs/algorithms/hall.md says why."""

from __future__ import annotations

import json
from datetime import datetime
from hashlib import sha256
from typing import Any, Final

from django.core.serializers.json import DjangoJSONEncoder
from django.http import HttpRequest, HttpResponse, JsonResponse

SOON_MS: Final = 1_000
"""Displays and counters come back so soon."""
RELAXED_MS: Final = 5_000
"""Telephones: there are many of them."""


def state_answer(
    request: HttpRequest, state: dict[str, Any], *, retry_ms: int, now: datetime
) -> HttpResponse:
    """The state as one event that ends its stream, or as JSON for whoever asks for that.

    The id of the event is the digest of the state; who has it already is sent a comment only.
    ``now`` is the clock by which the page tells how old a call is, and no part of the state.
    """
    written = json.dumps(state, cls=DjangoJSONEncoder, ensure_ascii=False, sort_keys=True)
    digest = sha256(written.encode()).hexdigest()[:20]
    response: HttpResponse
    if "application/json" in request.headers.get("Accept", ""):
        response = JsonResponse(state | {"id": digest, "now": now})
    else:
        lines = [f"retry: {retry_ms}"]
        if request.headers.get("Last-Event-ID") == digest:
            lines.append(": same")
        else:
            whole = json.dumps(state | {"now": now}, cls=DjangoJSONEncoder, ensure_ascii=False)
            lines += [f"id: {digest}", "event: state", f"data: {whole}"]
        response = HttpResponse(
            "\n".join([*lines, "", ""]), content_type="text/event-stream; charset=utf-8"
        )
        response["X-Accel-Buffering"] = "no"
    response["Cache-Control"] = "no-store"
    return response
