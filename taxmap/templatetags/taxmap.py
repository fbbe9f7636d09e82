"""What the tax pages write: money given as text, rates, and steps in the language of the page."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import template

from cadastre.tax import money as exact
from taxmap.models import TaxUse
from web.formats import in_thai

register = template.Library()


@register.filter
def money(baht: str) -> str:
    """Baht as text with thousands commas: ``"1914000.00"`` → ``1,914,000.00``."""
    return f"{Decimal(baht):,.2f}"


@register.filter
def percent(fraction: str | Decimal) -> str:
    """A fraction of one in percent: ``"0.0002"`` → ``0.02%``."""
    return f"{exact.percent(Decimal(fraction))}%"


@register.filter
def worded(text: dict[str, Any]) -> str:
    """A text that has both languages, in that of the page."""
    return str(text["th"] if in_thai() else text["en"])


@register.filter
def use_name(use: str) -> str:
    """A use of the Act in words."""
    return str(TaxUse(use).label)
