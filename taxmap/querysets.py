"""Facts that hold for a time: asked for by day, never overwritten."""

from __future__ import annotations

from datetime import date
from typing import Self

from django.db import models


class DatedQuerySet(models.QuerySet):  # type: ignore[type-arg]
    """Rows with ``valid_during``, a half-open range of days [from, to)."""

    def in_force(self, on: date) -> Self:
        """What holds on that day."""
        return self.filter(valid_during__contains=on)

    def open_ended(self) -> Self:
        """What holds until further notice."""
        return self.filter(valid_during__upper_inf=True)
