"""Signboards: registered by day, assessed by owner, closed like the roll."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.test import Client

from cadastre.tax.signboard import assess_signboard
from offices.models import Role
from parcels.models import Party
from taxmap.balances import balance_of
from taxmap.models import Assessment, Bill, BillKind, Signboard
from taxmap.services.signboards import (
    SignFact,
    sign_assessment,
    sign_of,
    signboard_add,
    signboard_end,
    signboards_assess,
    signboards_close,
    signs_of_year,
)
from taxmap.valuation_errors import SignboardEnded, SignsNotReady
from tests.factories import NOW, a_local_authority, a_party, a_unit, a_user

pytestmark = pytest.mark.django_db
SHOP = SignFact("2ข", "ร้านกาแฟ CAFÉ", 100, 200, 1)


def a_sign(owner: Party, since: date = date(2020, 5, 1), **fields: Any) -> Signboard:
    return signboard_add(
        local_authority=a_local_authority(), owner=owner, unit=fields.get("unit"),
        sign=fields.get("sign", SHOP), since=since, actor=None, now=NOW,
    )  # fmt: skip


def assess(year: int = 2026) -> dict[str, Any]:
    return signboards_assess(
        local_authority=a_local_authority(), tax_year=year, actor=None, now=NOW
    )


def close(year: int = 2026) -> dict[str, Any]:
    return signboards_close(local_authority=a_local_authority(), tax_year=year, actor=None, now=NOW)


def test_codes_are_counted_on_the_plot_or_in_the_authority() -> None:
    owner = a_party()
    unit = a_unit(owner)
    codes = [a_sign(owner, unit=unit).code, a_sign(owner, unit=unit).code, a_sign(owner).code]
    assert codes == ["01A001-P001", "01A001-P002", "P0001"]


def test_a_year_owes_for_the_signs_that_hung_in_it() -> None:
    owner = a_party()
    old, new = a_sign(owner), a_sign(owner, since=date(2026, 8, 1))
    signboard_end(signboard=old, on=date(2026, 3, 1), actor=None, now=NOW)
    years = {
        year: list(signs_of_year(a_local_authority(), year)) for year in (2019, 2025, 2026, 2027)
    }
    assert years == {2019: [], 2025: [old], 2026: [old, new], 2027: [new]}
    old.refresh_from_db()
    assert sign_assessment(old, 2026).tax_satang == 104_000
    assert sign_assessment(new, 2026).tax_satang == 52_000  # put up in the third quarter
    with pytest.raises(SignboardEnded):
        signboard_end(signboard=old, on=date(2026, 4, 1), actor=None, now=NOW)


def test_signs_of_one_owner_are_one_bill_that_closes_with_number_and_charge() -> None:
    first, second = a_party("หนึ่ง"), a_party("สอง", Party.Kind.JURISTIC)
    a_sign(first)
    a_sign(first, sign=SignFact("1ข", "ร้านค้า", 100, 50, 1))
    a_sign(second)
    with pytest.raises(SignsNotReady):
        close()
    assert assess() == assess()
    bills = Bill.objects.filter(kind=BillKind.SIGNBOARD).order_by("taxpayers")
    assert [bill.tax_satang for bill in bills] == [124_000, 104_000]
    result = close()
    assert (result["bills"], result["charged"]) == (2, 2)
    bill = bills.get(taxpayers=[first.pk])
    assert bill.number == 1
    assert bill.reference_1
    assert balance_of(bill).due_satang == 124_000


def test_a_sign_after_the_bill_is_told_and_the_bill_stands() -> None:
    owner = a_party()
    a_sign(owner)
    assess()
    close()
    a_sign(owner, since=date(2026, 10, 1))
    a_sign(a_party("อื่น"), since=date(2026, 10, 1))
    result = assess()
    assert (result["after_bill"], result["bills"]) == (1, 1)
    assert close()["bills"] == 1
    assert Assessment.objects.count() == 2


def test_what_is_kept_gives_the_same_tax_again() -> None:
    a_sign(a_party(), since=date(2026, 5, 2))
    assess()
    kept = Assessment.objects.get()
    assert assess_signboard(sign_of(kept.lines), 2026).tax_satang == kept.tax_satang == 78_000


def test_an_officer_keeps_the_register_on_its_page(client: Client) -> None:
    unit = a_unit(a_party("เจ้าของลับ"))
    client.force_login(a_user("officer", Role.TAX_OFFICER, office=a_local_authority()))
    sent = {
        "parcel_code": unit.parcel.tax_parcel_code, "lettering": "2ข", "text": "ร้านกาแฟ",
        "width_cm": "๑๐๐", "height_cm": "200", "sides": "1", "since": "1/5/2563", "owner": "plot",
        "place": "13.87, 100.47",
    }  # fmt: skip
    assert client.post("/taxmap/signboards/", sent).status_code == 302
    named = sent | {
        "parcel_code": "", "owner": "new", "kind": "juristic", "name": "บริษัท ป้าย จำกัด"
    }  # fmt: skip
    assert client.post("/taxmap/signboards/", named).status_code == 302
    same = sent | {"owner": "same", "same_as": "P0001"}
    assert client.post("/taxmap/signboards/", same).status_code == 302
    owners = list(Signboard.objects.order_by("pk").values_list("owner__name", flat=True))
    assert owners == ["เจ้าของลับ", "บริษัท ป้าย จำกัด", "บริษัท ป้าย จำกัด"]
    assert client.post("/taxmap/signboards/", sent | {"width_cm": "0"}).status_code == 422
    client.post("/taxmap/signboards/steps/assess/", {"year": "2026"})
    client.post("/taxmap/signboards/steps/close/", {"year": "2026"})
    page = client.get("/taxmap/signboards/?year=2026").content.decode()
    assert "1,040.00" in page
    assert "เจ้าของลับ" not in page
    sign = Signboard.objects.order_by("pk")[0]
    client.post(f"/taxmap/signboards/{sign.pk}/down/", {"ended_on": "1/6/2569"})
    sign.refresh_from_db()
    assert sign.valid_during.upper == date(2026, 6, 1)
