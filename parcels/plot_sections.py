"""What other rooms add to the page of a plot, without the register knowing them.

A room puts ``plot_sections.py`` beside its ``apps.py`` (found like ``admin.py``) and registers
there. What it adds without naming ``permissions`` is public: no owner, no mortgage, no tax status.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from offices.permissions import Permission, Person, permissions_in
from parcels.models import Parcel


@dataclass(frozen=True, slots=True, kw_only=True)
class PlotSection:
    """One section of the plot page.

    ``context`` is given the parcel and the day and returns what ``template`` shows (it begins with
    an ``<h2>``), or None when there is nothing to say of this parcel. Sections stand in ``order``.
    With ``permissions`` it is for whoever holds one of them in an office of the parcel.
    """

    name: str
    template: str
    context: Callable[[Parcel, date], Mapping[str, Any] | None]
    order: int = 100
    permissions: frozenset[Permission] = frozenset()


_sections: dict[str, PlotSection] = {}


def register(section: PlotSection) -> PlotSection:
    """Show this section on every plot page; called from ``<room>/plot_sections.py`` at start-up."""
    if section.name in _sections:
        raise ImproperlyConfigured(f"There are two plot sections called {section.name}.")
    _sections[section.name] = section
    return section


def sections_of(parcel: Parcel, on: date, user: Person) -> Iterable[SafeString]:
    """The sections that have something to say of this parcel to this person, in order."""
    held = _held_by(user, parcel)
    for section in sorted(_sections.values(), key=lambda one: (one.order, one.name)):
        if section.permissions and not section.permissions & held:
            continue
        context = section.context(parcel, on)
        if context is not None:
            yield render_to_string(section.template, {"parcel": parcel, **context})


def _held_by(user: Person, parcel: Parcel) -> frozenset[Permission]:
    """What the user may do in the offices of the parcel."""
    if not user.is_authenticated:
        return frozenset()
    offices = [office for office in (parcel.office, parcel.local_authority) if office is not None]
    return frozenset().union(*(permissions_in(user, office) for office in offices))
