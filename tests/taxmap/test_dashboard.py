"""The dashboard: the same money by parcel, by taxpayer, by day, by means and by area of the map."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.db.models import Sum
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from offices.models import Role, User
from taxmap.collection import collection_list
from taxmap.dashboard import (
    MONTHS_OF_A_YEAR,
    Received,
    block_map,
    by_means,
    by_month,
    compared,
    month_chart,
    received_in,
    worst,
    years_of,
)
from taxmap.figures import Grouping, Part, figures_by, total_of
from taxmap.models import Balance, Leg, Means, TaxBlock, TaxZone
from taxmap.services.payments import Tender, payment_take, payment_undo
from tests.factories import NOW, a_local_authority, a_party, a_square, a_unit, a_user, an_assessment
from tests.taxmap.money import roll_closed

pytestmark = pytest.mark.django_db
TODAY = NOW.date()


def at(month: int, day: int = 10) -> datetime:
    return datetime(2026, month, day, 3, 0, tzinfo=UTC)


@pytest.fixture
def cashier() -> User:
    return a_user("cashier", Role.CASHIER, office=a_local_authority())


@pytest.fixture
def town(cashier: User) -> list[Any]:
    """Five owners in three blocks: paid in cash, late by QR, in part, undone, and not at all."""
    authority = a_local_authority()
    zone = TaxZone.objects.create(
        local_authority=authority, code="01", geometry=a_square(lon=100.469, side=0.004)
    )
    TaxBlock.objects.create(zone=zone, code="A", geometry=a_square(lon=100.469, side=0.002))
    bills = []
    for place, block in enumerate(("01A", "01A", "01B", "02A", "02A")):
        unit = a_unit(
            a_party(f"เจ้าของ{place}"),
            parcel={
                "tax_parcel_code": f"{block}{place:03}",
                "geometry": a_square(lon=100.47 + place * 0.0005),
            },
        )  # fmt: skip
        bills.append(an_assessment(unit, tax_satang=30_000 + place * 7).bill)
    roll_closed(authority, 2026)
    for bill in bills:
        bill.refresh_from_db()
    orders = (
        (0, Means.CASH, 30_000, at(5)), (1, Means.QR, 33_000, at(8)), (2, Means.CASH, 1_234, at(6)),
        (3, Means.CASH, 30_021, at(6, 12)),
    )  # fmt: skip
    paid = [
        payment_take(
            bill=bills[n], tender=Tender(means, satang), key=f"k{n}", actor=cashier, now=now
        )[0]
        for n, means, satang, now in orders
    ]
    manager = a_user("manager", Role.MANAGER, office=authority)
    payment_undo(paid[3], source="request:1", actor=manager, now=at(7))
    return bills


def test_the_same_money_by_parcel_taxpayer_day_means_and_area(town: list[Any]) -> None:
    authority = a_local_authority()
    received = received_in(authority, 2026)
    by_day: dict[date, int] = {}
    for each in received:
        by_day[each.day] = by_day.get(each.day, 0) + each.satang
    by_taxpayer = {
        tuple(row["bill__taxpayers"]): row["total"]
        for row in Balance.objects.values("bill__taxpayers").annotate(total=Sum("received_satang"))
    }
    by_parcel = [row.paid_satang for row in collection_list(authority, 2026, state="all")]
    area = figures_by(authority, 2026, Grouping.BLOCK, today=TODAY)
    ledger = -sum(
        Leg.objects.filter(
            entry__kind__in=["payment", "allocation"], assessment__isnull=False
        ).values_list("satang", flat=True)
    )
    sums = {
        "ledger": ledger,
        "day": sum(by_day.values()),
        "month": by_month(received, 2026)[-1],
        "means": sum(satang for _name, satang in by_means(received)),
        "taxpayer": sum(by_taxpayer.values()),
        "parcel": sum(by_parcel),
        "area": total_of(part.figures for part in area.parts).collected_satang,
        "year": years_of(authority)[0].figures.collected_satang,
    }
    assert len(set(sums.values())) == 1, sums
    assert ledger > 60_000
    # The undone payment came and went: nothing of it is left, and its owner owes all.
    assert sum(by_day[day] for day in (date(2026, 6, 12), date(2026, 7, 10))) == 0


def test_zones_stand_beside_the_year_before(town: list[Any]) -> None:
    unit = a_unit(a_party("ปีก่อน"), parcel={"tax_parcel_code": "01A900"})
    an_assessment(unit, tax_satang=500, tax_year=2025)
    parts, total, before = compared(a_local_authority(), 2026, Grouping.ZONE, today=TODAY)
    assert [(part.name, part.before is None) for part in parts] == [("01", False), ("02", True)]
    assert total_of(part.now for part in parts) == total
    assert before.assessed_satang == 500
    assert total.percent == f"{total.collected_satang * 1000 // total.payable_satang / 10:.1f}"


def test_the_blocks_with_the_greatest_debts_come_first(town: list[Any]) -> None:
    parts, _total, _before = compared(a_local_authority(), 2026, Grouping.BLOCK, today=TODAY)
    assert worst(parts)[0].name == "02A"
    debts = [part.now.outstanding_satang for part in worst(parts)]
    assert debts == sorted(debts, reverse=True)


days = st.dates(date(2025, 6, 1), date(2027, 6, 1))
receipts = st.lists(
    st.builds(
        Received, day=days, means=st.sampled_from(["cash", "qr", "", "?"]),
        is_signboard=st.booleans(), satang=st.integers(-(10**6), 10**9),
    ),
    max_size=40,
)  # fmt: skip


@given(receipts)
def test_months_and_means_lose_nothing(received: list[Received]) -> None:
    total = sum(each.satang for each in received)
    months = by_month(received, 2026)
    assert len(months) == MONTHS_OF_A_YEAR
    assert months[-1] == total
    assert sum(satang for _name, satang in by_means(received)) == total


@given(st.lists(st.integers(0, 10**12), min_size=12, max_size=12))
def test_the_picture_holds_every_month(sums: list[int]) -> None:
    chart = month_chart(sums, [0] * 12, 2026, 12)
    if any(sums):
        assert len(chart.lines[0][0].split()) == MONTHS_OF_A_YEAR
    else:
        assert not chart.lines


def test_the_small_map_shows_the_blocks(town: list[Any]) -> None:
    found = figures_by(a_local_authority(), 2026, Grouping.BLOCK, today=TODAY)
    shapes, height = block_map(a_local_authority(), [Part(p.name, p.figures) for p in found.parts])
    assert [shape.code for shape in shapes] == ["01A"]
    assert height > 0
    assert shapes[0].path.startswith("M")
    assert "%" in shapes[0].text


def officer(*roles: Role, office: Any = None, name: str = "officer") -> Client:
    client = Client()
    client.force_login(a_user(name, *roles, office=office or a_local_authority()))
    client.cookies["django_language"] = "en"
    return client


@pytest.mark.parametrize("by", ["zone", "block"])
def test_the_page_tells_all_of_it(town: list[Any], by: str) -> None:
    page = officer(Role.TAX_OFFICER).get(reverse("taxmap-dashboard"), {"by": by}).content.decode()
    assert "Collection rate" in page
    assert page.count('role="img"') == 2
    assert "cash" in page
    assert "QR code" in page


def test_an_empty_authority_has_an_empty_dashboard() -> None:
    client = officer(Role.CASHIER, office=a_local_authority("LA-OTHER"))
    page = client.get(reverse("taxmap-dashboard")).content.decode()
    assert "No year was assessed yet." in page
    assert officer(Role.LAND_OFFICER, name="clerk").get(
        reverse("taxmap-dashboard")
    ).status_code == 403  # fmt: skip
