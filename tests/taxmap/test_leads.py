"""Leads to missing tax: what each rule finds, what is at stake, what stays through searches."""

from __future__ import annotations

import io
import json
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse

from offices.jobs import CommandRun
from offices.models import Job, Role
from taxmap.missing import counts_of, leads_of, path_of, pictures_of, reason_of
from taxmap.models import BuildingOutline, Cause, Lead, LeadNote, UnitUse, ValuationUnit
from taxmap.services.leads import LeadNoteEmpty, lead_note, leads_search
from taxmap.services.outlines import OutlinesUnreadable, outlines_import
from tests.factories import (
    NOW,
    a_building,
    a_local_authority,
    a_parcel,
    a_party,
    a_square,
    a_unit,
    a_user,
    an_assessment,
)

pytestmark = pytest.mark.django_db
TODAY = NOW.date()
LON, LAT, SIDE = 100.47, 13.87, 0.0004


def unit_at(x: int, y: int = 0, *, use: str = "residential", **more: Any) -> ValuationUnit:
    """An assessed unit of a grid; neighbours touch."""
    facts = more.pop("parcel", {})
    return a_unit(
        *more.pop("owners", (a_party(f"เจ้าของ{x}-{y}"),)),
        uses={use: 100} if use else {},
        parcel={
            "tax_parcel_code": f"01A{100 + 10 * y + x}",
            "geometry": a_square(lon=LON + x * SIDE, lat=LAT + y * SIDE, side=SIDE),
            "legal_area_m2": Decimal("1911.00"),
        } | facts,
        **more,
    )  # fmt: skip


def searched(**more: Any) -> dict[str, Any]:
    return leads_search(
        local_authority=a_local_authority(), tax_year=2026, run=CommandRun(io.StringIO()),
        **{"now": NOW} | more,
    )  # fmt: skip


def assessed(*units: ValuationUnit) -> None:
    for unit in units:
        an_assessment(unit)


def only() -> Lead:
    return Lead.objects.get()


def test_a_parcel_without_a_unit_is_found() -> None:
    fields = {"local_authority": a_local_authority(), "tax_parcel_code": "01A001"}
    plot = a_parcel(land_use="residential", geometry=a_square(), **fields)
    a_parcel(land_use="road", geometry=a_square(lon=100.48), **fields)
    assert searched()["causes"] == {"no_unit": 1}
    assert only().parcel_id == plot.pk
    assert only().at_stake_satang is None


@pytest.mark.parametrize(
    ("more", "cause", "is_estimated"),
    [
        ({"owners": ()}, Cause.NO_OWNER, True),
        ({"satang_per_wa": None}, Cause.NO_PRICE, False),
        ({"use": ""}, Cause.NO_USE, False),
        ({"use": "other"}, Cause.NOT_ASSESSED, True),
    ],
)
def test_what_the_roll_left_out_is_told_by_its_reason(
    more: dict[str, Any], cause: Cause, is_estimated: bool
) -> None:
    unit_at(0, **more)
    assert searched()["causes"] == {cause.value: 1}
    assert (only().at_stake_satang is not None) == is_estimated
    assert reason_of(only())


def test_public_land_is_no_lead() -> None:
    unit_at(0, is_taxable=False)
    assert searched()["leads"] == 0


def test_a_unit_without_use_is_estimated_as_its_neighbours() -> None:
    around = [(0, 0), (1, 0), (2, 0), (0, 1), (2, 1), (0, 2), (1, 2), (2, 2)]
    assessed(*(unit_at(x, y, use="other") for x, y in around))
    unit_at(1, 1, use="")
    searched()
    # 477.75 wa at 1,000 baht, 0.3 %
    assert only().cause == Cause.NO_USE
    assert only().at_stake_satang == 143_325


