"""How messages leave the house: one interface, one sender for each channel.

``console`` and ``email`` send. ``sms`` and ``line`` are names kept for a gateway that nobody has
configured: naming one in ``CHANOT_MESSAGES`` stops the start and says so.
"""

from __future__ import annotations

from .senders import (
    CHANNELS,
    NOT_CONFIGURED,
    Sender,
    SendFailed,
    channel_for,
    channels_checked,
    sender_named,
)

__all__ = [
    "CHANNELS",
    "NOT_CONFIGURED",
    "SendFailed",
    "Sender",
    "channel_for",
    "channels_checked",
    "sender_named",
]
