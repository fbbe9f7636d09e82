"""Filters and components that every template has (a builtin library). Shown at /design/."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from django import forms, template
from django.core.paginator import Page
from django.forms.boundfield import BoundField
from django.template.context import RequestContext
from django.templatetags.static import static
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from cadastre.area import Area
from cadastre.digits import to_thai_digits
from web import formats
from web.menus import TAX, shown_menu

register = template.Library()

ALERTS = ("info", "success", "warning", "error")
TONES = ("green", "blue", "red", "gold")


# -- filters: nothing in, nothing out -------------------------------------------------------------


@register.filter
def be_date(value: dt.date | None, style: formats.DateStyle = "long") -> str:
    """A date in the era of the page; ``:"short"`` and ``:"numeric"`` are shorter."""
    return formats.format_date(value, style) if value else ""


@register.filter
def be_datetime(value: dt.datetime | None, style: formats.DateStyle = "long") -> str:
    """A moment in Thai time and the era of the page."""
    return formats.format_datetime(value, style) if value else ""


@register.filter
def be_year(value: dt.date | int | None) -> str:
    """The year of a date, or a year of the Common Era, in the era of the page."""
    return formats.format_year(value) if value else ""


@register.filter
def be_time(value: dt.datetime | dt.time | None) -> str:
    """The time of day in Thailand: ``13.30 น.`` / ``13:30``."""
    return formats.format_time(value) if value is not None else ""


@register.filter
def thai_digits(value: object) -> str:
    """For documents that are printed in Thai digits; screens use ๑๒๓ nowhere else."""
    return to_thai_digits(str(value))


@register.filter
def baht(satang: int | None) -> str:
    """Satang as ``1,234.50``; the unit is the template's to write."""
    return formats.format_baht(satang) if satang is not None else ""


@register.filter
def baht_text(satang: int | None) -> str:
    """Satang in Thai words, as on a receipt."""
    return formats.format_baht_words(satang) if satang is not None else ""


@register.filter
def rai_ngan_wa(value: Area | Decimal | float | None) -> str:
    """An `Area` or square metres in rai, ngan and square wa."""
    return formats.format_rai_ngan_wa(value) if value is not None else ""


@register.filter
def area_m2(value: Area | Decimal | float | None) -> str:
    """An `Area` or square metres in square metres."""
    return formats.format_square_metres(value) if value is not None else ""


# -- small pieces ---------------------------------------------------------------------------------


@register.simple_tag
def icon(name: str) -> SafeString:
    """A drawing from the sprite ``web/icons.svg``; it says nothing to a screen reader."""
    return format_html(
        '<svg class="icon" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>',
        static("web/icons.svg"),
        name,
    )


@register.simple_tag
def status_tag(text: str, tone: str = "") -> SafeString:
    """A state in a word; ``tone`` is green, blue, red, gold or nothing."""
    modifier = f" tag--{tone}" if tone in TONES else ""
    return format_html('<span class="tag{}">{}</span>', modifier, text)


@register.simple_tag
def qr(text: str, label: str) -> SafeString:
    """A QR code of ``text``; ``label`` says in words where it leads."""
    return format_html(
        '<img class="qr" src="{}" alt="{}" width="144" height="144">',
        formats.qr_svg_data(text),
        label,
    )


@register.simple_block_tag(end_name="endalert")
def alert(content: str, kind: str = "info", title: str = "") -> SafeString:
    """A banner that tells something: ``kind`` is info, success, warning or error."""
    kind = kind if kind in ALERTS else "info"
    return format_html(
        '<div class="alert alert--{}" role="{}">{}<div class="alert__body">{}{}</div></div>',
        kind,
        "alert" if kind == "error" else "status",
        icon(kind),
        format_html('<p class="alert__title">{}</p>', title) if title else "",
        content,
    )


# -- the shell ------------------------------------------------------------------------------------


@register.inclusion_tag("web/components/nav_link.html", takes_context=True)
def nav_link(context: RequestContext, url_name: str, text: str) -> dict[str, Any]:
    """One entry of a menu; nothing at all where no room answers to that name."""
    try:
        href = reverse(url_name)
    except NoReverseMatch:
        return {"href": ""}
    path = _path(context)
    within = path.startswith(href) and href != "/"
    current = "page" if path == href else "true" if within else ""
    return {"href": href, "text": text, "current": current}


@register.inclusion_tag("web/components/menu.html", takes_context=True)
def tax_menu(context: RequestContext) -> dict[str, Any]:
    """The groups of the tax office's menu, for the first row of the navigation."""
    return {"groups": shown_menu(TAX, _path(context))}


