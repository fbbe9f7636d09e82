"""What other rooms add to the page of a transaction, without the register knowing them.

A room puts ``act_sections.py`` beside its ``apps.py`` (found like ``admin.py``) and registers
there. The page is for staff of the office; a section shows no owner.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from parcels.models import Transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class ActSection:
    """One section of the page: ``context`` is None when there is nothing to say of it."""

    name: str
    template: str
    context: Callable[[Transaction], Mapping[str, Any] | None]


_sections: dict[str, ActSection] = {}


def register(section: ActSection) -> ActSection:
    """Show this section on every transaction it has something to say of."""
    if section.name in _sections:
        raise ImproperlyConfigured(f"There are two act sections called {section.name}.")
    _sections[section.name] = section
    return section


def sections_of(act: Transaction) -> Iterable[SafeString]:
    """The sections that have something to say of this transaction, by their names."""
    for section in sorted(_sections.values(), key=lambda one: one.name):
        context = section.context(act)
        if context is not None:
            yield render_to_string(section.template, {"act": act, **context})
