"""What the register tells rooms above it, after the fact."""

from __future__ import annotations

from django.dispatch import Signal

transaction_registered = Signal()
"""Sent after COMMIT with ``transaction``: the register has changed by it."""

transaction_given_back = Signal()
"""Sent after COMMIT with ``transaction``: it was returned to its maker, or withdrawn."""
