"""What the start pages for staff offer. Rooms add cards in their ``dashboard.py``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from offices.models import Office
from offices.permissions import Permission, permissions_in

Page = Literal["office", "taxmap"]
Context = Callable[[HttpRequest, Office], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Card:
    """A card on the start page of land office work (``office``) or tax work (``taxmap``).

    It is shown to whoever holds ``permission`` in the acting office. ``url_name`` is where its
    title leads. A card that shows more than a sentence names a ``template`` for its body and a
    function that makes the context from the request and the acting office.
    """

    page: Page
    permission: Permission
    title: str | Promise
    url_name: str
    text: str | Promise = ""
    icon: str = "office"
    order: int = 100
    template: str = ""
    context: Context | None = None

    def body(self, request: HttpRequest, office: Office) -> str | SafeString:
        """What stands under the title."""
        if not self.template:
            return str(self.text)
        context = self.context(request, office) if self.context else {}
        return render_to_string(self.template, context | {"text": self.text}, request)


_cards: list[Card] = []


def register(card: Card) -> Card:
    """Offer a card; the order of registration decides between equal ``order``."""
    _cards.append(card)
    return card


def cards_for(request: HttpRequest, page: Page, office: Office | None) -> list[dict[str, Any]]:
    """The cards for this user in this office, each as title, href, icon and body."""
    if office is None:
        return []
    held = permissions_in(request.user, office)
    shown = []
    for card in sorted(_cards, key=lambda card: card.order):
        if card.page != page or card.permission not in held:
            continue
        try:
            href = reverse(card.url_name)
        except NoReverseMatch:
            # The room that answers there is not part of this installation.
            continue
        body = card.body(request, office)
        shown.append({"title": card.title, "href": href, "icon": card.icon, "body": body})
    return shown


register(Card(
    page="office", permission=Permission.VIEW_JOBS, url_name="jobs", icon="queue", order=900,
    title=_("Background jobs"), text=_("Imports and other long work: progress, results, faults."),
))  # fmt: skip
register(Card(
    page="office", permission=Permission.VIEW_AUDIT, url_name="audit", icon="search", order=910,
    title=_("Audit trail"), text=_("Who looked at what or changed it, and when."),
))  # fmt: skip
register(Card(
    page="office", permission=Permission.ADMINISTER, url_name="admin:index", icon="user", order=920,
    title=_("Administration"), text=_("Accounts, roles, offices and administrative areas."),
))  # fmt: skip
