"""Findings: a fault is one finding, however often it is seen and whatever people say of it."""

from __future__ import annotations

import json
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from offices.jobs import CommandRun, JobCancelled
from offices.models import AuditEntry, Job, Role, User
from parcels.fault_drawing import fault_drawings
from parcels.models import FabricCheck, Finding, FindingEvent, Parcel, Transaction
from parcels.services.fabric_checks import fabric_report, findings_update, neighbourhood_update
from parcels.services.findings import (
    AssigneeUnknown,
    FindingIsSettled,
    ReasonMissing,
    finding_assign,
    finding_explain,
    finding_reopen,
    finding_settle,
    people_of,
)
from parcels.signals import transaction_registered
from tests.factories import a_land_office, a_transaction, a_user, amended
from tests.parcels.rules.town import a_plot, a_town, ground, square, the_office

pytestmark = pytest.mark.django_db
START = timezone.now() - timedelta(hours=2)


class Runs(CommandRun):
    """A run whose steps are counted, and which can be stopped after some."""

    def __init__(self, cursor: Any = None, stop_after: int | None = None) -> None:
        super().__init__(StringIO(), cursor=cursor)
        self.steps: list[int] = []
        self.stop_after = stop_after

    def progress(self, done: int, total: int | None = None, step: str = "") -> None:
        if self.stop_after is not None and done >= self.stop_after:
            raise JobCancelled
        super().progress(done, total, step)
        self.steps.append(done)


def checked(minutes: int = 0, **restriction: Any) -> dict[str, Any]:
    """A run of the rules so many minutes after the first."""
    return findings_update(
        office=the_office(), run=Runs(), now=START + timedelta(minutes=minutes), **restriction
    )


def reaching(metres: float) -> Any:
    """The second plot, which reaches so far over the first."""
    return ground((40 - metres, 0), (80, 0), (80, 40), (40 - metres, 40))


@pytest.fixture
def clerk() -> User:
    return a_user("clerk", Role.LAND_OFFICER)


@pytest.fixture
def plots() -> tuple[Parcel, Parcel]:
    """Two plots, of which the second reaches 5 m over the first."""
    return a_plot(0, 0), a_plot(1, 0, geometry=reaching(5))


@pytest.fixture
def overlap(plots) -> Finding:
    checked()
    return Finding.objects.get(rule="overlap")


def history(finding: Finding) -> list[str]:
    return [event.kind for event in finding.events.all()]


def test_a_finding_says_what_where_and_how_much(overlap, plots) -> None:
    assert {overlap.parcel, overlap.other_parcel} == set(plots)
    assert overlap.measure == pytest.approx(200, abs=0.1)
    assert (overlap.unit, overlap.severity, overlap.status) == ("m2", "critical", "open")
    assert overlap.place is not None
    assert overlap.shape is not None
    assert plots[0].geometry.intersects(overlap.place)
    assert overlap.shape.transform(32647, clone=True).area == pytest.approx(200, abs=0.1)
    assert history(overlap) == ["found"]


def test_a_fault_seen_again_is_the_same_finding(overlap) -> None:
    result = checked(minutes=5)
    assert (result["new"], result["gone"], result["reopened"]) == (0, 0, 0)
    overlap.refresh_from_db()
    assert overlap.last_seen_at == START + timedelta(minutes=5)
    assert overlap.first_seen_at == START
    assert history(overlap) == ["found"]


def test_a_fault_that_is_gone_is_settled_by_the_run(overlap, plots) -> None:
    amended(plots[1], geometry=square(1, 0))
    assert checked(minutes=5)["gone"] == 6  # the overlap, the area, and four marks
    overlap.refresh_from_db()
    assert overlap.status == "settled"
    assert history(overlap) == ["found", "gone"]


def test_a_fault_that_comes_back_is_open_again(overlap, plots) -> None:
    amended(plots[1], geometry=square(1, 0))
    checked(minutes=5)
    amended(plots[1], geometry=reaching(3))
    assert checked(minutes=10)["reopened"] == 4  # two of the marks are now elsewhere
    overlap.refresh_from_db()
    assert (overlap.status, overlap.settled_at) == ("open", None)
    assert overlap.measure == pytest.approx(120, abs=0.1)
    assert history(overlap) == ["found", "gone", "came_back"]


