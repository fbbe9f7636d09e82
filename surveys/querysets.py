"""The questions people ask about survey jobs."""

from __future__ import annotations

from decimal import Decimal
from typing import Self

from django.db import models
from django.db.models import Count, F, Max, Q

from offices.models import Office


class SurveyJobQuerySet(models.QuerySet):  # type: ignore[type-arg]
    """Predicates on survey jobs; they combine."""

    def of_office(self, office: Office) -> Self:
        """Jobs kept by this office."""
        return self.filter(office=office)

    def newest_first(self) -> Self:
        """Jobs not yet in the field first, then by the day of the survey."""
        return self.order_by(F("surveyed_on").desc(nulls_first=True), "-pk")

    def numbered(self, text: str) -> Self:
        """Jobs whose number contains ``text``."""
        return self.filter(number__icontains=text.strip())

    def with_quality(self, tolerance_mm: int) -> Self:
        """With ``points_count``, ``poor_count`` (beyond ``tolerance_mm``) and ``poorest_m``."""
        limit = Decimal(tolerance_mm) / 1000
        return self.annotate(
            points_count=Count("points"),
            poor_count=Count("points", filter=Q(points__horizontal_accuracy_m__gt=limit)),
            poorest_m=Max("points__horizontal_accuracy_m"),
        )
