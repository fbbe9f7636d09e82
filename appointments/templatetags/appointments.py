"""Days with their weekday, and addresses of the same page with another choice."""

from __future__ import annotations

from datetime import date, datetime

from django import template
from django.template.context import RequestContext
from django.utils.translation import gettext

from appointments.models.calendar import WEEKDAYS
from appointments.views.choosing import link
from cadastre.scheduling import BANGKOK
from web.formats import format_date

register = template.Library()


@register.filter
def weekday_date(value: date | datetime) -> str:
    """``วันจันทร์ที่ 23 พฤศจิกายน 2569`` / ``Monday 23 November 2026``."""
    day = value.astimezone(BANGKOK).date() if isinstance(value, datetime) else value
    weekday = WEEKDAYS[day.weekday()][1]
    return gettext("{weekday} {date}").format(weekday=weekday, date=format_date(day))


@register.filter
def month_year(value: date) -> str:
    """``พฤศจิกายน 2569`` / ``November 2026``."""
    return format_date(value).split(" ", 1)[1]


@register.simple_tag(takes_context=True)
def query(context: RequestContext, **changes: object) -> str:
    """The query of this page with some values changed; None takes a value away."""
    return link(context["request"], **changes)
