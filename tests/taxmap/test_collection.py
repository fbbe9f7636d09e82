"""The collection map: who sees it, what it tells, what leaves a trace."""

from __future__ import annotations

import csv
import io
import math
from datetime import UTC, datetime
from typing import Any

import mapbox_vector_tile
import pytest
from django.contrib.gis.geos import MultiPolygon
from django.test import Client

from offices.jobs import CommandRun
from offices.models import AuditEntry, Role
from taxmap.models import Assessment, ValuationUnit
from taxmap.services.roll import roll_assess
from tests.factories import (
    NOW,
    a_local_authority,
    a_party,
    a_square,
    a_unit,
    a_user,
    amended,
)
from tests.taxmap.money import paid_at_counter, roll_closed

pytestmark = pytest.mark.django_db
YEAR = 2026
IN_TIME = datetime(2026, 6, 1, 3, 0, tzinfo=UTC)


@pytest.fixture
def units() -> list[ValuationUnit]:
    """Three commercial plots side by side, the first paid, the second half paid."""
    found = [
        a_unit(
            a_party(f"เจ้าของ{n}"), uses={"other": 100},
            parcel={"tax_parcel_code": f"01A00{n}", "land_number": f"{n}",
                    "geometry": a_square(lon=100.47 + n * 0.0004)},
        )
        for n in (1, 2, 3)
    ]  # fmt: skip
    authority = a_local_authority()
    roll_assess(local_authority=authority, tax_year=YEAR, now=NOW, job=CommandRun(io.StringIO()))
    roll_closed(authority, YEAR)
    for number, part in ((0, 1), (1, 2)):
        assessment = Assessment.objects.get(unit=found[number])
        paid_at_counter(
            assessment.bill, assessment.tax_satang // part, key=f"{number}", now=IN_TIME
        )
    return found


def officer(*roles: Role, office: Any = None, name: str = "officer") -> Client:
    client = Client()
    client.force_login(a_user(name, *roles, office=office or a_local_authority()))
    client.cookies["django_language"] = "en"
    return client


def page(client: Client, address: str, **query: Any) -> str:
    answer = client.get(address, query)
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


PAGES = [
    "/taxmap/",
    "/taxmap/collection/",
    "/taxmap/collection.csv",
    "/taxmap/at/",
    "/taxmap/sheet.pdf",
    "/taxmap/export.html",
]


@pytest.mark.parametrize("address", PAGES)
def test_nobody_without_a_task_in_tax_sees_it(address: str) -> None:
    assert Client().get(address).status_code == 302
    assert officer(Role.LAND_OFFICER).get(address).status_code == 403


def test_a_cashier_sees_but_does_not_print() -> None:
    cashier = officer(Role.CASHIER)
    assert cashier.get("/taxmap/").status_code == 200
    assert cashier.get("/taxmap/sheet.pdf?area=01A").status_code == 403
    assert cashier.get("/taxmap/export.html?area=01A").status_code == 403


def test_another_authority_sees_nothing_of_it(units: list[ValuationUnit]) -> None:
    stranger = officer(Role.TAX_OFFICER, office=a_local_authority("LA-OTHER"))
    public_id = units[0].parcel.public_id
    assert stranger.get(f"/taxmap/units/{public_id}/").status_code == 404
    assert stranger.post(f"/taxmap/units/{public_id}/owner/").status_code == 404
    assert "01A001" not in page(stranger, "/taxmap/collection/", state="all")
    assert stranger.get("/taxmap/at/", {"lon": 100.4706, "lat": 13.8702}).status_code == 204
    assert not AuditEntry.objects.filter(action="parcels.owner_viewed").exists()


def test_the_figures_of_the_year(units: list[ValuationUnit]) -> None:
    text = page(officer(Role.TAX_OFFICER), "/taxmap/", code="01A002")
    # 400 square wa at 1,000 baht, 0.3 %: 1,200 baht each
    for figure in ("3,600.00", "1,800.00", "3 / 3"):
        assert figure in text
    assert "partly paid" in text
    assert "The first 400,000.00 baht" in text


def test_a_wrong_code_is_told(units: list[ValuationUnit]) -> None:
    assert "There is no unit 99Z" in page(officer(Role.TAX_OFFICER), "/taxmap/", code="99z")


def test_a_tap_finds_the_unit(units: list[ValuationUnit]) -> None:
    client = officer(Role.TAX_OFFICER)
    assert "01A001" in page(client, "/taxmap/at/", lon=100.4706, lat=13.8702)
    assert client.get("/taxmap/at/", {"lon": 1, "lat": 1}).status_code == 204
    for wrong in ({"lon": "nan", "lat": 1}, {"lon": "x"}, {}, {"lon": 999, "lat": 0}):
        assert client.get("/taxmap/at/", wrong).status_code == 404


