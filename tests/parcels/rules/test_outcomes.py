"""What the rules say of a transaction: what stops it, what is shown, and what was there before."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.gis.geos import MultiPolygon
from django.db import connection
from django.utils import timezone, translation
from django.utils.translation import gettext

from offices.models import Role, User
from parcels.models import (
    BAUnit,
    Mortgage,
    Parcel,
    ProposedParcel,
    Restriction,
    SourceFile,
    SpatialSource,
    Transaction,
)
from parcels.rules import (
    Moment,
    RuleBroken,
    act_rules,
    critical_outcomes,
    outcomes_of,
    rules,
    rules_at,
)
from parcels.services.transactions import Draft, Proposal, SourceFacts, transaction_draft
from tests.factories import a_land_office, a_parcel, a_party, a_transaction, a_user
from tests.parcels.rules.town import a_deed, a_plot, a_town, ground, past_the_guards, square

pytestmark = pytest.mark.django_db
Kind = Transaction.Kind
Role_ = ProposedParcel.Role
TODAY = timezone.localdate()
LEFT = ground((0, 0), (20, 0), (20, 40), (0, 40))
RIGHT = ground((20, 0), (40, 0), (40, 40), (20, 40))


@pytest.fixture
def maker() -> User:
    return a_user("maker", Role.LAND_OFFICER)


@pytest.fixture
def drafted(maker: User) -> Callable[..., Transaction]:
    """Draft without asking the kind: its own content is not what is tested here."""

    def draft(kind: Kind, *proposals: Proposal, **said: Any) -> Transaction:
        facts: dict[str, Any] = {
            "source": SourceFacts(kind="request", reference="ท.ด. 9 ที่ 1/2569"),
            "reason": "คำขอ", "content": {"text": "x"},
        }  # fmt: skip
        act = transaction_draft(
            office=a_land_office(),
            draft=Draft(kind=Kind.NOTE, proposals=proposals, **facts | said),
            maker=maker,
            now=timezone.now(),
        )
        Transaction.objects.filter(pk=act.pk).update(kind=kind)
        act.refresh_from_db()
        return act

    return draft


def ends(parcel: Parcel) -> Proposal:
    return Proposal(role=Role_.RETIRED, parcel=parcel, zone_srid=32647)


def piece(geometry: MultiPolygon, area: str) -> Proposal:
    return Proposal(
        role=Role_.PIECE, zone_srid=32647, geometry=geometry, legal_area_m2=Decimal(area)
    )


def changes(parcel: Parcel, geometry: MultiPolygon | None = None) -> Proposal:
    return Proposal(
        role=Role_.CHANGED, parcel=parcel, zone_srid=32647,
        geometry=geometry or parcel.geometry, legal_area_m2=parcel.legal_area_m2,
    )  # fmt: skip


def stopped_by(act: Transaction) -> list[str]:
    return sorted({each.rule.code for each in outcomes_of(act, Moment.SUBMIT) if each.stopping})


def told(act: Transaction) -> list[str]:
    return sorted({each.rule.code for each in outcomes_of(act, Moment.SUBMIT)})


def given_up(act: Transaction) -> None:
    act.proposed.all().delete()
    act.titles.all().delete()


def a_scan(act: Transaction) -> None:
    SourceFile.objects.create(
        source=act.source, name="x.pdf", media_type="application/pdf", size=1, sha256="0" * 64,
        uploaded_at=timezone.now(),
    )  # fmt: skip


def test_a_clean_division_is_told_nothing(drafted) -> None:
    parcel, *_ = a_town()
    survey = SpatialSource.objects.create(kind="survey", reference="ร.ว. 43 ก")
    act = drafted(
        Kind.DIVIDE, ends(parcel), piece(LEFT, "800"), piece(RIGHT, "800"), spatial_source=survey
    )
    a_scan(act)
    # The new marks stand in the southern row, where nobody is beyond.
    above = ground((0, 40), (20, 40), (40, 40), (40, 80), (0, 80))
    neighbour = Parcel.objects.get(geometry=square(0, 1))
    act.proposed.create(
        position=9, role=Role_.NEIGHBOUR, parcel=neighbour, zone_srid=32647, geometry=above,
        base_recorded_at=neighbour.recorded_during.lower, legal_area_m2=neighbour.legal_area_m2,
    )  # fmt: skip
    assert told(act) == []


def test_pieces_that_overlap_stop_the_division(drafted) -> None:
    parcel = a_plot()
    wide = ground((0, 0), (25, 0), (25, 40), (0, 40))
    act = drafted(Kind.DIVIDE, ends(parcel), piece(wide, "800"), piece(RIGHT, "800"))
    assert stopped_by(act) == ["overlap"]
    (error,) = critical_outcomes(act)
    assert isinstance(error, RuleBroken)
    assert error.evidence["rule"] == "overlap"
    with translation.override("en"):
        said = error.render(gettext)
    assert "200.00 m²" in said
    assert "(1)" in said
    assert "(2)" in said
    assert "13." in said
    with translation.override("th"):
        assert "ทับซ้อน" in error.render(gettext)
        assert "200.00 ตร.ม." in error.render(gettext)


def test_ground_that_is_lost_or_gained_stops_the_division(drafted) -> None:
    parcel = a_plot()
    short = ground((20, 0), (39, 0), (39, 40), (20, 40))
    act = drafted(Kind.DIVIDE, ends(parcel), piece(LEFT, "800"), piece(short, "800"))
    assert stopped_by(act) == ["union_differs"]


def test_a_changed_parcel_may_not_reach_over_its_neighbour(drafted) -> None:
    parcel, *_ = a_town(2, 1)
    act = drafted(Kind.DATA_REPAIR, changes(parcel, square(0.1, 0)))
    assert stopped_by(act) == ["overlap"]


def test_a_fault_that_was_there_stops_nothing_unless_it_grows(drafted) -> None:
    """The plot reaches 5 m over its neighbour, as it was imported."""
    a_plot(1, 0)
    parcel = a_plot(0, 0, geometry=ground((0, 0), (45, 0), (45, 40), (0, 40)))
    left = ground((0, 0), (45, 0), (45, 20), (0, 20))
    right = ground((0, 20), (45, 20), (45, 40), (0, 40))
    act = drafted(Kind.DIVIDE, ends(parcel), piece(left, "800"), piece(right, "800"))
    found = [each for each in outcomes_of(act, Moment.SUBMIT) if each.rule.code == "overlap"]
    assert [(each.existing, each.stopping) for each in found] == [(True, False)] * 2
    given_up(act)
    wider = ground((0, 0), (46, 0), (46, 40), (0, 40))
    repair = drafted(Kind.DATA_REPAIR, changes(parcel, wider))
    assert stopped_by(repair) == ["overlap"]
    given_up(repair)
    narrower = ground((0, 0), (41, 0), (41, 40), (0, 40))
    assert stopped_by(drafted(Kind.DATA_REPAIR, changes(parcel, narrower))) == []


def test_legal_areas_add_up_exactly(drafted) -> None:
    parcel = a_plot()
    act = drafted(Kind.DIVIDE, ends(parcel), piece(LEFT, "800"), piece(RIGHT, "799.99"))
    assert stopped_by(act) == ["legal_area_sum"]
    (found,) = [e for e in outcomes_of(act, Moment.SUBMIT) if e.rule.code == "legal_area_sum"]
    assert "1,599.99" in found.message
    assert found.hit.measure == pytest.approx(0.01)


def test_what_does_not_touch_is_shown_as_a_merger_in_parts(drafted) -> None:
    one, _, two = a_town(3, 1)
    both = MultiPolygon(one.geometry[0], two.geometry[0], srid=4326)
    act = drafted(Kind.MERGE, ends(one), ends(two), piece(both, "3200"))
    assert stopped_by(act) == []
    assert {"merger_in_parts", "parcel_in_parts"} <= set(told(act))


def test_a_transaction_is_about_something(drafted) -> None:
    assert stopped_by(drafted(Kind.NOTE)) == ["nothing_concerned"]
    assert stopped_by(drafted(Kind.NOTE, titles=[a_deed("1")])) == []


def test_the_document_is_named_and_not_from_the_future(drafted) -> None:
    title = a_deed("1")
    nameless = SourceFacts(kind="request", reference=" ")
    act = drafted(Kind.NOTE, titles=[title], source=nameless)
    assert stopped_by(act) == ["source_reference_missing"]
    given_up(act)
    later = SourceFacts(kind="request", reference="1", issued_on=TODAY + timedelta(days=1))
    assert stopped_by(drafted(Kind.NOTE, titles=[title], source=later)) == ["source_dated_later"]


def test_a_missing_scan_is_shown_and_stops_nothing(drafted) -> None:
    act = drafted(Kind.NOTE, titles=[a_deed("1")])
    assert told(act) == ["source_file_missing"]
    a_scan(act)
    assert told(act) == []


@pytest.mark.parametrize("kind", [Kind.BOUNDARY_CORRECTION, Kind.RE_SURVEY])
def test_a_corrected_boundary_without_a_survey_is_shown(drafted, kind) -> None:
    parcel = a_plot()
    act = drafted(kind, changes(parcel))
    assert "survey_missing" in told(act)
    survey = SpatialSource.objects.create(kind="survey", reference="ร.ว. 43 ก")
    Transaction.objects.filter(pk=act.pk).update(spatial_source=survey)
    act.refresh_from_db()
    assert "survey_missing" not in told(act)


def test_a_division_without_a_survey_is_shown(drafted) -> None:
    act = drafted(Kind.DIVIDE, ends(a_plot()), piece(LEFT, "800"), piece(RIGHT, "800"))
    assert "survey_not_named" in told(act)
    assert stopped_by(act) == []


def test_a_neighbour_in_another_transaction_is_shown(drafted) -> None:
    one, two = a_town(2, 1)
    drafted(Kind.AREA_CORRECTION, changes(two))
    act = drafted(Kind.AREA_CORRECTION, changes(one))
    (found,) = [
        e for e in outcomes_of(act, Moment.SUBMIT) if e.rule.code == "neighbour_in_transaction"
    ]
    assert not found.stopping
    with translation.override("en"):
        assert "area correction" in found.message


def test_an_ended_title_is_no_more_written_on(drafted) -> None:
    title = a_deed("1")
    act = drafted(Kind.NOTE, titles=[title])
    with past_the_guards():
        BAUnit.objects.filter(pk=title.pk).update(
            valid_during=title.valid_during.__class__(title.valid_during.lower, TODAY)
        )
    assert stopped_by(act) == ["title_not_in_force"]


@pytest.mark.parametrize(
    ("restriction", "kind", "stops"),
    [
        ("transfer_ban", Kind.TRANSFER, ["transfer_banned"]),
        ("transfer_ban", Kind.INHERITANCE, []),
        ("seizure", Kind.TRANSFER, ["land_seized"]),
        ("caveat", Kind.MORTGAGE, ["land_seized"]),
        ("servitude", Kind.TRANSFER, []),
        ("seizure", Kind.MORTGAGE_RELEASE, []),
    ],
)
def test_a_restriction_stops_what_it_forbids(drafted, restriction, kind, stops) -> None:
    title = a_deed("1")
    Restriction.objects.create(
        ba_unit=title, kind=restriction, text="คำสั่งศาล", valid_during=title.valid_during,
        created_by=a_transaction(),
    )  # fmt: skip
    assert stopped_by(drafted(kind, titles=[title])) == stops


def test_a_mortgage_is_shown(drafted) -> None:
    title = a_deed("1")
    Mortgage.objects.create(
        ba_unit=title, creditor=a_party(), amount_satang=1, valid_during=title.valid_during,
        created_by=a_transaction(),
    )  # fmt: skip
    act = drafted(Kind.TRANSFER, titles=[title])
    assert "title_mortgaged" in told(act)
    assert stopped_by(act) == []


def test_faults_of_the_title_are_shown_as_they_are(drafted) -> None:
    act = drafted(Kind.NOTE, titles=[a_deed("1", owners=[])])
    (found,) = [e for e in outcomes_of(act, Moment.SUBMIT) if e.rule.code == "missing_owner"]
    assert found.existing
    assert not found.stopping


def test_nothing_stays_in_the_database_session(drafted) -> None:
    outcomes_of(drafted(Kind.DATA_REPAIR, changes(a_plot())), Moment.SUBMIT)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_views WHERE viewname LIKE 'checked_%%'")
        assert cursor.fetchone() == (0,)


def test_a_registered_transaction_is_asked_nothing() -> None:
    assert list(critical_outcomes(a_transaction())) == []


def test_every_transaction_rule_has_its_check() -> None:
    assert set(act_rules._checks) == {r.code for r in rules().values() if r.check == "act"}


def test_every_rule_is_said_in_thai_too() -> None:
    parcel = a_parcel()
    assert parcel.pk
    for rule in rules_at(Moment.AUDIT) + rules_at(Moment.SUBMIT):
        with translation.override("en"):
            english = rule.title, rule.message({}), rule.remedy
        with translation.override("th"):
            thai = rule.title, rule.message({}), rule.remedy
        assert all(one != two for one, two in zip(english, thai, strict=True)), rule.code
