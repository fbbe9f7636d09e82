"""The figures of the map: windows add up, and say what the lists and the ledger say."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection
from django.db.models import Sum
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from offices.models import Role
from taxmap.collection import collection_list
from taxmap.figures import (
    EVERYWHERE,
    FIGURES_SQL,
    Figures,
    Grouping,
    Window,
    figures_by,
    figures_of,
    total_of,
    with_rest,
)
from taxmap.models import Balance, Street, ValuationUnit
from taxmap.themes import Theme, class_of, classes_of, payment_state
from tests.factories import (
    NOW,
    a_local_authority,
    a_party,
    a_square,
    a_unit,
    a_user,
    an_assessment,
)
from tests.taxmap.money import paid_at_counter, roll_closed
from tiles.registry import layer_named, statement_of

pytestmark = pytest.mark.django_db
TODAY = NOW.date()
LATE = datetime(2026, 7, 15, 3, 0, tzinfo=UTC)
WEST, SOUTH, STEP = 100.47, 13.87, 0.0006
amounts = st.integers(0, 5_000_000)


def plot(at: int, *, block: str = "01A", street: Street | None = None) -> Any:
    return a_unit(
        a_party(f"เจ้าของ{at}"),
        street=street,
        parcel={
            "tax_parcel_code": f"{block}{at:03}",
            "geometry": a_square(lon=WEST + at * STEP, lat=SOUTH),
        },
    )  # fmt: skip


@pytest.fixture
def town() -> list[Any]:
    """Six plots in a row over two zones; the first bill paid late, the second in part."""
    soi = Street.objects.create(
        local_authority=a_local_authority(), name_th="ซอยทดสอบ", name_en="Soi",
        centreline="SRID=4326;LINESTRING(100.47 13.87, 100.48 13.87)",
    )  # fmt: skip
    units = [
        plot(at, block="01A" if at < 4 else "02B", street=soi if at else None) for at in range(6)
    ]
    bills = [
        an_assessment(unit, tax_satang=20_000 + 10_000 * at).bill for at, unit in enumerate(units)
    ]
    roll_closed(a_local_authority(), 2026)
    for number, satang in ((0, 20_000), (1, 1_000)):
        bill = bills[number]
        assert bill is not None
        bill.refresh_from_db()
        paid_at_counter(bill, satang, key=f"k{number}", now=LATE)
    return units


def whole(**more: Any) -> Any:
    return figures_by(a_local_authority(), 2026, today=TODAY, **more)


def assert_balances(figures: Figures) -> None:
    late = figures.assessed_satang + figures.late_satang - figures.waived_satang
    assert late - figures.collected_satang == figures.outstanding_satang
    assert figures.payable_satang == late


def test_what_was_assessed_and_added_is_collected_waived_or_outstanding(town: list[Any]) -> None:
    total = whole().total
    assert_balances(total)
    assert total.units == total.assessed_units == 6
    assert total.assessed_satang == sum(20_000 + 10_000 * at for at in range(6))
    assert total.collected_satang == 21_000
    assert total.late_satang > 0  # paid after the day


def test_the_figures_are_those_of_the_ledger_and_of_the_list(town: list[Any]) -> None:
    total = whole().total
    kept = Balance.objects.aggregate(
        received=Sum("received_satang"), due=Sum("due_satang"), charged=Sum("charged_satang")
    )
    assert (kept["charged"], kept["received"], kept["due"]) == (
        total.assessed_satang, total.collected_satang, total.outstanding_satang,
    )  # fmt: skip
    listed = list(collection_list(a_local_authority(), 2026, state="all"))
    assert sum(row.due_satang for row in listed) == total.outstanding_satang
    assert sum(row.paid_satang for row in listed) == total.collected_satang
    owing = collection_list(a_local_authority(), 2026)
    assert owing.count() == total.owing_units


@pytest.mark.parametrize("grouping", list(Grouping))
def test_the_parts_add_up_to_the_total(town: list[Any], grouping: Grouping) -> None:
    found = whole(grouping=grouping)
    assert total_of(part.figures for part in found.parts) == found.total
    for part in found.parts:
        assert_balances(part.figures)
    expected = {"zone": {"01", "02"}, "block": {"01A", "02B"}, "street": {"", "ซอยทดสอบ"}}
    assert {part.name for part in found.parts} == expected[grouping]
    most, rest = with_rest(found, 1)
    assert rest is not None
    assert total_of([part.figures for part in most] + [rest]) == found.total


def test_a_zone_or_block_alone(town: list[Any]) -> None:
    parts = {part.name: part.figures for part in whole(grouping=Grouping.BLOCK).parts}
    for area in ("01A", "02B"):
        assert figures_of(a_local_authority(), 2026, today=TODAY, area=area) == parts[area]


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cut=st.floats(WEST - 0.001, WEST + 0.005), across=st.floats(SOUTH - 0.001, SOUTH + 0.001))
def test_windows_side_by_side_add_up(town: list[Any], cut: float, across: float) -> None:
    w, s, e, n = EVERYWHERE
    quarters = [
        whole(window=Window(*edges)).total
        for edges in (
            (w, s, cut, across), (cut, s, e, across), (w, across, cut, n), (cut, across, e, n),
        )
    ]  # fmt: skip
    assert total_of(quarters) == whole().total


def test_a_plot_on_the_edge_is_counted_once(town: list[Any]) -> None:
    at = town[2].parcel.label_point.x
    left, right = (
        whole(window=Window(*edges)).total.units
        for edges in ((-180.0, -90.0, at, 90.1), (at, -90.0, 180.1, 90.1))
    )
    assert (left, right) == (2, 4)


@pytest.mark.parametrize(
    "text", ["", "1,2,3", "nan,0,1,1", "2,0,1,1", "0,5,1,4", "a,b,c,d", "0,0,999,1", "inf,0,1,1"]
)
def test_what_is_no_window_is_refused(text: str) -> None:
    with pytest.raises((TypeError, ValueError)):
        Window.read(text)


def test_the_window_uses_the_index() -> None:
    for at in range(60):
        an_assessment(plot(at))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE parcels_parcel, taxmap_valuationunit, taxmap_assessment")
        # In a town of sixty plots a loop over all units would be as good: it is not asked about.
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SET LOCAL enable_nestloop = off")
        cursor.execute(f"EXPLAIN {FIGURES_SQL}", {
            "authority": a_local_authority().pk, "year": 2026, "today": TODAY,
            "area": "", "grouping": "zone",
            "west": 100.47, "south": 13.87, "east": 100.471, "north": 13.871,
        })  # fmt: skip
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert "parcels_parcel_geometry" in plan


def test_a_tile_uses_the_indexes_of_places_assessments_and_visits() -> None:
    for at in range(60):
        an_assessment(plot(at))
    layer = layer_named("assessments")
    assert layer is not None
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE parcels_parcel, taxmap_valuationunit, taxmap_assessment")
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(f"EXPLAIN {statement_of(layer)}", {
            "z": 16, "x": 51057, "y": 30214, "today": TODAY, "offices": [1],
        })  # fmt: skip
        plan = "\n".join(row[0] for row in cursor.fetchall())
    for index in (
        "parcels_parcel_geometry",
        "unit_is_assessed_once_a_year",
        "last_visit_of_a_unit",
    ):
        assert index in plan, plan


def officer(*roles: Role, office: Any = None, name: str = "officer") -> Client:
    client = Client()
    client.force_login(a_user(name, *roles, office=office or a_local_authority()))
    client.cookies["django_language"] = "en"
    return client


def test_the_page_part_tells_the_figures_of_the_window(town: list[Any]) -> None:
    client = officer(Role.TAX_OFFICER)
    seen = client.get(reverse("taxmap-figures"), {
        "window": f"{WEST},13,{WEST + 1.5 * STEP},14", "by": "block", "year": "2026",
    })  # fmt: skip
    text = seen.content.decode()
    assert "What the map shows" in text
    assert "2 / 2" in text
    assert client.get(reverse("taxmap-figures"), {"window": "x"}).status_code == 400


def test_another_authority_counts_nothing(town: list[Any]) -> None:
    stranger = officer(Role.TAX_OFFICER, office=a_local_authority("LA-OTHER"))
    assert "0 / 0" in stranger.get(reverse("taxmap-figures")).content.decode()
    clerk = officer(Role.LAND_OFFICER, name="clerk")
    assert clerk.get(reverse("taxmap-figures")).status_code == 403


@given(tax=amounts, paid=amounts, due=amounts)
def test_a_payment_state_asks_the_ledger(tax: int, paid: int, due: int) -> None:
    state = payment_state(tax, paid, due)
    if tax and due:
        assert state == ("partly" if paid else "unpaid")
    else:
        assert state == ("paid" if tax else "exempt")


@pytest.mark.parametrize(("years", "key"), [(None, "none"), (0, "0"), (2, "2"), (3, "3"), (9, "3")])
def test_arrears_are_coloured_by_their_age(years: int | None, key: str) -> None:
    row = {"owed_years": years}
    assert class_of(row, Theme.ARREARS, classes_of(Theme.ARREARS)).key == key


@pytest.mark.parametrize(("visit", "key"), [(None, "none"), ("absent", "absent")])
def test_visits_are_coloured_by_the_last_outcome(visit: str | None, key: str) -> None:
    assert class_of({"visit": visit}, Theme.VISIT, classes_of(Theme.VISIT)).key == key


def test_every_unit_on_a_plot_counts_at_its_place(town: list[Any]) -> None:
    before = whole().total
    theirs = ValuationUnit.objects.create(
        parcel=town[0].parcel, local_authority=a_local_authority(), owner=a_party("ผู้เช่า")
    )
    an_assessment(theirs, tax_satang=5_000)
    after = whole().total
    assert after.units == before.units + 1
    assert after.assessed_satang == before.assessed_satang + 5_000
    assert after.outstanding_satang == before.outstanding_satang + 5_000