def test_a_building_on_vacant_land_is_found() -> None:
    unit = unit_at(0, use="vacant")
    a_building(unit)
    assessed(unit)
    assert searched()["causes"] == {"building_on_vacant": 1}
    assert only().facts == {"buildings": 1, "floor_area_m2": 100.0}
    assert "100" in reason_of(only())


def test_a_difference_of_areas_within_the_tolerance_is_none() -> None:
    near, far = unit_at(0), unit_at(2, parcel={"legal_area_m2": Decimal("1500.00")})
    assessed(near, far)
    assert searched()["causes"] == {"area_differs": 1}
    lead = only()
    assert lead.parcel_id == far.parcel_id
    drawn = Decimal(str(lead.facts["calculated_m2"]))
    # The dwelling is taxed at 0.02 % on about 410 m² more, at 250 baht a square metre.
    assert lead.at_stake_satang == pytest.approx(int((drawn - 1500) * 250 * Decimal("0.02")), abs=2)


def around(x: int, y: int) -> list[tuple[int, int]]:
    return [(x + dx, y + dy) for dx in (-1, 0, 1) for dy in (-1, 0, 1) if dx or dy]


def test_a_use_unlike_all_neighbours_is_found() -> None:
    assessed(unit_at(1, 1), *(unit_at(x, y, use="other") for x, y in around(1, 1)))
    searched()
    lead = only()
    assert (lead.cause, lead.parcel.tax_parcel_code) == ("use_unlike_neighbours", "01A111")
    assert lead.facts == {"use": "residential", "usual": "other", "alike": 8, "neighbours": 8}
    assert lead.at_stake_satang is not None
    assert lead.at_stake_satang > 0


def test_a_main_home_among_dwellings_and_a_vacant_plot_among_shops_are_like_the_others() -> None:
    assessed(unit_at(1, 1, use="main_home"), *(unit_at(x, y) for x, y in around(1, 1)))
    assessed(unit_at(6, 6, use="vacant"), *(unit_at(x, y, use="other") for x, y in around(6, 6)))
    assert "use_unlike_neighbours" not in searched()["causes"]


def test_four_neighbours_say_nothing() -> None:
    assessed(unit_at(0, 0), *(unit_at(x, y, use="other") for x, y in ((1, 0), (0, 1), (1, 1))))
    assert searched()["leads"] == 0


def test_a_farm_in_the_middle_of_town_is_found() -> None:
    town = [(x, y) for x in range(4) for y in range(4) if (x, y) != (1, 1)]
    assessed(unit_at(1, 1, use="agriculture"), *(unit_at(x, y) for x, y in town))
    causes = searched()["causes"]
    assert causes["farm_in_town"] == 1
    farm = Lead.objects.get(cause=Cause.FARM_IN_TOWN)
    assert farm.at_stake_satang is not None
    assert farm.at_stake_satang > 0
    assert "agriculture" in reason_of(farm) or "เกษตร" in reason_of(farm)


def outline(x: float = LON + 0.0001, side: float = 0.0001, **more: Any) -> BuildingOutline:
    return BuildingOutline.objects.create(
        local_authority=a_local_authority(), source="ภาพถ่าย", reference=str(x),
        seen_on=date(2025, 12, 1), geometry=a_square(lon=x, lat=LAT + 0.0001, side=side)[0], **more,
    )  # fmt: skip


def test_a_building_seen_but_not_registered_is_found() -> None:
    unit = unit_at(0)
    a_building(unit, footprint=None)
    assessed(unit)
    seen = outline()
    assert searched()["causes"] == {"unregistered_building": 1}
    lead = only()
    assert lead.outline_id == seen.pk
    assert lead.at_stake_satang is not None  # the median price of the authority's buildings
    assert lead.at_stake_satang > 0


def test_a_recorded_footprint_explains_an_outline_and_a_shed_is_too_small() -> None:
    unit = unit_at(0)
    seen = outline()
    a_building(unit, footprint=seen.geometry)
    outline(LON + 0.0003, side=0.00002)
    assessed(unit)
    assert searched()["leads"] == 0


