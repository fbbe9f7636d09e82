"""A bill explained: every line, where it lies, why it changed; no name without a trace."""

from __future__ import annotations

import io
import json
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from cadastre.tax.trace import recompute
from offices.jobs import CommandRun
from offices.models import AuditEntry, Role
from taxmap.bill_page import ExplainedBill, comparison_of
from taxmap.errors import SheetDoesNotAgree
from taxmap.models import Assessment, Bill, BillNote, LandPrice, TaxYear, ValuationUnit
from taxmap.services.roll import roll_assess
from taxmap.services.roll_close import roll_assess_close
from taxmap.services.year import list_publish, prices_publish
from tests.factories import (
    NOW,
    a_building,
    a_local_authority,
    a_party,
    a_square,
    a_unit,
    a_user,
    an_assessment,
)

pytestmark = pytest.mark.django_db

NAME = "ดาวเรืองผู้ถือกรรมสิทธิ์"
SIDE = 0.0004


def a_plot(number: int, *owners: Any, **fields: Any) -> ValuationUnit:
    """Plots with following numbers lie side by side."""
    place = {"tax_parcel_code": f"01A{number:03d}", "geometry": a_square(lon=100.4 + number * SIDE)}
    return a_unit(*owners, parcel=place, **{"uses": {"other": 100}} | fields)


def closed(year: int = 2026) -> None:
    office = a_local_authority()
    job = CommandRun(io.StringIO())
    roll_assess(local_authority=office, tax_year=year, now=NOW, job=job)
    opened = prices_publish(
        tax_year=TaxYear.objects.get(local_authority=office, year=year), actor=None, now=NOW
    )
    opened = list_publish(tax_year=opened, actor=None, now=NOW)
    roll_assess_close(tax_year=opened, actor=None, now=NOW)


def page_of(bill: Bill, client: Client) -> Any:
    return client.get(reverse("tax-bill", args=[bill.public_id]), headers={"Accept-Language": "th"})


def test_who_holds_the_notice_reads_every_line_and_no_name(client: Client) -> None:
    owner = a_party(NAME)
    house = a_plot(1, owner, uses={"other": 60, "residential": 40}, satang_per_wa=50_000_000)
    a_building(house)
    a_plot(2, owner, uses={"residential": 100})
    closed()
    bill = Bill.objects.get()
    answer = page_of(bill, client)
    text = answer.content.decode()
    assert answer.status_code == 200
    assert NAME not in text
    assert "01A001" in text
    assert "01A002" in text
    assert f"{bill.tax_satang / 100:,.2f}" in text
    assert bill.reference_1 in text
    for line in ExplainedBill.of(bill).assessed.lines:
        assert f"{line.tax_satang / 100:,.2f}" in text
    assert text.count('class="law-steps"') == 3
    assert "พ.ศ. 2562" in text
    assert answer["Cache-Control"] == "no-store"
    assert answer["X-Robots-Tag"].startswith("noindex")
    assert answer["Referrer-Policy"] == "no-referrer"


def test_a_draft_and_a_wrong_code_are_the_same_nothing(client: Client) -> None:
    an_assessment()
    draft = Bill.objects.get()
    for code in (draft.public_id, "x" * 22, "%00", "ก"):
        for name in ("tax-bill", "tax-bill-trace"):
            assert client.get(reverse(name, args=[code])).status_code == 404


def test_neighbours_say_that_they_are_one_and_are_drawn_as_one(client: Client) -> None:
    owner = a_party()
    one, two = (
        a_plot(1, owner, satang_per_wa=10_000_000),
        a_plot(2, owner, satang_per_wa=10_000_000),
    )
    closed()
    answer = page_of(Bill.objects.get(), client)
    assert [plot.together for plot in answer.context["plots"]] == [("01A002",), ("01A001",)]
    features = answer.context["outlines"]["features"]
    assert {each["properties"]["group"] for each in features} == {min(one.pk, two.pk)}


