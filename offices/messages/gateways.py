"""Senders that hand messages to a gateway over HTTPS: short messages and LINE.

Both are off until their settings are given (docs/operations/messages.md). The outbox tries again;
a gateway is asked once a time and must answer within ten seconds.
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from offices.messages.faults import SendFailed
from web.outbound import Unreachable, call, outbound_url

if TYPE_CHECKING:
    from offices.models import Message

# The gateway is busy or broken: later it may do. Every other refusal stays one.
LATER: Final = frozenset({408, 425, 429})


def _hand_over(url: str, body: bytes, headers: dict[str, str]) -> None:
    try:
        reply = call(url, body=body, headers=headers)
    except Unreachable as error:
        raise SendFailed(str(error)) from error
    if not 200 <= reply.status < 300:
        final = reply.status < 500 and reply.status not in LATER
        raise SendFailed(f"HTTP {reply.status}", final=final)


class SmsSender:
    """Short messages by the webhook of any gateway: its body is a template in the settings.

    The template is a JSON object; ``{to}``, ``{national}`` and ``{text}`` in its texts become the
    number (E.164 and 08…) and the message. It is sent as JSON, or as a form (``CHANOT_SMS_FORM``).
    """

    def address(self, *, phone: str, email: str) -> str:  # noqa: ARG002
        return phone

    def check(self) -> None:
        """Raise ImproperlyConfigured, in words, unless the settings are enough to send."""
        if not settings.CHANOT_SMS_URL:
            raise ImproperlyConfigured(
                "CHANOT_MESSAGES: sms is not configured: set CHANOT_SMS_URL."
            )
        outbound_url("CHANOT_SMS_URL", settings.CHANOT_SMS_URL)
        try:
            template = json.loads(settings.CHANOT_SMS_BODY)
        except ValueError:
            template = None
        if not isinstance(template, dict) or "{text}" not in settings.CHANOT_SMS_BODY:
            raise ImproperlyConfigured("CHANOT_SMS_BODY must be a JSON object with {text} in it.")

    def send(self, message: Message) -> None:
        values = {
            "{to}": message.recipient,
            "{national}": "0" + message.recipient.removeprefix("+66"),
            "{text}": f"{message.subject}\n{message.body}",
        }
        fields = _filled(json.loads(settings.CHANOT_SMS_BODY), values)
        if settings.CHANOT_SMS_FORM:
            body, kind = urlencode(fields).encode(), "application/x-www-form-urlencoded"
        else:
            body, kind = json.dumps(fields, ensure_ascii=False).encode(), "application/json"
        headers = {"Content-Type": kind}
        if settings.CHANOT_SMS_AUTHORIZATION:
            headers["Authorization"] = settings.CHANOT_SMS_AUTHORIZATION
        _hand_over(settings.CHANOT_SMS_URL, body, headers)


def _filled(template: Any, values: dict[str, str]) -> Any:
    """The template with its places filled in once: what is filled in is never looked at again."""
    if isinstance(template, dict):
        return {name: _filled(each, values) for name, each in template.items()}
    if isinstance(template, list):
        return [_filled(each, values) for each in template]
    if not isinstance(template, str):
        return template
    for place, value in values.items():
        before, found, after = template.partition(place)
        if found:
            return f"{_filled(before, values)}{value}{_filled(after, values)}"
    return template


class LineSender:
    """LINE notification messages: sent to a telephone number, of which LINE gets the SHA-256.

    Needs an official account that LINE has approved for them; no friendship and no LINE id.
    """

    def address(self, *, phone: str, email: str) -> str:  # noqa: ARG002
        return phone

    def check(self) -> None:
        """Raise ImproperlyConfigured, in words, unless the settings are enough to send."""
        if not settings.CHANOT_LINE_TOKEN:
            raise ImproperlyConfigured(
                "CHANOT_MESSAGES: line is not configured: set CHANOT_LINE_TOKEN."
            )
        outbound_url("CHANOT_LINE_URL", settings.CHANOT_LINE_URL)

    def send(self, message: Message) -> None:
        told = {"type": "text", "text": f"{message.subject}\n{message.body}"[:5000]}
        number = hashlib.sha256(message.recipient.encode()).hexdigest()
        body = json.dumps({"to": number, "messages": [told]}, ensure_ascii=False).encode()
        _hand_over(settings.CHANOT_LINE_URL, body, {
            "Content-Type": "application/json",
            "Authorization": f"Bearer {settings.CHANOT_LINE_TOKEN}",
        })  # fmt: skip
