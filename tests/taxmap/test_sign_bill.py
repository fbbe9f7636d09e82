"""A bill of signboards explained: every sign, every step, no name and no value of land."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from offices.models import Role
from taxmap.errors import SheetDoesNotAgree
from taxmap.models import Assessment, Bill
from taxmap.services.signboards import SignFact, signboard_add, signboards_assess, signboards_close
from taxmap.sign_bill import explained_signs
from tests.factories import NOW, a_local_authority, a_party, a_user

pytestmark = pytest.mark.django_db
NAME = "ดาวเรืองเจ้าของป้าย"
TEXT = "ร้านกาแฟดาวเรือง"


@pytest.fixture
def draft() -> Bill:
    """A sign of two sides that was put up in the third quarter, and one below the least tax."""
    office, owner = a_local_authority(), a_party(NAME)
    for sign, since in (
        (SignFact("2ข", TEXT, 100, 53, 2), date(2026, 8, 1)),
        (SignFact("1ข", TEXT, 100, 50, 1), date(2020, 5, 1)),
    ):
        signboard_add(
            local_authority=office, owner=owner, unit=None, sign=sign, since=since, actor=None,
            now=NOW,
        )  # fmt: skip
    signboards_assess(local_authority=office, tax_year=2026, actor=None, now=NOW)
    return Bill.objects.get()


@pytest.fixture
def bill(draft: Bill) -> Bill:
    signboards_close(
        local_authority=draft.local_authority, tax_year=2026, actor=None, now=NOW
    )  # fmt: skip
    draft.refresh_from_db()
    return draft


def page_of(bill: Bill, client: Client, language: str = "th") -> Any:
    client.cookies["django_language"] = language
    return client.get(reverse("tax-bill", args=[bill.public_id]))


def office_page_of(bill: Bill, client: Client) -> str:
    client.cookies["django_language"] = "en"
    return client.get(reverse("taxmap-bill", args=[bill.pk])).content.decode()


def test_who_is_taxed_for_signs_reads_every_step_of_each(client: Client, bill: Bill) -> None:
    answer = page_of(bill, client, "en")
    text = answer.content.decode()
    assert answer.status_code == 200
    assert [each.stored.signboard.code for each in answer.context["signs"]] == ["P0001", "P0002"]
    for words in (
        "100 cm × 53 cm = 5300 cm²", "11 units of 500 cm²", "a remainder up to 250 cm² is dropped",
        "11 units × 26.00 baht = 286.00 baht", "Put up in quarter 3: 50 % of the year",
        "Below the least tax of a sign: 200.00 baht", "2 sides: 400.00 baht",
        "Thai with other letters or pictures", "max(0, ceil((area − dropped) ÷ unit)) = 11",
        "units = 11; rate = 26.00", "B.E. 2563", "signboard/rate", "the Act was not read",
    ):  # fmt: skip
        assert words in text, words
    assert text.count('class="law-steps"') == 2
    thai = page_of(bill, client).content.decode()
    for words in ("คิดเป็น 11 หน่วย", "ป้าย 2 ด้าน เป็นภาษี 400.00 บาท", "กฎกระทรวงกำหนดอัตราภาษีป้าย"):
        assert words in thai, words


def test_the_steps_of_all_signs_end_at_the_sum_of_the_bill(bill: Bill) -> None:
    last = [each.steps[-1].result for each in explained_signs(bill)]
    assert last == ["400.00", "200.00"]
    assert bill.tax_satang == 60_000


def test_a_bill_of_signs_has_no_value_no_name_and_no_map(client: Client, bill: Bill) -> None:
    text = page_of(bill, client, "en").content.decode()
    for words in (NAME, TEXT, "<dt>Value", "Exempt", "Plots and units", "bill-map", "ภ.ด.ส.10"):
        assert words not in text, words
    assert "came with the notice" not in text


def test_signs_are_paid_within_days_of_their_own_assessment(client: Client, bill: Bill) -> None:
    assert "Pay within 15 days" in page_of(bill, client, "en").content.decode()
    Bill.objects.filter(pk=bill.pk).update(notified_on=date(2026, 4, 1))
    text = page_of(bill, client, "en").content.decode()
    assert "Pay by 16 April" in text
    assert "instalments" not in text


def test_a_sign_whose_facts_no_longer_give_its_tax_is_not_explained(draft: Bill) -> None:
    sheet = Assessment.objects.order_by("signboard__code")[0].lines
    Assessment.objects.filter(lines=sheet).update(lines={"sign": sheet["sign"] | {"sides": 1}})
    with pytest.raises(SheetDoesNotAgree):
        explained_signs(draft)


def test_signs_without_kept_facts_say_so(client: Client, draft: Bill) -> None:
    Assessment.objects.update(lines={})
    client.force_login(a_user("officer", Role.TAX_OFFICER, office=a_local_authority()))
    assert "were not kept here" in office_page_of(draft, client)


def test_an_officer_reads_the_same_with_what_the_sign_says(client: Client, bill: Bill) -> None:
    client.force_login(a_user("officer", Role.TAX_OFFICER, office=a_local_authority()))
    text = office_page_of(bill, client)
    for words in (TEXT, "2 sides: 400.00 baht", "max(tax, least) = 200.00"):
        assert words in text, words
    assert NAME not in text
    assert "<dt>Value" not in text
