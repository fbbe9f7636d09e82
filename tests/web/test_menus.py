"""Menus in groups: one page is current, the longer address counts, the absent is left out."""

from __future__ import annotations

import pytest
from django.urls import NoReverseMatch, reverse

from web.menus import TAX, Group, shown_menu


@pytest.mark.parametrize(
    ("name", "below", "group"),
    [("taxmap-home", "", 0), ("taxmap-dashboard", "", 3), ("taxmap-missing", "abc/", 1)],
)
def test_one_page_of_one_group_is_current(name: str, below: str, group: int) -> None:
    found = shown_menu(TAX, reverse(name) + below)
    assert [at for at, each in enumerate(found) if each.current] == [group]
    current = [page for each in found for page in each.pages if page.current]
    assert [(page.href, page.current) for page in current] == [
        (reverse(name), "true" if below else "page")
    ]


def test_elsewhere_nothing_is_current() -> None:
    assert not any(group.current for group in shown_menu(TAX, "/office/"))


def test_every_page_of_the_tax_menu_is_there() -> None:
    names = [name for group in TAX for name, _text in group.pages]
    assert len(set(names)) == len(names)
    for name in names:
        assert reverse(name)


def test_pages_that_no_room_has_are_left_out() -> None:
    groups = (Group("gone", (("not-there", "x"),)), Group("here", (("taxmap-home", "y"),)))
    with pytest.raises(NoReverseMatch):
        reverse("not-there")
    assert [group.text for group in shown_menu(groups, "/")] == ["here"]