def test_notes_stay_through_searches_and_what_comes_back_is_open_again() -> None:
    unit = unit_at(0, use="vacant")
    building = a_building(unit)
    assessed(unit)
    searched()
    officer = a_user("officer", Role.TAX_OFFICER, office=a_local_authority())
    with pytest.raises(LeadNoteEmpty):
        lead_note(lead=only(), state=Lead.State.SETTLED, text=" ", actor=officer, now=NOW)
    lead_note(lead=only(), state=Lead.State.SETTLED, text="รื้อแล้ว", actor=officer, now=NOW)
    assert searched() | {"seconds": 0} == {
        "leads": 1, "new": 0, "back": 0, "gone": 0, "causes": {"building_on_vacant": 1},
        "at_stake_satang": 0, "seconds": 0,
    }  # fmt: skip
    assert only().state == Lead.State.SETTLED
    held = building.valid_during
    stood = type(building).objects.filter(pk=building.pk)
    stood.update(valid_during=(date(2000, 1, 1), date(2001, 1, 1)))
    assert searched()["gone"] == 1
    assert not leads_of(a_local_authority(), state="all")
    stood.update(valid_during=held)
    assert searched(now=NOW + timedelta(days=1))["back"] == 1
    assert (only().state, only().gone_at) == (Lead.State.OPEN, None)
    assert only().notes.count() == 1


def test_a_note_is_never_changed() -> None:
    unit_at(0, owners=())
    searched()
    officer = a_user("officer", Role.TAX_OFFICER, office=a_local_authority())
    lead_note(lead=only(), state=Lead.State.LOOKED_AT, text="ไปดูแล้ว", actor=officer, now=NOW)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        LeadNote.objects.update(text="อื่น")


def test_the_picture_shows_plot_neighbours_buildings_and_what_was_seen() -> None:
    unit, _beside = unit_at(0), unit_at(1)
    a_building(unit, footprint=a_square(lon=LON + 0.00025, lat=LAT + 0.0002, side=0.00005)[0])
    outline()
    assessed(unit, _beside)
    searched()
    picture = pictures_of([only()], TODAY)[only().pk]
    assert [kind for kind, _path in picture.paths] == ["near", "plot", "building", "seen"]
    low, _, wide, high = map(float, picture.view_box.split())
    assert wide == high == pytest.approx(-2 * low, abs=0.2)
    numbers = [
        float(number)
        for _kind, path in picture.paths
        for number in path.replace("M", " ").replace("L", " ").replace("Z", " ").split()
    ]
    assert max(map(abs, numbers)) <= picture.half + 0.1


def test_a_clipped_shape_of_any_kind_has_a_path() -> None:
    square = [[[0, 0], [1, 0], [1, 1], [0, 0]]]
    written = path_of({"type": "Polygon", "coordinates": square})
    assert written == "M0.0 0.0L1.0 0.0L1.0 -1.0L0.0 0.0Z"
    assert path_of({"type": "MultiPolygon", "coordinates": [square, square]}).count("M") == 2
    line = {"type": "LineString", "coordinates": [[0, 0], [1, 1]]}
    assert path_of({"type": "GeometryCollection", "geometries": [line]}) == ""


def officer_client(*roles: Role, office: Any = None, name: str = "officer") -> Client:
    client = Client()
    client.force_login(a_user(name, *roles, office=office or a_local_authority()))
    client.cookies["django_language"] = "en"
    return client