def test_settled_without_being_mended_it_opens_again(overlap, clerk) -> None:
    finding_settle(finding=overlap, note="", actor=clerk, now=START + timedelta(minutes=1))
    checked(minutes=5)
    overlap.refresh_from_db()
    assert overlap.status == "open"
    assert history(overlap) == ["found", "settled", "came_back"]


def test_what_is_explained_stays_explained_until_it_grows(overlap, plots, clerk) -> None:
    finding_explain(finding=overlap, reason="คดีแนวเขต", actor=clerk, now=START)
    checked(minutes=5)
    overlap.refresh_from_db()
    assert (overlap.status, overlap.explained_measure) == ("explained", overlap.measure)
    amended(plots[1], geometry=reaching(4))
    checked(minutes=10)
    overlap.refresh_from_db()
    assert overlap.status == "explained"
    amended(plots[1], geometry=reaching(6))
    checked(minutes=15)
    overlap.refresh_from_db()
    assert overlap.status == "open"
    assert history(overlap) == ["found", "explained", "grew"]


def test_an_assigned_finding_stays_with_its_person(overlap, clerk) -> None:
    finding_assign(finding=overlap, assignee=clerk, actor=clerk, now=START)
    checked(minutes=5)
    overlap.refresh_from_db()
    assert (overlap.status, overlap.assignee) == ("assigned", clerk)
    told = AuditEntry.objects.filter(subject_id=overlap.public_id)
    assert [entry.action for entry in told] == ["parcels.finding_assigned"]


def test_what_people_may_not_say(overlap, clerk) -> None:
    cashier = a_user("cashier", Role.CASHIER)
    elsewhere = a_user("elsewhere", Role.LAND_OFFICER, office=a_land_office("LO-OTHER"))
    for stranger in (cashier, elsewhere):
        with pytest.raises(AssigneeUnknown):
            finding_assign(finding=overlap, assignee=stranger, actor=clerk, now=START)
    assert people_of(the_office()) == [clerk]
    with pytest.raises(ReasonMissing):
        finding_explain(finding=overlap, reason="  ", actor=clerk, now=START)
    finding_settle(finding=overlap, note="แก้แล้ว", actor=clerk, now=START)
    with pytest.raises(FindingIsSettled):
        finding_explain(finding=overlap, reason="x", actor=clerk, now=START)
    with pytest.raises(FindingIsSettled):
        finding_assign(finding=overlap, assignee=clerk, actor=clerk, now=START)
    reopened = finding_reopen(finding=overlap, note="ยังไม่เรียบร้อย", actor=clerk, now=START)
    assert reopened.status == "open"


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ({"status": "assigned"}, "assigned_findings_have_somebody"),
        ({"status": "explained"}, "explained_findings_say_why"),
        ({"status": "settled"}, "settled_findings_have_their_time"),
        ({"parcel": None}, "a_finding_is_about_something"),
    ],
)
def test_the_database_refuses_half_a_finding(overlap, change, constraint) -> None:
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Finding.objects.filter(pk=overlap.pk).update(**change)


def test_a_check_of_a_neighbourhood_leaves_the_rest_alone(overlap, plots) -> None:
    far = a_plot(5, 5, land_number="")
    checked(minutes=1)
    amended(far, land_number="77")
    amended(plots[1], geometry=square(1, 0))
    result = checked(minutes=5, only=[plots[1].pk])
    assert result["gone"] == 6
    assert Finding.objects.get(rule="missing_land_number").status == "open"
    assert checked(minutes=6)["gone"] == 1


def test_what_a_transaction_touched_is_looked_at_again(overlap, plots) -> None:
    amended(plots[1], geometry=square(1, 0))
    act = a_transaction(the_office())
    act.titles.create(ba_unit=plots[1].ba_unit)
    result = neighbourhood_update(act=act, run=Runs(), now=START + timedelta(minutes=5))
    assert (result["parcels"], result["gone"]) == (1, 6)
    assert FabricCheck.objects.get(transaction=act).finished_at is not None


def test_a_registered_transaction_orders_a_check(clerk) -> None:
    act = a_transaction(the_office())
    transaction_registered.send(sender=Transaction, transaction=act)
    job = Job.objects.get(kind="parcels.check_neighbourhood")
    assert (job.parameters, job.office) == ({"transaction": act.public_id}, act.office)


