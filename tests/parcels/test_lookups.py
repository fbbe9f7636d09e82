"""A visitor may look up so many parcels and no more."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.test import RequestFactory

from offices.models import Role
from parcels.errors import TooManyLookups
from parcels.models import LookupAllowance
from parcels.services.lookups import lookup_spend
from tests.factories import NOW, a_parcel, a_user

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _few(settings: Any) -> None:
    settings.LOOKUPS_PER_HOUR = 60
    settings.LOOKUPS_BURST = 5


def visit(address: str = "203.0.113.7", user: Any = None, **headers: str) -> Any:
    request = RequestFactory().get("/", REMOTE_ADDR=address, **headers)
    request.user = user or AnonymousUser()
    return request


def spend(times: int, request: Any, now: Any = NOW, **more: Any) -> int:
    """How many of so many look-ups were allowed."""
    allowed = 0
    for _ in range(times):
        try:
            lookup_spend(request=request, now=now, **more)
            allowed += 1
        except TooManyLookups:
            pass
    return allowed


def test_the_allowance_is_used_up_and_grows_back():
    assert spend(9, visit()) == 5
    assert spend(9, visit("203.0.113.8")) == 5
    assert spend(9, visit(), NOW + timedelta(seconds=59)) == 0
    assert spend(9, visit(), NOW + timedelta(seconds=61)) == 1
    assert spend(9, visit(), NOW + timedelta(hours=3)) == 5


def test_who_is_refused_is_told_when_to_come_again():
    spend(5, visit())
    with pytest.raises(TooManyLookups) as refused:
        lookup_spend(request=visit(), now=NOW + timedelta(seconds=20))
    wait = refused.value.evidence["retry_after_seconds"]
    assert wait == 40
    assert spend(1, visit(), NOW + timedelta(seconds=20 + wait)) == 1


def test_what_was_told_counts_also_beyond_the_allowance():
    lookup_spend(request=visit(), now=NOW, parcels=20, forced=True)
    assert spend(1, visit(), NOW + timedelta(minutes=15)) == 0
    assert spend(1, visit(), NOW + timedelta(minutes=16)) == 1


def test_an_ipv6_visitor_is_a_network():
    assert spend(9, visit("2001:db8:1:2::1")) == 5
    assert spend(9, visit("2001:db8:1:2:ffff::9")) == 0
    assert spend(9, visit("2001:db8:1:3::1")) == 5


def test_a_forwarded_address_counts_only_from_our_own_proxy(settings):
    spoofed = visit(HTTP_X_FORWARDED_FOR="198.51.100.1")
    assert spend(9, spoofed) == 5
    assert spend(9, visit(HTTP_X_FORWARDED_FOR="198.51.100.2")) == 0
    settings.PROXY_COUNT = 1
    assert spend(9, visit("10.0.0.1", HTTP_X_FORWARDED_FOR="1.1.1.1, 198.51.100.9")) == 5
    assert spend(9, visit("10.0.0.1", HTTP_X_FORWARDED_FOR="8.8.8.8, 198.51.100.9")) == 0


def test_the_machine_itself_is_not_counted_but_a_forgotten_proxy_is():
    assert spend(9, visit("127.0.0.1")) == 9
    assert spend(9, visit("127.0.0.1", HTTP_X_FORWARDED_FOR="198.51.100.1")) == 5


def test_staff_are_counted_by_account_and_may_do_more():
    officer = a_user("officer", Role.LAND_OFFICER)
    assert spend(60, visit(user=officer)) == 50
    assert spend(1, visit("198.51.100.77", user=officer)) == 0


def test_a_setting_of_zero_counts_nobody(settings):
    settings.LOOKUPS_PER_HOUR = 0
    assert spend(50, visit()) == 50
    assert LookupAllowance.objects.count() == 0


def test_no_address_is_kept_and_old_rows_go():
    for last in range(1, 30):
        spend(1, visit(f"203.0.113.{last}"))
    stored = b"".join(bytes(v) for v in LookupAllowance.objects.values_list("visitor", flat=True))
    assert b"203.0" not in stored
    for second in range(20):
        spend(1, visit("198.51.100.1"), NOW + timedelta(days=1, minutes=second))
    assert LookupAllowance.objects.count() <= 2


def test_the_counts_cost_no_write_ahead_log():
    with connection.cursor() as cursor:
        cursor.execute("SELECT relpersistence FROM pg_class WHERE relname = %s", [
            LookupAllowance._meta.db_table
        ])  # fmt: skip
        assert cursor.fetchone() == ("u",)


def test_pages_and_api_refuse_with_the_time_to_wait(client):
    plot = a_parcel()
    point = plot.label_point
    at = f"/api/parcels/at?lon={point.x}&lat={point.y}"
    codes = [client.get(at, REMOTE_ADDR="203.0.113.50").status_code for _ in range(6)]
    assert codes == [200] * 5 + [429]
    refused = client.get(at, REMOTE_ADDR="203.0.113.50")
    assert refused.json()["code"] == "too_many_lookups"
    assert 1 <= int(refused["Retry-After"]) <= 60
    page = client.get(f"/parcels/{plot.public_id}/", REMOTE_ADDR="203.0.113.50")
    assert page.status_code == 429
    assert "Retry-After" in page
    search = client.get("/search/?q=12345", REMOTE_ADDR="203.0.113.50")
    assert search.status_code == 429
