"""Menus of rooms with many pages: groups in the first row, the pages of the open one below.

Pages are named by their addresses' names; what no room answers to is left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import Final, NamedTuple

from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Group(NamedTuple):
    """A name and its pages: the name of an address and what the entry is called."""

    text: str | Promise
    pages: tuple[tuple[str, str | Promise], ...]


class ShownPage(NamedTuple):
    """An entry as it is shown; ``current`` is what ``aria-current`` says, empty elsewhere."""

    href: str
    text: str | Promise
    current: str


class ShownGroup(NamedTuple):
    """A group as it is shown; it leads to its first page."""

    href: str
    text: str | Promise
    current: str
    pages: tuple[ShownPage, ...]


TAX: Final = (
    Group(pgettext_lazy("menu", "Map"), (
        ("taxmap-home", _("Tax map")),
        ("taxmap-collection", _("Collection list")),
        ("taxmap-books", _("Collection rounds")),
        ("taxmap-sheets", _("Tax map sheets")),
    )),
    Group(pgettext_lazy("menu", "Assess"), (
        ("taxmap-year", _("Tax year")),
        ("taxmap-price-imports", pgettext_lazy("menu", "Appraised prices")),
        ("taxmap-to-visit", _("To survey")),
        ("taxmap-condominiums", _("Condominiums")),
        ("taxmap-signboards", _("Signboards")),
        ("taxmap-objections", _("Objections")),
        ("taxmap-missing", _("Missing tax")),
    )),
    Group(pgettext_lazy("menu", "Collect"), (
        ("taxmap-notices", pgettext_lazy("menu", "Notices")),
        ("taxmap-counter", pgettext_lazy("menu", "Counter")),
        ("taxmap-bank", _("Bank reports")),
        ("taxmap-arrears", _("Arrears")),
        ("taxmap-journal", pgettext_lazy("menu", "Journal of the day")),
        ("taxmap-money-requests", _("Requests to decide")),
    )),
    Group(pgettext_lazy("menu", "Report"), (
        ("taxmap-dashboard", _("Dashboard")),
        ("taxmap-ratios", _("Values and prices")),
        ("taxmap-lists", _("Lists for other systems")),
        ("taxmap-register", _("Register (ผ.ท.4)")),
    )),
)  # fmt: skip
"""The work of a tax office in the order of its year."""


def shown_menu(groups: Sequence[Group], path: str) -> list[ShownGroup]:
    """The groups with a page at least; the page that ``path`` shows, or lies below, is current.

    Of two pages that fit the longer address counts: /taxmap/ is not current on /taxmap/bank/.
    """
    known = {name: href for group in groups for name, href in _hrefs(group)}
    fitting = [href for href in known.values() if path.startswith(href) and href != "/"]
    nearest = max(fitting, key=len, default="")
    shown = []
    for group in groups:
        pages = tuple(
            ShownPage(known[name], text, _current(known[name], nearest, path))
            for name, text in group.pages
            if name in known
        )
        if pages:
            current = "true" if any(page.current for page in pages) else ""
            shown.append(ShownGroup(pages[0].href, group.text, current, pages))
    return shown


def _hrefs(group: Group) -> Iterator[tuple[str, str]]:
    for name, _text in group.pages:
        with suppress(NoReverseMatch):
            yield name, reverse(name)


def _current(href: str, nearest: str, path: str) -> str:
    if href != nearest:
        return ""
    return "page" if href == path else "true"