def test_the_pages_list_tell_and_keep() -> None:
    unit_at(0, owners=())
    searched()
    client = officer_client(Role.TAX_OFFICER)
    page = client.get(reverse("taxmap-missing")).content.decode()
    assert "No owner or possessor is registered" in page
    assert 'class="lead-picture"' in page
    address = reverse("taxmap-lead", args=[only().public_id])
    assert client.post(address, {"text": ""}).status_code == 422
    assert client.post(address, {"text": "ถามที่ดินแล้ว", "state": "settled"}).status_code == 302
    assert "ถามที่ดินแล้ว" in client.get(address).content.decode()
    assert counts_of(a_local_authority())[0]["settled"] == 1
    answer = client.post(reverse("taxmap-missing-search"))
    job = Job.objects.get(kind="taxmap.find_missing_tax")
    assert answer["Location"] == reverse("job-detail", args=[job.public_id])


def test_who_does_not_assess_only_looks_and_strangers_see_nothing() -> None:
    unit_at(0, owners=())
    searched()
    address = reverse("taxmap-lead", args=[only().public_id])
    cashier = officer_client(Role.CASHIER)
    assert "What did you find?" not in cashier.get(address).content.decode()
    assert cashier.post(address, {"text": "x"}).status_code in {403, 404}
    assert cashier.post(reverse("taxmap-missing-search")).status_code == 403
    stranger = officer_client(
        Role.TAX_OFFICER, office=a_local_authority("LA-OTHER"), name="stranger"
    )
    assert stranger.get(address).status_code == 404
    assert "No owner" not in stranger.get(reverse("taxmap-missing")).content.decode()


def collection(*features: Any) -> bytes:
    return json.dumps({"type": "FeatureCollection", "features": features}).encode()


def feature(number: int, ring: list[list[float]]) -> dict[str, Any]:
    return {
        "type": "Feature", "id": number, "properties": {},
        "geometry": {"type": "Polygon", "coordinates": [ring]},
    }  # fmt: skip


SQUARE = [[100.0, 13.0], [100.1, 13.0], [100.1, 13.1], [100.0, 13.1], [100.0, 13.0]]
CROSSED = [[100.0, 13.0], [100.1, 13.1], [100.1, 13.0], [100.0, 13.1], [100.0, 13.0]]


def take(content: bytes) -> Any:
    return outlines_import(
        local_authority=a_local_authority(), content=content, source="ภาพ", actor=None, now=NOW,
        seen_on=TODAY,
    )  # fmt: skip


def test_outlines_are_taken_once_and_rejects_are_told() -> None:
    metres = [[650_000.0, 1_500_000.0], [650_010.0, 1_500_000.0], [650_010.0, 1_500_010.0],
              [650_000.0, 1_500_000.0]]  # fmt: skip
    content = collection(feature(1, SQUARE), feature(2, CROSSED), feature(3, metres), {}, 5)
    new, known, rejects = take(content)
    assert (new, known) == (1, 0)
    assert [each.number for each in rejects] == [2, 3, 4, 5]
    assert "degrees" in rejects[1].reason
    assert take(content)[:2] == (0, 1)


@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b"[" * 100_000, b"\xff"])
def test_what_is_no_file_of_outlines_is_refused(content: bytes) -> None:
    with pytest.raises(OutlinesUnreadable):
        take(content)


def test_the_commands_do_the_same(tmp_path: Path) -> None:
    a_local_authority()
    file = tmp_path / "seen.geojson"
    file.write_bytes(collection(feature(1, SQUARE), feature(2, CROSSED)))
    out = io.StringIO()
    call_command(
        "import_outlines", file, source="ภาพ", seen_on=TODAY, json=True, stdout=out,
        stderr=io.StringIO(),
    )  # fmt: skip
    assert json.loads(out.getvalue()) == {"new": 1, "known": 0, "rejected": 1}
    assert "2," in (tmp_path / "seen.geojson.rejects.csv").read_text(encoding="utf-8-sig")
    unit_at(0, owners=())
    out = io.StringIO()
    call_command("find_missing_tax", 2026, json=True, stdout=out, stderr=io.StringIO())
    assert json.loads(out.getvalue())["causes"] == {"no_owner": 1}
    assert UnitUse.objects.exists()