def test_the_difference_from_last_year_is_told_by_its_causes(client: Client) -> None:
    unit = a_plot(1, a_party())
    closed(2025)
    LandPrice.objects.filter(parcel=unit.parcel).update(satang_per_wa=200_000)
    closed(2026)
    now = Bill.objects.get(tax_year=2026)
    comparison = comparison_of(ExplainedBill.of(now))
    before = Bill.objects.get(tax_year=2025)
    assert sum(c.satang for c in comparison.causes) == now.tax_satang - before.tax_satang > 0
    assert [cause.factor.value for cause in comparison.causes] == ["land_price"]
    text = page_of(now, client).content.decode()
    assert f"+{(now.tax_satang - before.tax_satang) / 100:,.2f}" in text


def test_the_file_of_a_bill_can_be_recomputed_by_a_stranger(client: Client) -> None:
    farmer = a_party()
    for number in (1, 3):
        a_plot(number, farmer, uses={"agriculture": 100}, satang_per_wa=10_000_000)
    a_plot(5, farmer, uses={"vacant": 100}, vacant_since=2022)
    closed()
    bill = Bill.objects.get()
    answer = client.get(reverse("tax-bill-trace", args=[bill.public_id]))
    trace = json.loads(answer.content)
    assert Decimal(trace["tax"]) * 100 == bill.tax_satang
    assert not recompute(trace)
    assert "attachment" in answer["Content-Disposition"]
    assert answer["Cache-Control"] == "no-store"


def test_a_bill_whose_facts_no_longer_give_its_tax_is_not_explained() -> None:
    a_plot(1, a_party())
    job = CommandRun(io.StringIO())
    roll_assess(local_authority=a_local_authority(), tax_year=2026, now=NOW, job=job)
    Assessment.objects.update(tax_satang=1)
    with pytest.raises(SheetDoesNotAgree):
        ExplainedBill.of(Bill.objects.get())


def test_an_officer_sees_owners_only_with_a_trace(client: Client) -> None:
    a_plot(1, a_party(NAME))
    closed()
    bill = Bill.objects.get()
    address = reverse("taxmap-bill", args=[bill.pk])
    assert client.get(address).status_code in (302, 404)
    client.force_login(a_user("elsewhere", Role.TAX_OFFICER))
    assert client.get(address).status_code == 404
    client.force_login(a_user("officer", Role.TAX_OFFICER, office=a_local_authority()))
    text = client.get(address).content.decode()
    assert NAME not in text
    assert f"{bill.tax_satang / 100:,.2f}" in text
    assert NAME in client.post(address).content.decode()
    entry = AuditEntry.objects.get(action="parcels.owner_viewed")
    assert entry.subject_id == bill.public_id
    client.force_login(a_user("cashier", Role.CASHIER, office=a_local_authority()))
    assert client.get(address).status_code == 200
    assert client.post(address).status_code in (403, 404)


def test_a_bill_without_facts_still_tells_its_sum(client: Client) -> None:
    an_assessment(tax_satang=123_400)
    client.force_login(a_user("officer", Role.TAX_OFFICER, office=a_local_authority()))
    answer = client.get(reverse("taxmap-bill", args=[Bill.objects.get().pk]))
    assert answer.status_code == 200
    assert "1,234.00" in answer.content.decode()


def test_a_decided_note_is_told_with_the_sum(client: Client) -> None:
    a_plot(1, a_party())
    closed()
    bill = Bill.objects.get()
    for amount, approved in ((5_000, True), (7_000, False)):
        BillNote.objects.create(
            assessment=bill.assessments.get(), kind=BillNote.Kind.CREDIT, amount_satang=amount,
            cause=BillNote.Cause.OBJECTION, reason="ราคา", prepared_by=a_user(f"one{amount}"),
            prepared_at=NOW, decided_by=a_user(f"two{amount}"), decided_at=NOW,
            is_approved=approved,
        )  # fmt: skip
    text = page_of(bill, client).content.decode()
    assert f"{(bill.tax_satang - 5_000) / 100:,.2f}" in text
    assert "−50.00" in text
    assert "−70.00" not in text


def test_a_long_bill_is_shown_by_pages(client: Client) -> None:
    owner = a_party()
    for number in range(0, 44, 2):
        a_plot(number, owner)
    closed()
    bill = Bill.objects.get()
    first = page_of(bill, client)
    assert len(first.context["plots"]) == 20
    second = client.get(reverse("tax-bill", args=[bill.public_id]), {"page": 2})
    assert len(second.context["plots"]) == 2
