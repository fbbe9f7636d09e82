"""What an office tolerates is set by a superuser, with a reason, and only where a rule asks."""

from __future__ import annotations

import pytest
from django.urls import reverse

from offices.models import AuditEntry, Role
from parcels.models import RuleSetting
from parcels.rules.catalogue import settings_of
from tests.factories import a_user
from tests.parcels.rules.town import the_office

pytestmark = pytest.mark.django_db
ADD = "admin:parcels_rulesetting_add"


def said(**other: str) -> dict[str, str]:
    return {
        "office": str(the_office().pk), "rule": "area_difference", "name": "tolerance_percent",
        "value": "2.5", "reason": "คำสั่งจังหวัดที่ 1/2569",
    } | other  # fmt: skip


@pytest.fixture
def chief(client):
    user = a_user("chief", Role.ADMINISTRATOR)
    user.is_superuser = True
    user.save()
    client.force_login(user)
    return client


def test_a_value_of_the_office_goes_before_that_of_the_rule(chief) -> None:
    before = settings_of(the_office())["area_difference"]
    assert chief.post(reverse(ADD), said()).status_code == 302
    after = settings_of(the_office())["area_difference"]
    assert (str(before["tolerance_percent"]), str(after["tolerance_percent"])) == ("1", "2.5000")
    assert before["tolerance_m2"] == after["tolerance_m2"]
    assert AuditEntry.objects.filter(action="offices.record_added").exists()


@pytest.mark.parametrize(
    "wrong",
    [{"rule": "no_such_rule"}, {"rule": "missing_title"}, {"name": "tolerance"}, {"value": "-1"},
     {"reason": ""}],
)  # fmt: skip
def test_what_no_rule_asks_for_is_refused(chief, wrong) -> None:
    assert chief.post(reverse(ADD), said(**wrong)).status_code == 200
    assert not RuleSetting.objects.exists()


def test_officers_do_not_set_what_they_are_measured_by(client) -> None:
    client.force_login(a_user("clerk", Role.LAND_OFFICER))
    assert client.post(reverse(ADD), said()).status_code in (302, 403, 404)
    assert not RuleSetting.objects.exists()
