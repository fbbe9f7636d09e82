"""Filters and components that every template has."""

from __future__ import annotations

from typing import Any

from django import template
from django.templatetags.static import static
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()


@register.simple_tag
def icon(name: str) -> SafeString:
    """A drawing from the sprite ``web/icons.svg``; it says nothing to a screen reader."""
    return format_html(
        '<svg class="icon" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>',
        static("web/icons.svg"),
        name,
    )


@register.inclusion_tag("web/components/nav_link.html", takes_context=True)
def nav_link(context: dict[str, Any], url_name: str, text: str) -> dict[str, Any]:
    """One entry of a menu; nothing at all where no room answers to that name."""
    try:
        href = reverse(url_name)
    except NoReverseMatch:
        return {"href": ""}
    path = context["request"].path if "request" in context else ""
    within = path.startswith(href) and href != "/"
    return {"href": href, "text": text, "current": "page" if path == href else "true" if within else ""}


@register.simple_block_tag(end_name="endalert")
def alert(content: str, kind: str = "info", title: str = "") -> SafeString:
    """A banner that tells something: ``kind`` is info, success, warning or error."""
    kind = kind if kind in {"info", "success", "warning", "error"} else "info"
    role = "alert" if kind == "error" else "status"
    heading = format_html('<p class="alert__title">{}</p>', title) if title else ""
    return format_html(
        '<div class="alert alert--{}" role="{}">{}<div class="alert__body">{}{}</div></div>',
        kind, role, icon(kind), heading, content,
    )
