"""Words of survey jobs for templates."""

from __future__ import annotations

from django import template
from django.utils.functional import Promise

from surveys.dashboard import ACTIONS

register = template.Library()


@register.filter
def event_name(action: str) -> str | Promise:
    """What happened to a job, in words."""
    return ACTIONS.get(f"surveys.{action}", action)