def test_a_stopped_check_goes_on_where_it_was(plots) -> None:
    a_plot(5, 5, land_number="")
    stopped = Runs(stop_after=3)
    with pytest.raises(JobCancelled):
        findings_update(office=the_office(), run=stopped, now=START)
    assert len(stopped.cursor["done"]) == 3
    first = set(Finding.objects.values_list("rule", flat=True))
    assert "overlap" in first
    assert "missing_land_number" not in first
    again = Runs(cursor=stopped.cursor)
    result = findings_update(office=the_office(), run=again, now=START + timedelta(hours=1))
    assert min(again.steps) == 3
    assert result["findings"]["overlap"] == 1
    assert result["findings"]["missing_land_number"] == 1
    assert FabricCheck.objects.count() == 1
    assert FindingEvent.objects.exclude(kind="found").count() == 0


def test_a_clean_town_has_no_finding() -> None:
    a_town(2, 2)
    result = checked()
    assert (result["parcels"], result["findings"]) == (4, {})
    assert not Finding.objects.exists()


def test_only_parcels_in_force_are_looked_at(plots) -> None:
    yesterday = timezone.localdate() - timedelta(days=1)
    begun = plots[1].valid_during.lower
    amended(plots[1], valid_during=type(plots[1].valid_during)(begun, yesterday))
    assert "overlap" not in checked()["findings"]


def test_a_past_day_is_reported_and_nothing_stored(plots) -> None:
    yesterday = timezone.localdate() - timedelta(days=1)
    amended(plots[1], geometry=square(1, 0), valid_during=type(plots[1].valid_during)(yesterday))
    then = fabric_report(office=the_office(), on=yesterday - timedelta(days=1), run=Runs())
    today = fabric_report(office=the_office(), on=timezone.localdate(), run=Runs())
    assert (then["findings"]["overlap"], then["parcels"]) == (1, 2)
    assert "overlap" not in today["findings"]
    assert not Finding.objects.exists()
    assert not FabricCheck.objects.exists()


def test_the_command_says_what_it_found_as_json(plots) -> None:
    told = StringIO()
    call_command(
        "check_fabric", "--office", the_office().code, "--json", stdout=told, stderr=StringIO()
    )
    result = json.loads(told.getvalue())
    assert set(result) == {"parcels", "findings", "seconds"}
    assert (result["parcels"], result["findings"]["overlap"]) == (2, 1)
    assert Finding.objects.filter(rule="overlap").count() == 1


def test_the_command_looks_at_all_offices_and_at_past_days(plots) -> None:
    a_plot(9, 9, office=a_land_office("LO-OTHER"))
    told = StringIO()
    call_command("check_fabric", "--on", "2021-01-01", "--json", stdout=told, stderr=StringIO())
    assert json.loads(told.getvalue())["parcels"] == 3
    assert not Finding.objects.exists()
    with pytest.raises(CommandError, match="no office"):
        call_command("check_fabric", "--office", "NOWHERE", stderr=StringIO())
    with pytest.raises(CommandError, match="still to come"):
        call_command("check_fabric", "--on", "2999-01-01", stderr=StringIO())


# -- the pages ---------------------------------------------------------------------------------


def page_of(finding: Finding) -> str:
    return reverse("finding-detail", args=[finding.public_id])


def test_the_inbox_shows_what_the_office_has_to_do(client, clerk, overlap) -> None:
    client.force_login(clerk)
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    body = client.get(reverse("findings")).content.decode()
    assert "Two parcels on the same ground" in body
    assert "200.00 m²" in body
    assert page_of(overlap) in body
    narrowed = {"rule": "area_difference"}
    assert page_of(overlap) not in client.get(reverse("findings"), narrowed).content.decode()


