"""The pages of the map, the search and the plot; who sees owners, and what is written down."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from psycopg.types.range import Range

from offices.models import AuditEntry, Role, User
from parcels.mapping import map_settings
from parcels.models import BAUnit, Parcel
from parcels.plot_sections import PlotSection, register
from parcels.plot_sections import _sections as registered
from tests.factories import (
    LONG_AGO,
    a_district,
    a_land_office,
    a_local_authority,
    a_parcel,
    a_party,
    a_square,
    a_title,
    a_transaction,
    a_user,
    amended,
)

pytestmark = pytest.mark.django_db
BACKEND = "django.contrib.auth.backends.ModelBackend"
NAMES = ("สมศรี", "ลับเฉพาะ")


@pytest.fixture
def plot() -> Parcel:
    owners = [a_party(NAMES[0], title="นาง", surname=NAMES[1]), a_party("สมชาย")]
    return a_parcel(
        ba_unit=a_title(*owners, deed_number="12345", district=a_district()),
        local_authority=a_local_authority(phone="0 2000 0000"), land_number="87",
        house_number="99/1", street_th="ถนนเทศบาล 1",
    )  # fmt: skip


def page_of(plot: Parcel) -> str:
    return reverse("parcel-detail", args=[plot.public_id])


def owners_of(plot: Parcel) -> str:
    return reverse("parcel-owners", args=[plot.public_id])


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user, BACKEND)
    return client


def text(response: Any) -> str:
    return str(response.content.decode())


# -- the plot page ------------------------------------------------------------------------------


def test_the_plot_page_says_what_is_public(client, plot):
    response = client.get(page_of(plot))
    page = text(response)
    assert response.status_code == 200
    for fact in ("12345", "87", "1 ไร่", "5136 IV 5834-1", "47N", "โทร.", "ถนนเทศบาล 1", "บางใหญ่"):
        assert fact in page.replace("\xa0", " "), fact
    assert page_of(plot) in page
    assert 'name="robots" content="noindex"' in page
    assert response["X-Robots-Tag"] == "noindex"
    assert "<svg" in page
    assert not re.search(r'<[^>]*\sstyle="', page)


def test_an_area_that_differs_is_explained(client, plot):
    amended(plot, legal_area_m2=1700)
    client.cookies["django_language"] = "en"
    said = text(client.get(page_of(plot)))
    assert "larger than the area on the deed" in said
    assert "That is more than usual" in said
    amended(plot, legal_area_m2=None)
    assert "No area is recorded" in text(client.get(page_of(plot)))


def test_a_plot_without_title_or_numbers_has_a_page_too(client):
    bare = a_parcel(legal_area_m2=None, land_number="", map_sheet=None)
    assert client.get(page_of(bare)).status_code == 200


@pytest.mark.parametrize("name", ["AAAAAAAAAAAAAAAAAAAAAA", "x" * 200, "๑๒๓"])
def test_an_unknown_plot_is_not_found(client, name):
    response = client.get(f"/parcels/{name}/")
    assert response.status_code == 404


def test_a_plot_that_ended_says_when_and_what_lies_there_now(client, plot):
    today = timezone.localdate()
    amended(plot, valid_during=Range(LONG_AGO, today))
    heir = a_parcel(ba_unit=a_title(deed_number="777"))
    neighbour = a_parcel(ba_unit=a_title(deed_number="888"), geometry=a_square(100.4704))
    response = client.get(page_of(plot))
    assert response.status_code == 410
    assert page_of(heir) in text(response)
    assert page_of(neighbour) not in text(response)


def test_another_room_adds_a_section(client, plot):
    section = PlotSection(
        name="test", template="web/components/print_header.html",
        context=lambda parcel, on: {"title": f"Section of {parcel.land_number}"},
    )  # fmt: skip
    silent = PlotSection(name="none", template="x.html", context=lambda parcel, on: None)
    register(section)
    register(silent)
    try:
        assert "Section of 87" in text(client.get(page_of(plot)))
    finally:
        del registered["test"], registered["none"]


def test_the_page_asks_the_database_little(client, plot, django_assert_max_num_queries):
    client.get(page_of(plot))
    with django_assert_max_num_queries(9):
        client.get(page_of(plot))


# -- the map and the search without scripts -------------------------------------------------------


def test_the_map_opens_on_the_data_and_an_empty_register_on_thailand(client, plot, monkeypatch):
    west, south, east, north = map_settings()["bounds"]
    assert west <= plot.label_point.x <= east
    assert south <= plot.label_point.y <= north
    monkeypatch.setattr("parcels.mapping.layer_bounds", lambda layer: None)
    assert '"bounds": [97.3, 5.5, 105.7, 20.5]' in text(client.get("/"))


def test_the_search_works_without_scripts(client, plot):
    answer = client.post("/search/", {"q": "โฉนดเลขที่ ๑๒๓๔๕"}, follow=True)
    assert answer.redirect_chain
    assert page_of(plot) in text(answer)
    by_fields = client.get("/search/", {"deed_number": "12345", "district": "1204"})
    assert page_of(plot) in text(by_fields)
    assert page_of(plot) not in text(client.get("/search/", {"q": "99999"}))
    assert client.get("/search/", {"deed_number": "abc"}).status_code == 422


@pytest.mark.parametrize("field", ["q", "deed_number", "land_number"])
def test_a_personal_number_goes_into_no_address_and_is_not_shown_again(client, field):
    posted = client.post("/search/", {field: "๑-๑๐๑๗-๐๐๒๐๓-๔๕-๑"})
    assert posted.status_code == 422
    assert "๑๐๑๗" not in text(posted)
    asked = client.get("/search/", {field: "1101700203451", "map_sheet": "5136 IV 5834-1"})
    assert "1101700203451" not in text(asked)


def test_a_search_page_is_not_for_search_engines_or_shared_caches(client):
    response = client.get("/search/?q=1")
    assert response["X-Robots-Tag"] == "noindex"
    assert "private" in response["Cache-Control"]


# -- owners ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", [Role.LAND_OFFICER, Role.CHECKER, Role.MANAGER])
def test_staff_of_the_land_office_see_owners_after_a_reason(plot, role):
    client = signed_in(a_user("officer", role))
    before = text(client.get(page_of(plot)))
    assert NAMES[0] not in before
    assert owners_of(plot) in before
    assert not AuditEntry.objects.filter(action="parcels.owner_viewed").exists()
    answer = client.post(owners_of(plot), {"reason": "counter"})
    assert all(name in text(answer) for name in NAMES)
    assert "1/2" in text(answer)
    assert "no-store" in answer["Cache-Control"]
    entry = AuditEntry.objects.get(action="parcels.owner_viewed")
    assert entry.actor.username == "officer"
    assert entry.office == plot.office
    assert entry.subject_id == plot.public_id
    assert entry.data == {"reason": "counter", "rights": 2}


def test_the_tax_officer_of_the_local_authority_sees_owners_too(plot):
    client = signed_in(a_user("tax", Role.TAX_OFFICER, office=plot.local_authority))
    assert NAMES[0] in text(client.post(owners_of(plot), {"reason": "tax"}))
    assert AuditEntry.objects.get(action="parcels.owner_viewed").office == plot.local_authority


def test_each_look_is_one_entry_and_without_a_reason_there_is_no_look(plot):
    client = signed_in(a_user("officer", Role.LAND_OFFICER))
    refused = client.post(owners_of(plot), {"reason": ""})
    assert refused.status_code == 422
    assert client.post(owners_of(plot), {"reason": "curiosity"}).status_code == 422
    assert NAMES[0] not in text(refused)
    assert not AuditEntry.objects.filter(action="parcels.owner_viewed").exists()
    for _ in range(3):
        client.post(owners_of(plot), {"reason": "survey"})
    assert AuditEntry.objects.filter(action="parcels.owner_viewed").count() == 3


def test_without_its_entry_no_owner_is_shown(plot, monkeypatch):
    def fails(**_: Any) -> None:
        raise RuntimeError("the trail cannot be written")

    monkeypatch.setattr("parcels.services.owners.entry_record", fails)
    client = signed_in(a_user("officer", Role.LAND_OFFICER))
    client.raise_request_exception = False
    answer = client.post(owners_of(plot), {"reason": "counter"})
    assert answer.status_code == 500
    assert NAMES[0] not in text(answer)


def test_nobody_else_sees_owners_anywhere(client, plot):
    elsewhere = a_land_office("LO-ELSEWHERE")
    strangers = [
        client,
        signed_in(a_user("elsewhere", Role.LAND_OFFICER, office=elsewhere)),
        signed_in(a_user("surveyor", Role.SURVEYOR)),
        signed_in(a_user("cashier", Role.CASHIER, office=plot.local_authority)),
        signed_in(a_user("administrator", Role.ADMINISTRATOR)),
        signed_in(User.objects.create_superuser("root", password="x")),
    ]
    point = plot.label_point
    addresses = [
        "/", page_of(plot), "/search/?q=12345", "/search/?q=99/1",
        f"/api/parcels/at?lon={point.x}&lat={point.y}", "/api/parcels?deed_number=12345",
        f"/api/parcels/{plot.public_id}", "/tiles/parcels/16/51055/30316.mvt",
        f"/tax/estimate/?parcel={plot.public_id}",
    ]  # fmt: skip
    for stranger in strangers:
        for address in addresses:
            content = stranger.get(address).content
            assert not any(name.encode() in content for name in NAMES), address
        assert owners_of(plot) not in text(stranger.get(page_of(plot)))
        assert stranger.post(owners_of(plot), {"reason": "counter"}).status_code == 404
        assert stranger.get(owners_of(plot)).status_code == 405
    assert not AuditEntry.objects.filter(action="parcels.owner_viewed").exists()


def test_an_owner_of_the_past_is_not_shown(plot):
    today = timezone.localdate()
    right = plot.ba_unit.rights.first()
    plot.ba_unit.rights.all().update(
        valid_during=Range(LONG_AGO, today), retired_by=a_transaction()
    )
    assert right is not None
    client = signed_in(a_user("officer", Role.LAND_OFFICER))
    answer = client.post(owners_of(plot), {"reason": "counter"})
    assert NAMES[0] not in text(answer)


# -- the administration -------------------------------------------------------------------------


def test_the_administration_shows_parcels_of_the_own_office_and_changes_none(plot):
    foreign = a_parcel(office=a_land_office("LO-ELSEWHERE"), geometry=a_square(100.5))
    client = signed_in(a_user("administrator", Role.ADMINISTRATOR))
    listed = text(client.get(reverse("admin:parcels_parcel_changelist")))
    assert plot.public_id in listed
    assert foreign.public_id not in listed
    change = reverse("admin:parcels_parcel_change", args=[plot.pk])
    shown = client.get(change)
    assert shown.status_code == 200
    assert not any(name in text(shown) for name in NAMES)
    assert client.post(change, {"land_number": "1"}).status_code == 403
    assert client.get(reverse("admin:parcels_parcel_add")).status_code == 403
    found = client.get(reverse("admin:parcels_baunit_changelist"), {"q": "๑๒๓๔๕"})
    title = BAUnit.objects.get(deed_number="12345")
    assert reverse("admin:parcels_baunit_change", args=[title.pk]) in text(found)


def test_a_superuser_keeps_the_map_sheets(plot):
    client = signed_in(User.objects.create_superuser("root", password="x"))
    sheet = plot.map_sheet
    page = client.get(reverse("admin:parcels_mapsheet_change", args=[sheet.pk]))
    assert page.status_code == 200
    assert "leaflet" in text(page)
