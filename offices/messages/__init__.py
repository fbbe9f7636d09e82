"""How messages leave the house: one interface, one sender for each channel.

``console``, ``email``, ``sms`` (the webhook of any gateway) and ``line`` send. Naming one in
``CHANOT_MESSAGES`` whose settings are missing stops the start and says so.
"""

from __future__ import annotations

from .faults import SendFailed
from .senders import (
    CHANNELS,
    Sender,
    channel_for,
    channels_checked,
    sender_named,
)

__all__ = [
    "CHANNELS",
    "SendFailed",
    "Sender",
    "channel_for",
    "channels_checked",
    "sender_named",
]