@pytest.mark.parametrize(
    ("asked", "shown"),
    [
        ({"severity": "critical"}, True), ({"severity": "warning"}, False),
        ({"status": "explained"}, False), ({"status": "all"}, True), ({"assignee": "me"}, False),
        ({"q": "1"}, True), ({"q": "๒"}, True), ({"q": "01a002"}, True), ({"q": "777"}, False),
        ({"after": "critical.0"}, True), ({"after": "critical.999999999"}, False),
        ({"after": "nothing"}, True),
    ],
)  # fmt: skip
def test_findings_are_found_by(client, clerk, overlap, asked, shown) -> None:
    client.force_login(clerk)
    body = client.get(reverse("findings"), asked).content.decode()
    assert (page_of(overlap) in body) is shown


def test_pages_follow_each_other_without_loss(client, clerk) -> None:
    for column in range(30):
        a_plot(2 * column, 0, land_number="")
    checked()
    client.force_login(clerk)
    address, seen = reverse("findings"), []
    asked: str | None = "?rule=missing_land_number"
    while asked:
        response = client.get(address + asked)
        seen += [entry["finding"].pk for entry in response.context["entries"]]
        asked = response.context["more"]
    assert seen == sorted(set(seen))
    assert len(seen) == 30


def test_a_page_of_findings_costs_few_queries(
    client, clerk, overlap, django_assert_max_num_queries
) -> None:
    client.force_login(clerk)
    with django_assert_max_num_queries(30):
        client.get(reverse("findings"))


@pytest.mark.parametrize(
    ("role", "status"),
    [
        (Role.LAND_OFFICER, 200), (Role.CHECKER, 200), (Role.MANAGER, 200),
        (Role.CASHIER, 403), (Role.SURVEYOR, 403),
    ],
)  # fmt: skip
def test_who_works_on_findings(client, overlap, role, status) -> None:
    client.force_login(a_user("somebody", role))
    for address in (reverse("findings"), page_of(overlap)):
        assert client.get(address).status_code == status


def test_strangers_do_not_learn_that_a_finding_exists(client, overlap) -> None:
    assert client.get(page_of(overlap)).status_code == 302
    client.force_login(a_user("far", Role.LAND_OFFICER, office=a_land_office("LO-OTHER")))
    assert client.get(page_of(overlap)).status_code == 404
    assert client.post(page_of(overlap), {"action": "settle"}).status_code == 404
    overlap.refresh_from_db()
    assert overlap.status == "open"
    body = client.get(reverse("findings")).content.decode()
    assert overlap.public_id not in body


def test_the_page_of_a_finding_shows_it_and_takes_what_people_say(client, clerk, overlap) -> None:
    client.force_login(clerk)
    body = client.get(page_of(overlap)).content.decode()
    assert body.count('<svg class="fault-drawing"') == 1
    assert "fault-drawing__fault" in body
    assert reverse("editor") in body
    said = {"action": "explain", "text": "คดีแนวเขต"}
    assert client.post(page_of(overlap), said).status_code == 302
    overlap.refresh_from_db()
    assert (overlap.status, overlap.explanation) == ("explained", "คดีแนวเขต")
    for action, status in [("reopen", "open"), ("settle", "settled"), ("reopen", "open")]:
        client.post(page_of(overlap), {"action": action})
        overlap.refresh_from_db()
        assert overlap.status == status
    client.post(page_of(overlap), {"action": "assign", "assignee": "clerk"})
    overlap.refresh_from_db()
    assert overlap.assignee == clerk
    refused = client.post(page_of(overlap), {"action": "explain", "text": ""})
    assert refused.status_code == 422
    assert client.post(page_of(overlap), {"action": "delete"}).status_code == 404


def test_a_small_fault_is_drawn_from_near_too(overlap, plots) -> None:
    assert [drawing.near for drawing in fault_drawings(overlap)] == [False]
    amended(plots[1], geometry=ground((39.9, 0), (80, 0), (80, 40), (39.9, 40)))
    checked(minutes=5)
    mark = Finding.objects.filter(rule="unshared_vertex", status="open").first()
    assert mark is not None
    whole, near = fault_drawings(mark)
    assert (whole.near, near.near) == (False, True)
    assert whole.mark is not None
    assert near.scale_bar.metres < whole.scale_bar.metres


def test_a_check_is_ordered_once(client, clerk) -> None:
    client.force_login(clerk)
    for _ in range(2):
        assert client.post(reverse("findings-check")).status_code == 302
    job = Job.objects.get(kind="parcels.check_fabric")
    assert (job.office, job.requested_by) == (the_office(), clerk)
