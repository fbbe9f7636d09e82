from __future__ import annotations

from .accounts import locked_out

__all__ = ["locked_out"]
