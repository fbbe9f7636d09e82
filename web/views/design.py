"""The living page of the interface kit, and its shells as whole pages."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from django import forms
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.template import Engine, RequestContext
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.http import require_GET

from cadastre.area import Area
from web.fields import BahtField, BuddhistDateField, CoordinateField, DigitsField, RaiNganWaField

SAMPLE_MOMENT: Final = dt.datetime(2026, 11, 21, 6, 30, tzinfo=dt.UTC)
SAMPLE_AREA: Final = Area(Decimal(3802))
COLOURS: Final = [
    "paper",
    "surface",
    "sunken",
    "ink",
    "ink-muted",
    "rule",
    "rule-strong",
    "green",
    "green-wash",
    "blue",
    "blue-wash",
    "red",
    "red-wash",
    "gold",
    "gold-wash",
    "focus-halo",
]
ICONS: Final = [
    "parcel",
    "search",
    "locate",
    "layers",
    "plus",
    "minus",
    "tax",
    "queue",
    "office",
    "calendar",
    "print",
    "download",
    "link",
    "user",
    "info",
    "success",
    "warning",
    "error",
    "close",
    "chevron-left",
    "chevron-right",
    "sun",
    "moon",
]
LEGEND: Final = [
    {"label": _("Agriculture"), "fill": "#7fae6a"},
    {"label": _("Residence"), "fill": "#e9c46a"},
    {"label": _("Other use"), "fill": "#c8705a"},
    {"label": _("Vacant land"), "fill": "#b9b4a5"},
]

SPECIMENS: Final[dict[str, tuple[Promise, Promise]]] = {
    "colours": (
        _("Colours"),
        _("Named for what they do. A page never writes a colour, only a token."),
    ),
    "type": (
        pgettext_lazy("design", "Type"),
        _("Sarabun in three weights, served by us; 17 pixels and more."),
    ),
    "formats": (
        _("Dates, money and areas"),
        _("Filters write the era and the units of the page's language; the values stay exact."),
    ),
    "buttons": (
        _("Buttons"),
        _("One main action on a page. A link that looks like a button still is a link."),
    ),
    "fields": (
        _("Fields"),
        _("The label above, a hint where one is needed. What may stay empty says so."),
    ),
    "quantities": (
        _("Areas, dates, money and places"),
        _("They read what people write: Thai digits, either era, either zone."),
    ),
    "choices": (_("Choices"), _("Radio buttons for one of few, a list for one of many.")),
    "errors": (
        _("Errors in a form"),
        _("A summary on top that leads to each field, and at the field what to do."),
    ),
    "alerts": (_("Alerts"), _("What happened, why, and what to do next.")),
    "summary_list": (
        _("Deed and summary list"),
        _("What the register says of one thing, framed like the document it comes from."),
    ),
    "table": (_("Tables"), _("They scroll sideways on a phone and keep their head in view.")),
    "cards": (_("Cards"), _("A way in, or one figure that matters.")),
    "tags": (_("States of things"), _("A word, with a colour that only repeats it.")),
    "disclosure": (
        _("Details and tabs"),
        _("For what not everybody needs; open without a script."),
    ),
    "navigation": (_("Breadcrumb and pages"), _("Where this is, and the way onward.")),
    "progress": (_("Steps and progress"), _("How far it is, in words as well as in length.")),
    "map": (_("Map legend and controls"), _("Colours come from the data; the words say the same.")),
    "empty": (_("Nothing to show"), _("Why it is empty, and what to do.")),
    "paper": (
        pgettext_lazy("design", "Paper"),
        _("Every page prints: a head with its date, and a code that leads back."),
    ),
    "icons": (_("Icons"), _("Always beside a word, or with one for screen readers.")),
}


class SampleForm(forms.Form):
    """One field of every kind."""

    deed_number = DigitsField(
        digits=(1, 6),
        label=_("Deed number"),
        help_text=_("As on the title deed; Thai digits may be used."),
    )
    province = forms.ChoiceField(
        label=_("Province"), choices=[("12", _("Nonthaburi")), ("10", _("Bangkok"))]
    )
    note = forms.CharField(
        label=_("Note to the official"), required=False, widget=forms.Textarea({"rows": 3})
    )
    use = forms.ChoiceField(
        label=_("Use of the land"),
        widget=forms.RadioSelect,
        choices=[("a", _("Agriculture")), ("r", _("Residence")), ("v", _("Vacant land"))],
        initial="r",
    )
    services = forms.MultipleChoiceField(
        label=_("What do you come for?"),
        widget=forms.CheckboxSelectMultiple,
        choices=[("sale", _("Registration of a sale")), ("survey", _("Request for a survey"))],
        initial=["survey"],
        help_text=_("Choose all that apply."),
    )
    agree = forms.BooleanField(label=_("I bring the original of the title deed."))
    area = RaiNganWaField(label=_("Area of the land"), help_text=_("As written on the deed."))
    day = BuddhistDateField(
        label=_("Date of purchase"), help_text=_("For example 21/11/2569 or 21 พ.ย. 2569.")
    )
    price = BahtField(label=_("Price per square wa"), required=False)
    place = CoordinateField(
        label=_("Coordinates"),
        required=False,
        help_text=_("For example 13.8591, 100.5217 or 47N 664500 1532600."),
    )


@dataclass(frozen=True)
class Specimen:
    """One part of the kit, rendered in both themes, and its source."""

    slug: str
    title: Promise
    about: Promise
    light: str
    dark: str
    source: str


def _form(slug: str, theme: str) -> SampleForm:
    prefix = f"{theme}-{slug}"
    if slug == "errors":
        wrong = {"area_rai": "2", "area_ngan": "5", "day": "31/2/2569"}
        form = SampleForm({f"{prefix}-{k}": v for k, v in wrong.items()}, prefix=prefix)
        for name in set(form.fields) - {"area", "day"}:
            del form.fields[name]
        return form
    initial = {"area": SAMPLE_AREA, "day": SAMPLE_MOMENT.date(), "price": 120_000}
    return SampleForm(initial=initial, prefix=prefix)


def _sample_context(request: HttpRequest, slug: str = "", theme: str = "light") -> dict[str, Any]:
    return {
        "form": _form(slug, theme),
        "moment": SAMPLE_MOMENT,
        "area": SAMPLE_AREA,
        "colours": COLOURS,
        "icons": ICONS,
        "legend_entries": LEGEND,
        "page": Paginator(range(200), 10).page(4),
        "page_url": request.build_absolute_uri(request.path),
    }


def _specimen(request: HttpRequest, slug: str) -> Specimen:
    template = Engine.get_default().get_template(f"web/design/{slug}.html")
    title, about = SPECIMENS[slug]
    return Specimen(
        slug=slug,
        title=title,
        about=about,
        light=template.render(RequestContext(request, _sample_context(request, slug, "light"))),
        dark=template.render(RequestContext(request, _sample_context(request, slug, "dark"))),
        source=str(template.source),
    )


@require_GET
def design(request: HttpRequest) -> HttpResponse:
    """Every token and component, in both themes, with the markup that makes it."""
    specimens = [_specimen(request, slug) for slug in SPECIMENS]
    return render(request, "web/design.html", {"specimens": specimens})


@require_GET
def design_shell(request: HttpRequest, shell: str) -> HttpResponse:
    """One shell as a whole page: office, tax, map or error."""
    if shell == "error":
        raise Http404
    return render(request, f"web/design/shell_{shell}.html", _sample_context(request))