@register.inclusion_tag("web/components/menu_pages.html", takes_context=True)
def tax_menu_pages(context: RequestContext) -> dict[str, Any]:
    """The pages of the group that is shown, for the second row."""
    groups = shown_menu(TAX, _path(context))
    return {"pages": next((group.pages for group in groups if group.current), ())}


def _path(context: RequestContext) -> str:
    return context["request"].path if "request" in context else ""


@register.inclusion_tag("web/components/print_header.html")
def print_header(title: str, printed_at: dt.datetime, subtitle: str = "") -> dict[str, Any]:
    """The head of a printed sheet, unseen on the screen."""
    return {"title": title, "subtitle": subtitle, "printed_at": printed_at}


# -- forms ----------------------------------------------------------------------------------------


def _control(field: BoundField) -> SafeString:
    """The widget with the class of the kit beside its own."""
    widget = field.field.widget
    kind = "input"
    if isinstance(widget, forms.Textarea):
        kind = "textarea"
    elif isinstance(widget, forms.Select):
        kind = "select"
    elif isinstance(widget, forms.MultiWidget | forms.CheckboxInput):
        return field.as_widget()
    classes = f"{kind} {widget.attrs.get('class', '')}".strip()
    return field.as_widget(attrs={"class": classes})


@register.inclusion_tag("web/components/field.html")
def field(bound: BoundField, unit: str = "") -> dict[str, Any]:
    """A field of a form: label, hint, error and control, joined for screen readers."""
    widget = bound.field.widget
    choices = isinstance(widget, forms.RadioSelect | forms.CheckboxSelectMultiple)
    single = isinstance(widget, forms.CheckboxInput)
    return {
        "field": bound,
        "kind": "choices" if choices else "checkbox" if single else "control",
        "control": "" if choices else _control(bound),
        "unit": unit,
        "optional": not bound.field.required and not single,
    }


@register.inclusion_tag("web/components/error_summary.html")
def error_summary(form: forms.BaseForm) -> dict[str, Any]:
    """Everything that is wrong with a form, each a link to its field. Goes above the heading."""
    entries = []
    for name in form.errors:
        href = ""
        if name in form.fields and not form[name].is_hidden:
            bound = form[name]
            if isinstance(bound.field.widget, forms.RadioSelect | forms.CheckboxSelectMultiple):
                href = f"#{bound.auto_id}_0"
            else:
                href = f"#{bound.id_for_label}"
        entries += [{"href": href, "message": message} for message in form.errors[name]]
    return {"entries": entries}


# -- moving through things ------------------------------------------------------------------------


@register.inclusion_tag("web/components/pagination.html", takes_context=True)
def pagination(context: RequestContext, page: Page[Any], parameter: str = "page") -> dict[str, Any]:
    """Links to the pages of a list; keeps the rest of the query."""
    query = context["request"].GET.copy() if "request" in context else None

    def href(number: int) -> str:
        if query is None:
            return f"?{parameter}={number}"
        query[parameter] = str(number)
        return f"?{query.urlencode()}"

    numbers = page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)
    return {
        "page": page,
        "previous": href(page.previous_page_number()) if page.has_previous() else "",
        "next": href(page.next_page_number()) if page.has_next() else "",
        "entries": [
            {
                "number": n,
                "href": href(n) if isinstance(n, int) else "",
                "label": gettext("Page {number}").format(number=n),
            }
            for n in numbers
        ],
    }


@register.inclusion_tag("web/components/progress.html")
def progress(done: int, total: int, label: str) -> dict[str, Any]:
    """How far something is. A total of 0 means that nobody knows yet."""
    percent = min(100, done * 100 // total) if total > 0 else None
    return {"done": done, "total": total, "label": label, "percent": percent}


@register.inclusion_tag("web/components/steps.html")
def steps(labels: Sequence[str] | str, current: int) -> dict[str, Any]:
    """The steps of a task, the first being 1; text is split at ``|``."""
    names = labels.split("|") if isinstance(labels, str) else labels
    return {
        "count": len(names),
        "current": current,
        "entries": [
            {"label": name, "state": "done" if at < current else "now" if at == current else "next"}
            for at, name in enumerate(names, start=1)
        ],
    }


@register.simple_block_tag(end_name="endempty_state")
def empty_state(content: str, title: str, icon_name: str = "parcel") -> SafeString:
    """What a list shows while it is empty: why, and what to do."""
    return format_html(
        '<div class="empty-state">{}<h2>{}</h2>{}</div>', icon(icon_name), title, content
    )


@register.inclusion_tag("web/components/legend.html")
def legend(entries: Iterable[dict[str, str]], title: str = "") -> dict[str, Any]:
    """The key of a map: ``[{"label", "fill", "stroke"?}]``, drawn as SVG attributes."""
    return {"title": title or gettext("Legend"), "entries": entries}
