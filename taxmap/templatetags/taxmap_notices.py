"""What letters to taxpayers are made of: amounts in words, and the wide tables of the sheets.

The tables are written here and not by a template: a letter has a thousand cells, and a batch a
thousand letters.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Final

from django import template
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from taxmap.paper.notices.columns import Row
from taxmap.paper.notices.pages import WIDTHS_MM, Page
from web.english_numbers import baht_in_english
from web.formats import format_baht_words, in_thai

register = template.Library()

WIDE_AMOUNT: Final = 12
"""Letters of an amount that fill its column."""

_NUMBER = pgettext_lazy("letter", "No.")
_USE = pgettext_lazy("letter", "Use")
_TAX = pgettext_lazy("letter", "Tax")
HEADS: Final = {
    7: (
        _NUMBER, _("Title (parcel code)"), _USE, _("Rai"), _("Ngan"), _("Wa"),
        pgettext_lazy("letter", "Square wa"), pgettext_lazy("letter", "Price per square wa"),
        _("Land value"), _NUMBER, _("Building"), _("Area (m²)"),
        _("Price per m²"), _("Building value"), pgettext_lazy("letter", "Age"),
        _("Depreciation"), _("Value after depreciation"), _("Land and buildings"), _USE,
        _("Area used (m²)"), pgettext_lazy("letter", "Share"), _("Value by share"),
        _("Exempt value"), _("Taxable value"), pgettext_lazy("letter", "Rate"), _TAX,
    ),
    8: (
        _NUMBER, _("Condominium"), _("Registration"), _("Location"), _USE, _("Room"),
        _("Area (m²)"), _("Price per m²"), _("Value of the room"), _("Exempt value"),
        _("Taxable value"), pgettext_lazy("letter", "Rate"), _TAX,
    ),
    3: (
        _NUMBER, _("Title"), _("Parcel code"), _("Location"), _("Rai"), _("Ngan"), _("Wa"), _USE,
        _NUMBER, _("Building"), _("Area (m²)"), pgettext_lazy("letter", "Age"),
    ),
    4: (
        _NUMBER, _("Condominium"), _("Registration"), _("Location"), _("Room"), _("Area (m²)"),
        _USE,
    ),
}  # fmt: skip
TEXT: Final = {7: {2, 11}, 8: {2, 4}, 3: {2, 3, 4, 8, 10}, 4: {2, 3, 4, 5, 7}}
MIDDLE: Final = {7: {1, 3, 4, 5, 10, 15, 19}, 8: {1, 3, 5, 6}, 3: {1, 5, 6, 9, 12}, 4: {1}}


@register.filter
def in_words(satang: int) -> str:
    """The amount in words, in the language of the letter."""
    return format_baht_words(satang) if in_thai() else baht_in_english(satang)


@register.simple_tag
def sheet_head(form: int) -> SafeString:
    """Widths, titles and numbers of the columns."""
    widths = "".join(f'<col style="width:{width}mm">' for width in WIDTHS_MM[form])
    titles = "".join(f"<th>{escape(str(title))}</th>" for title in HEADS[form])
    numbers = "".join(f"<th>{place}</th>" for place in range(1, len(HEADS[form]) + 1))
    return mark_safe(  # noqa: S308
        f"{widths}<thead><tr>{titles}</tr><tr class=places>{numbers}</tr></thead>"
    )


@register.simple_tag
def sheet_rows(page: Page) -> SafeString:
    """What was carried here, the rows, and the sums below them; every cell is escaped."""
    classes = [_class(page.form, place) for place in range(1, len(HEADS[page.form]) + 1)]
    parts = [_carried(page.brought, gettext("brought forward"))] if page.brought else []
    parts += [_row(row, classes) for row in page.rows]
    if any(page.sums):
        title = gettext("total") if page.is_last else gettext("carried on")
        parts.append(_carried(page.sums, title))
    return mark_safe("".join(parts))  # noqa: S308


def _class(form: int, place: int) -> str:
    if place in TEXT[form]:
        return " class=text"
    return " class=middle" if place in MIDDLE[form] else ""


def _row(row: Row, classes: Sequence[str]) -> str:
    cells = "".join(
        f"<td{name}>{_fitted(cell)}</td>" for name, cell in zip(classes, row.cells, strict=True)
    )
    return f"<tr{' class=begins' if row.begins else ''}>{cells}</tr>"


def _fitted(cell: str) -> str:
    """A cell; an amount of a thousand million is set smaller, for an amount is never broken."""
    if len(cell) > WIDE_AMOUNT and cell[-1:].isdigit() and " " not in cell:
        return f"<small>{escape(cell)}</small>"
    return escape(cell)


def _carried(cells: Sequence[str], title: str) -> str:
    """A row of sums: its title takes the first columns, which have none."""
    wide = next(place for place, cell in enumerate(cells) if cell)
    rest = "".join(f"<td>{_fitted(cell)}</td>" for cell in cells[wide:])
    return f'<tr class=carried><td class=text colspan="{wide}">{escape(title)}</td>{rest}</tr>'
