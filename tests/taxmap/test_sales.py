"""Prices paid: what is read, what is kept aside with its reason, and what the study says."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse

from offices.models import AuditEntry, Role, User
from taxmap.models import RejectedSale, Sale, SaleFile
from taxmap.ratio_study import by_price, by_zone, ratio_study, table_of
from taxmap.services.sales import (
    ExclusionNeedsReason,
    SaleFileUnreadable,
    sale_exclude,
    sales_import,
)
from tests.factories import NOW, a_local_authority, a_party, a_square, a_unit, a_user, an_assessment

pytestmark = pytest.mark.django_db
HEAD = "tax_parcel_code,sold_on,price\n"
VALUE = 1_000_000_00


def read(text: str | bytes, **more: Any) -> SaleFile:
    content = text.encode() if isinstance(text, str) else text
    return sales_import(
        local_authority=a_local_authority(), content=content, filename="sales.csv", actor=None,
        now=NOW, **more,
    )  # fmt: skip


@pytest.fixture
def town() -> None:
    """Seven valued plots of a million baht, and one that the roll left out."""
    for at in range(8):
        unit = a_unit(
            a_party(f"เจ้าของ{at}"),
            parcel={
                "tax_parcel_code": f"01A{at:03}", "geometry": a_square(lon=100.47 + at * 0.001),
            },
        )  # fmt: skip
        if at < 7:
            an_assessment(unit, value_satang=VALUE)


def sold(*prices: int) -> str:
    return HEAD + "".join(f"01A{at:03},2026-02-0{at + 1},{p}\n" for at, p in enumerate(prices))


def test_a_file_is_read_whole(town: None) -> None:
    file = read(
        HEAD + '01A000,31/1/2569,"1,200,000.50"\n01a001,2026-02-01,900000\n\n'
        "99Z999,1/1/2569,5\n01A002,30/2/2569,5\n01A003,1/1/2600,5\n01A004,1/1/2569,0\n01A005\n"
    )
    assert (file.accepted, file.known, file.rejected) == (2, 0, 5)
    assert set(Sale.objects.values_list("price_satang", flat=True)) == {120_000_050, 90_000_000}
    kept = RejectedSale.objects.order_by("line").values_list("line", "reason")
    assert list(kept) == [
        (5, "no_unit"), (6, "bad_day"), (7, "bad_day"), (8, "bad_price"), (9, "bad_day"),
    ]  # fmt: skip
    assert RejectedSale.objects.get(line=5).text == "99Z999,1/1/2569,5"


def test_the_same_sale_is_one_however_often_it_is_read(town: None) -> None:
    read(sold(1, 2))
    again = read(sold(1, 2, 3))
    assert (again.accepted, again.known) == (1, 2)
    assert Sale.objects.count() == 3


def test_thai_headings_in_the_coding_of_windows(town: None) -> None:
    file = read("รหัสแปลงที่ดิน,วันที่ซื้อขาย,ราคาซื้อขาย\n01A000,๑/๑/๒๕๖๙,5\n".encode("cp874", "ignore"))
    assert file.accepted + file.rejected == 1


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "heading"),
        (b"tax_parcel_code,price\n", "sold_on"),
        (b"\xff\xfe\x00", "coding"),
        (HEAD.encode() + b"x" * 5_000_001, "5 MB"),
    ],
)
def test_what_is_no_file_of_sales_leaves_nothing(content: bytes, said: str) -> None:
    with pytest.raises(SaleFileUnreadable, match=said):
        read(content)
    assert not SaleFile.objects.exists()


def test_a_rejected_line_is_never_changed(town: None) -> None:
    read(HEAD + "99Z999,1/1/2569,5\n")
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        RejectedSale.objects.update(reason="")


def test_the_study_counts_all_and_names_the_far_ones(town: None) -> None:
    read(sold(1_000_000, 1_020_000, 1_030_000, 990_000, 1_010_000, 1_000_500, 200_000, 500_000))
    found = ratio_study(a_local_authority(), 2026)
    assert found.whole is not None
    assert found.whole.sales == 7
    assert [row.code for row in found.without_value] == ["01A007"]
    assert [(row.code, extreme) for row, extreme in found.outliers] == [("01A006", True)]
    assert [row["name"] for row in table_of(found.whole)][3].startswith("COD")
    for chart in (by_price(found), by_zone(found)):
        assert chart is not None
        assert len(chart.dots) == 7
        assert [dot.kind for dot in chart.dots].count("far") == 1


def test_sales_of_other_years_are_not_compared(town: None) -> None:
    read(HEAD + "01A000,2023-12-31,1\n01A001,2024-01-01,1\n01A002,2026-11-01,1\n")
    assert [row.code for row in ratio_study(a_local_authority(), 2026).rows] == ["01A001", "01A002"]


def test_a_sale_left_out_stays_with_its_reason(town: None) -> None:
    read(sold(1_000_000, 1_000_000))
    sale = Sale.objects.order_by("pk")[0]
    officer = a_user("officer", Role.TAX_OFFICER, office=a_local_authority())
    with pytest.raises(ExclusionNeedsReason):
        sale_exclude(sale_id=sale.pk, reason="  ", actor=officer, now=NOW)
    sale_exclude(sale_id=sale.pk, reason="ขายให้ญาติ", actor=officer, now=NOW)
    found = ratio_study(a_local_authority(), 2026)
    assert [row.excluded_because for row in found.excluded] == ["ขายให้ญาติ"]
    assert len(found.counted) == 1
    sale_exclude(sale_id=sale.pk, reason="", actor=officer, now=NOW)
    assert len(ratio_study(a_local_authority(), 2026).counted) == 2
    assert AuditEntry.objects.filter(action__startswith="taxmap.sale_").count() == 2


def officer(*roles: Role, name: str = "officer", office: Any = None) -> Client:
    client = Client()
    user: User = a_user(name, *roles, office=office or a_local_authority())
    client.force_login(user)
    client.cookies["django_language"] = "en"
    return client


def test_the_page_reads_a_file_and_shows_the_study(town: None) -> None:
    client = officer(Role.TAX_OFFICER)
    address = reverse("taxmap-ratios")
    assert "Not enough sales yet" in client.get(address).content.decode()
    text = sold(1_000_000, 1_020_000, 1_030_000, 990_000, 1_010_000, 1_000_500, 200_000) + "x,1,1\n"
    answer = client.post(address, {"file": SimpleUploadedFile("s.csv", text.encode())}, follow=True)
    page = answer.content.decode()
    assert "7 sales were taken, 0 were known already, 1 lines cannot be used." in page
    assert "COD: dispersion" in page
    assert 'role="img"' in page
    file = SaleFile.objects.get()
    assert "no unit of this tax map" in client.get(f"{address}files/{file.pk}/").content.decode()
    far = Sale.objects.get(price_satang=200_000_00)
    client.post(f"{address}sales/{far.pk}/", {"reason": "sale among relatives", "year": "2026"})
    assert "sale among relatives" in client.get(address).content.decode()


def test_only_who_assesses_enters_sales(town: None) -> None:
    cashier = officer(Role.CASHIER)
    address = reverse("taxmap-ratios")
    assert "Read a file" not in cashier.get(address).content.decode()
    assert cashier.post(address, {"file": SimpleUploadedFile("s.csv", b"x")}).status_code in {
        403,
        404,
    }
    read(sold(1))
    sale, file = Sale.objects.get(), SaleFile.objects.get()
    assert cashier.post(f"{address}sales/{sale.pk}/", {"reason": "x"}).status_code == 403
    stranger = officer(Role.TAX_OFFICER, name="other", office=a_local_authority("LA-OTHER"))
    assert stranger.post(f"{address}sales/{sale.pk}/", {"reason": "x"}).status_code == 404
    assert stranger.get(f"{address}files/{file.pk}/").status_code == 404


def test_a_file_that_cannot_be_read_is_told_beside_the_field(town: None) -> None:
    answer = officer(Role.TAX_OFFICER).post(
        reverse("taxmap-ratios"), {"file": SimpleUploadedFile("s.csv", b"a,b\n")}
    )
    assert answer.status_code == 422
    assert "the heading tax_parcel_code is missing" in answer.content.decode()
