"""Each rule finds the fault that is planted for it, and nothing in a clean fabric."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.contrib.gis.geos import MultiPolygon
from django.utils import timezone
from psycopg.types.range import Range

from offices.models import AdministrativeArea
from parcels.models import (
    BAUnit,
    MapSheet,
    Mortgage,
    Parcel,
    Party,
    Right,
    RuleSetting,
    Transaction,
)
from parcels.rules import Moment, rules, rules_at
from parcels.rules.checking import Hit, Scope, checked_state, sql_hits
from parcels.rules.fabric_rules import fabric_hits
from parcels.rules.wording import worded
from tests.factories import LONG_AGO, a_land_office, a_party, a_transaction, amended
from tests.parcels.rules.town import (
    a_deed,
    a_plot,
    a_town,
    codes,
    ground,
    past_the_guards,
    square,
    sub_district,
    the_office,
)

pytestmark = pytest.mark.django_db
SINCE = Range(LONG_AGO, None)
YESTERDAY = timezone.localdate() - timedelta(days=1)


def audited(on: date | None = None, **restriction: list[int]) -> list[Hit]:
    """What all rules of an audit find."""
    day = on or timezone.localdate()
    scope = Scope.of(the_office(), day, **restriction)
    with checked_state(day):
        found = [
            hit for r in rules_at(Moment.AUDIT) if r.check == "sql" for hit in sql_hits(r, scope)
        ]
        found += fabric_hits([r for r in rules_at(Moment.AUDIT) if r.check == "coverage"], scope)
    return found


def over_the_fence() -> None:
    a_plot(0, 0)
    a_plot(0.5, 0.5)


def a_yard_inside() -> None:
    a_plot(0, 0)
    a_plot(0.25, 0.25, geometry=square(0.25, 0.25, 10), legal_area_m2=Decimal(100))


def drawn_twice() -> None:
    a_plot(0, 0)
    a_plot(0, 0)


def a_forgotten_strip() -> None:
    """Two plots 3 cm apart, joined at both ends: the strip between them is enclosed."""
    left = ground((0, 0), (40, 0), (40, 10), (39.97, 11), (39.97, 39), (40, 40), (0, 40))
    a_plot(0, 0, geometry=left, legal_area_m2=Decimal("1599.13"))
    a_plot(1, 0, geometry=ground((40, 0), (80, 0), (80, 40), (40, 40), (40, 10)))


def a_bow_tie() -> None:
    with past_the_guards(("parcels_parcel", "parcel_geometry_is_valid")):
        a_plot(0, 0, geometry=ground((0, 0), (40, 40), (40, 0), (0, 40)), legal_area_m2=None)


def a_thin_strip() -> None:
    strip = ground((0, 0), (40, 0), (40, 0.3), (0, 0.3))
    a_plot(0, 0, geometry=strip, legal_area_m2=Decimal(12))


def a_mark_of_one_side() -> None:
    a_plot(0, 0, geometry=ground((0, 0), (40, 0), (40, 17), (40, 40), (0, 40)))
    a_plot(1, 0)


def half_of_the_deed() -> None:
    a_plot(0, 0, legal_area_m2=Decimal(3200))


def no_area_on_the_deed() -> None:
    a_plot(0, 0, legal_area_m2=None)


def one_land_number_twice() -> None:
    a_plot(0, 0, land_number="7")
    a_plot(1, 0, land_number="7")


def one_tax_code_twice() -> None:
    a_plot(0, 0, tax_parcel_code="01A009")
    a_plot(1, 0, tax_parcel_code="01A009")


def a_code_of_its_own() -> None:
    a_plot(0, 0, tax_parcel_code="A-1/2")


def without_land_number() -> None:
    a_plot(0, 0, land_number="")


def without_title() -> None:
    a_plot(0, 0, ba_unit=None)


def without_sub_district() -> None:
    a_plot(0, 0, sub_district=None)


def off_the_sheet() -> None:
    sheet = a_plot(0, 0).map_sheet
    assert sheet is not None
    MapSheet.objects.filter(pk=sheet.pk).update(extent=square(3, 3)[0])


def beyond_the_bounds() -> None:
    a_plot(40, 0)


def among_strangers() -> None:
    for column in range(3):
        for row in range(3):
            code = "120402" if (column, row) == (1, 1) else "120401"
            a_plot(column, row, sub_district=sub_district(code))


def in_the_next_district() -> None:
    sub_district()
    AdministrativeArea.objects.create(
        code="1205", level="district", parent_id="12", name_th="อำเภออื่น", name_en="Another"
    )
    a_plot(0, 0, sub_district=sub_district("120501"))


def across_the_canal() -> None:
    both = MultiPolygon(square(0, 0)[0], square(2, 0)[0], srid=4326)
    a_plot(0, 0, geometry=both, legal_area_m2=Decimal(3200))


def left_on_an_ended_title() -> None:
    parcel = a_plot(0, 0)
    with past_the_guards():
        BAUnit.objects.filter(pk=parcel.ba_unit_id).update(valid_during=Range(LONG_AGO, YESTERDAY))
        Right.objects.update(valid_during=Range(LONG_AGO, YESTERDAY))


def out_of_nowhere() -> None:
    act = a_transaction(the_office())
    with past_the_guards():
        Transaction.objects.filter(pk=act.pk).update(kind="divide")
    a_plot(0, 0, created_by=act)


def behind_the_register() -> None:
    parcel = amended(a_plot(0, 0), land_number="99")
    with past_the_guards():
        Parcel.objects.filter(pk=parcel.pk).update(changed_by=None)


def one_deed_number_twice() -> None:
    a_plot(0, 0, ba_unit=a_deed("55"))
    a_plot(1, 0, ba_unit=a_deed("55"))


def a_deed_without_number() -> None:
    a_plot(0, 0, ba_unit=a_deed(""))


def nobody_owns_it() -> None:
    a_plot(0, 0, ba_unit=a_deed("1", owners=[]))


def two_thirds_are_owned() -> None:
    parcel = a_plot(0, 0, ba_unit=a_deed("1", owners=[a_party(), a_party(), a_party()]))
    one = Right.objects.filter(ba_unit=parcel.ba_unit_id).order_by("pk")[0]
    with past_the_guards():
        Right.objects.filter(pk=one.pk).update(valid_during=Range(LONG_AGO, YESTERDAY))


def mortgaged_twice_first() -> None:
    parcel = a_plot(0, 0)
    with past_the_guards(("parcels_mortgage", "one_mortgage_of_a_rank_at_a_time")):
        for _ in range(2):
            Mortgage.objects.create(
                ba_unit=parcel.ba_unit, creditor=a_party(), rank=1, amount_satang=100,
                valid_during=SINCE, created_by=parcel.created_by,
            )  # fmt: skip


def rights_outlive_the_title() -> None:
    title = a_deed("1")
    with past_the_guards():
        BAUnit.objects.filter(pk=title.pk).update(valid_during=Range(LONG_AGO, YESTERDAY))


def a_deed_without_land() -> None:
    a_deed("1")


def the_land_is_gone() -> None:
    parcel = a_plot(0, 0)
    amended(parcel, valid_during=Range(LONG_AGO, YESTERDAY))


def a_group_of_nobody() -> None:
    a_plot(0, 0, ba_unit=a_deed("1", owners=[a_party(kind=Party.Kind.GROUP)]))


PLANTED: dict[str, Callable[[], None]] = {
    "overlap": over_the_fence,
    "contained": a_yard_inside,
    "duplicate": drawn_twice,
    "gap": a_forgotten_strip,
    "invalid_ring": a_bow_tie,
    "sliver": a_thin_strip,
    "unshared_vertex": a_mark_of_one_side,
    "area_difference": half_of_the_deed,
    "legal_area_missing": no_area_on_the_deed,
    "duplicate_land_number": one_land_number_twice,
    "duplicate_tax_code": one_tax_code_twice,
    "tax_code_unreadable": a_code_of_its_own,
    "missing_land_number": without_land_number,
    "missing_title": without_title,
    "missing_sub_district": without_sub_district,
    "outside_sheet": off_the_sheet,
    "outside_office": beyond_the_bounds,
    "outside_sub_district": among_strangers,
    "sub_district_outside_district": in_the_next_district,
    "parcel_in_parts": across_the_canal,
    "parcel_on_ended_title": left_on_an_ended_title,
    "piece_without_lineage": out_of_nowhere,
    "change_without_transaction": behind_the_register,
    "duplicate_deed_number": one_deed_number_twice,
    "missing_deed_number": a_deed_without_number,
    "missing_owner": nobody_owns_it,
    "share_total": two_thirds_are_owned,
    "mortgage_rank_twice": mortgaged_twice_first,
    "right_on_ended_title": rights_outlive_the_title,
    "title_without_parcel": a_deed_without_land,
    "parcel_ended_title_in_force": the_land_is_gone,
    "group_without_members": a_group_of_nobody,
}
# Faults that cannot be without another one.
TOGETHER = {
    "outside_office": {"outside_sheet"},
    "invalid_ring": {"legal_area_missing"},
}


def test_every_rule_of_an_audit_has_its_fault_here() -> None:
    assert set(PLANTED) == {rule.code for rule in rules_at(Moment.AUDIT)}


def test_nothing_is_found_in_a_clean_fabric() -> None:
    a_town()
    assert audited() == []


@pytest.mark.parametrize("code", PLANTED)
def test_a_rule_finds_the_fault_that_is_planted(code: str) -> None:
    PLANTED[code]()
    found = audited()
    assert codes(found) == sorted({code} | TOGETHER.get(code, set()))
    hit = next(hit for hit in found if hit.rule == code)
    rule = rules()[code]
    assert (hit.measure is not None) == bool(rule.unit)
    assert hit.parcel is not None or hit.title is not None
    assert (hit.place is not None) == (code not in ("title_without_parcel", "right_on_ended_title"))
    names = {"parcel": "1", "other": "2", "title": "3"}
    # A dash stands for a value that the words ask for and nobody found.
    assert "–" not in worded(rule, {**hit.evidence, **names, "measure": hit.measure})


@pytest.mark.parametrize(
    ("code", "measure"),
    [
        ("overlap", 400.0), ("contained", 100.0), ("duplicate", 1600.0), ("sliver", 12.0),
        ("gap", 0.87), ("area_difference", 1600.0), ("parcel_in_parts", 2.0),
        ("outside_office", 640.0), ("outside_sub_district", 8.0), ("right_on_ended_title", 1.0),
    ],
)  # fmt: skip
def test_a_fault_is_measured(code: str, measure: float) -> None:
    PLANTED[code]()
    (hit,) = [hit for hit in audited() if hit.rule == code]
    assert hit.measure == pytest.approx(measure, abs=0.02)


def test_what_an_office_tolerates_is_not_found() -> None:
    half_of_the_deed()
    for name in ("tolerance_percent", "tolerance_m2"):
        RuleSetting.objects.create(
            office=the_office(), rule="area_difference", name=name, value=2000, reason="test"
        )
    assert audited() == []


def test_the_faults_of_another_office_are_not_ours() -> None:
    other = a_land_office("LO-OTHER")
    a_plot(0, 0, office=other)
    a_plot(0, 0, office=other)
    assert "duplicate" not in codes(audited())
    a_plot(0, 0)
    assert "duplicate" in codes(audited())


def test_a_check_of_some_parcels_finds_what_they_take_part_in() -> None:
    parcels = a_town()
    stranger = a_plot(0.5, -0.5)
    assert codes(audited(only=[parcels[0].pk])) == ["overlap"]
    assert codes(audited(only=[parcels[8].pk])) == []
    whole = [hit.fingerprint for hit in audited() if hit.rule == "overlap"]
    part = [hit.fingerprint for hit in audited(only=[stranger.pk]) if hit.rule == "overlap"]
    assert sorted(whole) == sorted(part)
    assert len(whole) == 2


def test_a_past_day_is_checked_as_it_was() -> None:
    """The plot reached over its neighbour until the day before yesterday."""
    a_plot(0, 0)
    wide = a_plot(1, 0, geometry=ground((35, 0), (80, 0), (80, 40), (35, 40)))
    amended(wide, geometry=square(1, 0), valid_during=Range(YESTERDAY, None))
    assert codes(audited()) == []
    assert codes(audited(YESTERDAY)) == []
    assert codes(audited(YESTERDAY - timedelta(days=1))) == [
        "area_difference", "overlap", "unshared_vertex",
    ]  # fmt: skip


def test_a_fault_has_one_fingerprint_however_large_it_is() -> None:
    a_plot(0, 0)
    wide = a_plot(1, 0, geometry=ground((35, 0), (80, 0), (80, 40), (35, 40)))
    (before,) = [hit for hit in audited() if hit.rule == "overlap"]
    amended(wide, geometry=ground((30, 0), (80, 0), (80, 40), (30, 40)))
    (after,) = [hit for hit in audited() if hit.rule == "overlap"]
    assert before.fingerprint == after.fingerprint
    assert (before.measure, after.measure) == (pytest.approx(200), pytest.approx(400))