def test_owners_are_shown_on_request_and_the_look_up_is_recorded(
    units: list[ValuationUnit],
) -> None:
    client = officer(Role.TAX_OFFICER)
    address = f"/taxmap/units/{units[0].parcel.public_id}/"
    assert "เจ้าของ1" not in page(client, address)
    assert not AuditEntry.objects.filter(action="parcels.owner_viewed").exists()
    assert "เจ้าของ1" in client.post(f"{address}owner/").content.decode()
    entry = AuditEntry.objects.get(action="parcels.owner_viewed")
    assert entry.subject_id == units[0].parcel.public_id
    assert "เจ้าของ" not in str(entry.data)
    cashier = officer(Role.CASHIER, name="cashier")
    assert "Show the owners" not in page(cashier, address)
    assert cashier.post(f"{address}owner/").status_code == 403


@pytest.mark.parametrize(
    ("state", "codes"),
    [
        ("outstanding", ["01A002", "01A003"]),
        ("paid", ["01A001"]),
        ("partly", ["01A002"]),
        ("unpaid", ["01A003"]),
        ("exempt", []),
        ("all", ["01A001", "01A002", "01A003"]),
    ],
)
def test_the_list_can_be_filtered(units: list[ValuationUnit], state: str, codes: list[str]) -> None:
    client = officer(Role.TAX_OFFICER)
    text = page(client, "/taxmap/collection/", state=state, block="01A")
    assert [code for code in ("01A001", "01A002", "01A003") if code in text] == codes
    assert "01A00" not in page(client, "/taxmap/collection/", state=state, block="02A")


def rows_of(client: Client, **query: Any) -> list[list[str]]:
    answer = client.get("/taxmap/collection.csv", query)
    content = b"".join(answer.streaming_content)  # type: ignore[attr-defined]
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))


def test_the_file_is_the_list(units: list[ValuationUnit]) -> None:
    head, *rows = rows_of(officer(Role.TAX_OFFICER), state="all")
    assert len(head) == 7
    assert rows[1] == ["01A002", "2", "400000.00", "1200.00", "600.00", "600.00", "partly paid"]


def test_a_formula_in_a_number_stays_text(units: list[ValuationUnit]) -> None:
    amended(units[0].parcel, land_number="=1+1")
    _head, first, *_rest = rows_of(officer(Role.TAX_OFFICER), state="all")
    assert first[1] == "'=1+1"


def tile_at(client: Client, shape: MultiPolygon, zoom: int = 16) -> Any:
    centre, n = shape.centroid, 2**zoom
    x = int((centre.x + 180) / 360 * n)
    y = int((1 - math.asinh(math.tan(math.radians(centre.y))) / math.pi) / 2 * n)
    return client.get(f"/tiles/assessments/{zoom}/{x}/{y}.mvt")


def test_the_tiles_hold_every_year_and_no_owner(units: list[ValuationUnit]) -> None:
    answer = tile_at(officer(Role.TAX_OFFICER), units[0].parcel.geometry)
    layer = mapbox_vector_tile.decode(answer.content)["assessments"]
    told = {each["properties"]["code"]: each["properties"] for each in layer["features"]}
    assert told["01A001"] == {
        "code": "01A001", "land": "1", "price": 1000, "use": "other",
        "tax_2026": 1200.0, "state_2026": "paid",
    }  # fmt: skip
    assert told["01A002"]["state_2026"] == "partly"
    assert told["01A003"]["state_2026"] == "unpaid"


def test_the_tiles_are_for_the_officers_of_the_authority(units: list[ValuationUnit]) -> None:
    shape = units[0].parcel.geometry
    assert tile_at(Client(), shape).status_code in {302, 401, 403, 404}
    stranger = officer(Role.TAX_OFFICER, office=a_local_authority("LA-OTHER"))
    answer = tile_at(stranger, shape)
    decoded = mapbox_vector_tile.decode(answer.content) if answer.content else {}
    assert not decoded.get("assessments", {}).get("features")


def test_the_admin_of_reference_data_opens(
    units: list[ValuationUnit], admin_client: Client
) -> None:
    for name in ("street", "taxzone", "taxblock", "valuationunit"):
        assert admin_client.get(f"/admin/taxmap/{name}/").status_code == 200, name
    assert admin_client.get(f"/admin/taxmap/valuationunit/{units[0].pk}/change/").status_code == 200
