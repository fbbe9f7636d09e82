"""Condominiums and their units on their pages."""

from __future__ import annotations

import pytest
from django.test import Client

from offices.models import AuditEntry, Role
from taxmap.models import Condominium, ValuationUnit
from tests.factories import a_district, a_local_authority, a_party, a_title, a_unit, a_user

pytestmark = pytest.mark.django_db


def test_an_officer_registers_a_condominium_and_its_units(client: Client) -> None:
    ground = a_unit(a_party(), is_taxable=False)
    office = a_local_authority()
    title = a_title(a_party("เจ้าของลับ"), deed_number="อ.ช. 7")
    for each in (office, title.office):
        each.province = a_district().parent
        each.save()
    client.force_login(a_user("officer", Role.TAX_OFFICER, office=office))
    tower = {"registration": "1/2558", "name": "อาคารชุดริมน้ำ"}
    assert client.post("/taxmap/condominiums/", tower).status_code == 302
    assert client.post("/taxmap/condominiums/", tower).status_code == 422
    address = f"/taxmap/condominiums/{Condominium.objects.get().pk}/"
    flat = {
        "parcel_code": ground.parcel.tax_parcel_code, "number": "99/1", "floor": "๑",
        "floor_area_m2": "45.50", "deed_number": title.deed_number,
    }  # fmt: skip
    assert client.post(address, flat).status_code == 302
    assert client.post(address, flat).status_code == 422
    assert client.post(address, flat | {"number": "2", "deed_number": "0"}).status_code == 422
    unit = ValuationUnit.objects.exclude(condominium_unit=None).get()
    assert unit.condominium_unit is not None
    assert unit.condominium_unit.ba_unit == title
    page = client.get(address).content.decode()
    assert "99/1" in page
    assert "เจ้าของลับ" not in page
    assert AuditEntry.objects.filter(action="taxmap.condominium_unit_registered").exists()


def test_a_cashier_only_looks(client: Client) -> None:
    client.force_login(a_user("cashier", Role.CASHIER, office=a_local_authority()))
    assert client.get("/taxmap/condominiums/").status_code == 200
    refused = client.post("/taxmap/condominiums/", {"registration": "1", "name": "x"})
    assert refused.status_code == 403
