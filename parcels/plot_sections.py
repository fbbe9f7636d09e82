"""What other rooms add to the public page of a plot, without the register knowing them.

A room puts ``plot_sections.py`` beside its ``apps.py`` (found like ``admin.py``) and registers
there. What it adds is public: no owner, no mortgage, no tax status.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from parcels.models import Parcel


@dataclass(frozen=True, slots=True, kw_only=True)
class PlotSection:
    """One section of the plot page.

    ``context`` is given the parcel and the day and returns what ``template`` shows (it begins with
    an ``<h2>``), or None when there is nothing to say of this parcel. Sections stand in ``order``.
    """

    name: str
    template: str
    context: Callable[[Parcel, date], Mapping[str, Any] | None]
    order: int = 100


_sections: dict[str, PlotSection] = {}


def register(section: PlotSection) -> PlotSection:
    """Show this section on every plot page; called from ``<room>/plot_sections.py`` at start-up."""
    if section.name in _sections:
        raise ImproperlyConfigured(f"There are two plot sections called {section.name}.")
    _sections[section.name] = section
    return section


def sections_of(parcel: Parcel, on: date) -> Iterable[SafeString]:
    """The sections that have something to say of this parcel, rendered, in order."""
    for section in sorted(_sections.values(), key=lambda one: (one.order, one.name)):
        context = section.context(parcel, on)
        if context is not None:
            yield render_to_string(section.template, {"parcel": parcel, **context})
