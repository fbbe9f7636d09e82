"""Parcels are divided, merged and corrected; land, titles and numbers come out as they must."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils.translation import override
from psycopg.types.range import Range

from cadastre.fabric import CoverageBroken, OverlapsNeighbour
from parcels.editing.choices import Choices
from parcels.editing.errors import LegalAreasDoNotSum
from parcels.editing.operations import operations_of
from parcels.errors import EffectiveDayImpossible, ParcelChangedMeanwhile
from parcels.models import Mortgage, Parcel, Party, Restriction, Transaction
from parcels.registration import denials, kind_named
from parcels.services.edits import edit_draft, edit_preview, edit_refresh
from parcels.services.transactions import transaction_submit, transaction_withdraw
from tests.factories import LONG_AGO, NOW, a_map_sheet, a_party, a_transaction
from tests.parcels.editing.block import (
    SOURCE,
    a_plot,
    approved,
    children,
    drafted,
    is_coverage,
    lonlats,
    officers,
    place,
    register,
    registered,
    shapes_in_force,
)

pytestmark = pytest.mark.django_db


def divided(parcel: Parcel, x: float = 15.0, **choices):
    line = place((x, -1), (x, 41))
    return registered(
        "divide", {"op": "divide_line", "parcel": parcel.public_id, "line": line}, **choices
    )


def test_the_remainder_keeps_the_numbers_and_the_other_piece_gets_the_next() -> None:
    parcel, other = a_plot(0), a_plot(1)
    divided(parcel)
    parcel.refresh_from_db()
    assert parcel.retired_by is not None
    kept, new = sorted(children(parcel), key=lambda p: int(p.land_number))
    assert (kept.ba_unit, kept.land_number, kept.tax_parcel_code) == (parcel.ba_unit, "1", "01A001")
    assert (new.land_number, new.tax_parcel_code) == ("3", "01A001/001")
    assert (new.ba_unit.deed_number, new.ba_unit.survey_page) == ("1003", "203")
    assert (new.ba_unit.book, new.ba_unit.page) == ("11", "3")
    assert kept.legal_area_m2 + new.legal_area_m2 == parcel.legal_area_m2
    assert is_coverage()
    assert lonlats(parcel) <= lonlats(kept) | lonlats(new)
    other.refresh_from_db()
    assert other.changed_by is None


def test_what_was_registered_against_the_title_goes_over_to_the_new_one() -> None:
    parcel = a_plot(0)
    title = parcel.ba_unit
    act = a_transaction()
    since = {"valid_during": Range(LONG_AGO, None), "created_by": act, "ba_unit": title}
    bank = a_party("ธนาคาร", Party.Kind.JURISTIC)
    Mortgage.objects.create(creditor=bank, amount_satang=100_000_000, **since)
    Restriction.objects.create(kind="servitude", text="ทางเดิน", **since)
    divided(parcel)
    new = next(each.ba_unit for each in children(parcel) if each.ba_unit != title)
    held = new.rights.get()
    before = title.rights.get()
    assert (held.party, held.share_numerator) == (before.party, before.share_numerator)
    assert new.mortgages.get().creditor == bank
    assert new.restrictions.get().text == "ทางเดิน"
    assert title.mortgages.get().retired_by is None


def test_stated_legal_areas_must_make_up_the_whole() -> None:
    parcel = a_plot(0)
    line = {"op": "divide_line", "parcel": parcel.public_id, "line": place((15, -1), (15, 41))}
    act = drafted("divide", line, areas={0: "600", 1: "0-2-50.1"})
    with pytest.raises(LegalAreasDoNotSum):
        transaction_submit(act=act, maker=act.maker, now=NOW)
    other = {"parcel": a_plot(3).public_id, "line": place((135, -1), (135, 41))}
    act = registered("divide", line | other, areas={0: "600.4"})
    pieces = act.proposed.filter(role="piece").order_by("position")
    assert [p.legal_area_m2 for p in pieces] == [Decimal("600.40"), Decimal("999.60")]


def test_a_neighbour_gets_the_mark_and_keeps_everything_else() -> None:
    parcel, neighbour, far = a_plot(0), a_plot(0, 1), a_plot(1, 1)
    act = divided(parcel)
    before = neighbour
    neighbour = Parcel.objects.get(pk=before.pk)
    assert neighbour.changed_by == act
    assert len(lonlats(neighbour) - lonlats(before)) == 1
    assert lonlats(before) <= lonlats(neighbour)
    assert neighbour.legal_area_m2 == before.legal_area_m2
    assert is_coverage()
    far.refresh_from_db()
    assert far.changed_by is None


def test_a_road_given_to_the_public_gets_no_title() -> None:
    parcel = a_plot(0)
    strip = {"op": "divide_strip", "parcel": parcel.public_id, "line": place((20, -1), (20, 41)),
             "width_m": "6", "align": "centre"}  # fmt: skip
    preview = edit_preview(
        office=parcel.office, kind="divide_public", operations=operations_of([strip]), now=NOW
    )
    assert "public_piece_missing" in [each["code"] for each in preview.findings]
    registered("divide_public", strip, public=[0], facts={0: {"land_use": "road"}}, keeps_number=1)
    road, kept, other = children(parcel)
    assert (road.ba_unit, road.land_number, road.tax_parcel_code) == (None, "", "")
    assert road.land_use == "road"
    assert kept.ba_unit == parcel.ba_unit
    assert other.ba_unit.deed_number == "1002"
    assert road.legal_area_m2 == Decimal("240.00")
    assert sum(p.legal_area_m2 for p in (road, kept, other)) == Decimal("1600.00")


def test_the_piece_that_keeps_the_numbers_is_never_public() -> None:
    parcel = a_plot(0)
    line = {"op": "divide_line", "parcel": parcel.public_id, "line": place((15, -1), (15, 41))}
    act = drafted("divide_public", line, public=[0], keeps_number=0)
    with pytest.raises(denials.KeeperMissing):
        transaction_submit(act=act, maker=act.maker, now=NOW)


def two_of_one_owner() -> tuple[Parcel, Parcel]:
    owner = a_party()
    return a_plot(0, owner=owner), a_plot(1, owner=owner)


def merger(*parcels: Parcel) -> dict[str, Any]:
    return {"op": "merge", "parcels": [parcel.public_id for parcel in parcels]}


def test_merged_parcels_get_a_new_title_and_the_lowest_tax_code() -> None:
    one, other = two_of_one_owner()
    a_plot(0, 1)
    act = registered("merge", merger(other, one))
    (merged,) = children(one)
    assert children(other) == [merged]
    assert (merged.land_number, merged.tax_parcel_code) == ("102", "01A001")
    assert merged.ba_unit.deed_number == "1102"
    assert merged.legal_area_m2 == Decimal("3200.00")
    assert merged.ba_unit.rights.get().party == one.ba_unit.rights.get().party
    for title in (one.ba_unit, other.ba_unit):
        title.refresh_from_db()
        assert title.retired_by == act
        assert not title.rights.filter(retired_by=None).exists()
    assert is_coverage()


def test_restrictions_of_merged_titles_are_taken_together() -> None:
    one, other = two_of_one_owner()
    since = {"valid_during": Range(LONG_AGO, None), "created_by": a_transaction()}
    for parcel, text in ((one, "ทางเดิน"), (other, "ทางเดิน"), (other, "ทางน้ำ")):
        Restriction.objects.create(kind="servitude", text=text, ba_unit=parcel.ba_unit, **since)
    registered("merge", merger(one, other))
    texts = children(one)[0].ba_unit.restrictions.values_list("text", flat=True)
    assert sorted(texts) == ["ทางน้ำ", "ทางเดิน"]


def _mortgaged(parcel: Parcel) -> None:
    Mortgage.objects.create(
        ba_unit=parcel.ba_unit, creditor=a_party(), amount_satang=1,
        valid_during=Range(LONG_AGO, None), created_by=a_transaction(),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("fields", "refusal"),
    [
        ({"owner": None}, denials.OwnersDiffer),
        ({"map_sheet": "5136 IV 5834-2"}, denials.SheetsDiffer),
        ({"sub_district": None}, denials.SubDistrictsDiffer),
        ({"local_authority": None}, denials.OfficesDiffer),
        ({"ba_unit": None}, denials.TitlesDiffer),
        ({"mortgaged": True}, denials.MortgagesDiffer),
    ],
)
def test_parcels_that_differ_in_law_are_not_merged(fields, refusal) -> None:
    owner = a_party()
    facts = {"owner": owner} | fields
    if sheet := facts.get("map_sheet"):
        facts["map_sheet"] = a_map_sheet(sheet)
    mortgaged = facts.pop("mortgaged", False)
    one, other = a_plot(0, owner=owner), a_plot(1, **facts)
    if mortgaged:
        _mortgaged(other)
    act = drafted("merge", merger(one, other))
    with pytest.raises(refusal) as refused:
        transaction_submit(act=act, maker=act.maker, now=NOW)
    assert refused.value.evidence["one"] == "1"


def test_a_title_with_another_parcel_does_not_end_in_a_merger() -> None:
    one, other = two_of_one_owner()
    a_plot(5, title=one.ba_unit)
    act = drafted("merge", merger(one, other))
    with pytest.raises(denials.TitleHoldsMore):
        transaction_submit(act=act, maker=act.maker, now=NOW)


def test_divided_and_merged_again_the_land_is_what_it_was() -> None:
    parcel = a_plot(0)
    neighbour = a_plot(0, 1)
    divided(parcel)
    pieces = children(parcel)
    registered("merge", merger(*pieces))
    (merged,) = children(pieces[0])
    assert lonlats(parcel) <= lonlats(merged)
    assert merged.legal_area_m2 == parcel.legal_area_m2
    # The neighbour has the mark by now, so the merged parcel keeps it too.
    assert lonlats(merged) - lonlats(parcel) <= lonlats(Parcel.objects.get(pk=neighbour.pk))
    assert is_coverage()
    assert merged.calculated_area_m2 == pytest.approx(parcel.calculated_area_m2, abs=0.05)


def test_a_mark_is_moved_for_all_who_have_it_with_their_consent() -> None:
    one, other, third = a_plot(0), a_plot(1), a_plot(0, 1)
    move = {"op": "move_mark", "mark": place((40, 40)), "to": place((41, 40))}
    act = drafted("boundary_correction", move)
    with pytest.raises(denials.ConsentMissing):
        transaction_submit(act=act, maker=act.maker, now=NOW)
    transaction_withdraw(act=act, because="ขาดหนังสือยินยอม", person=act.maker, now=NOW)
    act = registered("boundary_correction", move, consent="บันทึกรับรองแนวเขต 1/2569")
    for parcel in (one, other, third):
        was = lonlats(parcel)
        parcel.refresh_from_db()
        assert parcel.changed_by == act
        assert lonlats(parcel) != was
        assert parcel.valid_during.lower == NOW.date()
        assert parcel.versions.filter(recorded_during__endswith=None).get().geometry
    assert is_coverage()


def test_a_new_survey_gives_the_measured_area_and_keeps_what_the_neighbours_have() -> None:
    parcel, neighbour = a_plot(0), a_plot(1)
    was = lonlats(neighbour)
    rings = place((0, 0), (40, 0), (40, 40), (-2, 40))
    step = {"op": "replace", "parcel": parcel.public_id, "ring": rings}
    registered("re_survey", step)
    parcel.refresh_from_db()
    neighbour.refresh_from_db()
    assert parcel.legal_area_m2 == Decimal("1640.00")
    assert lonlats(neighbour) == was
    assert is_coverage()


def test_ground_that_a_neighbour_gives_changes_both() -> None:
    parcel, neighbour = a_plot(0), a_plot(1)
    step = {"op": "replace", "parcel": parcel.public_id, "gives": [neighbour.public_id],
            "ring": place((0, 0), (42, 0), (42, 40), (0, 40))}  # fmt: skip
    registered("boundary_correction", step, consent="ยินยอม", areas={0: "1680", 1: "1520"})
    for each, area in ((parcel, "1680.00"), (neighbour, "1520.00")):
        each.refresh_from_db()
        assert each.legal_area_m2 == Decimal(area)
        assert each.calculated_area_m2 == pytest.approx(float(area), abs=0.1)
    assert is_coverage()


def test_an_area_is_corrected_without_touching_the_shape() -> None:
    parcel = a_plot(0)
    was = parcel.geometry.wkb
    step = {"op": "choose", "parcel": parcel.public_id}
    act = drafted("area_correction", step)
    with pytest.raises(denials.AreaAlreadySo):
        transaction_submit(act=act, maker=act.maker, now=NOW)
    transaction_withdraw(act=act, because="x", person=act.maker, now=NOW)
    registered("area_correction", step, areas={0: "1-0-0.5"})
    parcel.refresh_from_db()
    assert (parcel.legal_area_m2, parcel.geometry.wkb) == (Decimal("1602.00"), was)


def test_a_repair_was_always_so() -> None:
    parcel = a_plot(0)
    since = parcel.valid_during
    known = parcel.recorded_during.lower
    registered(
        "data_repair", {"op": "choose", "parcel": parcel.public_id},
        facts={0: {"land_number": "77", "house_number": "12/3"}},
    )  # fmt: skip
    parcel.refresh_from_db()
    assert (parcel.land_number, parcel.house_number) == ("77", "12/3")
    assert parcel.valid_during == since
    before = parcel.versions.get()
    assert (before.land_number, before.recorded_during.lower) == ("1", known)
    assert before.recorded_during.upper == parcel.recorded_during.lower


def test_only_a_repair_writes_numbers_by_hand() -> None:
    parcel = a_plot(0)
    preview = edit_preview(
        office=parcel.office, kind="boundary_correction", now=NOW,
        operations=operations_of([{"op": "choose", "parcel": parcel.public_id}]),
        choices=Choices(facts={0: {"land_number": "77"}}),
    )  # fmt: skip
    assert "number_not_written_by_hand" in [each["code"] for each in preview.findings]


def a_new_plot(x: float, **choices: Any) -> dict[str, Any]:
    ring = place((x, 0), (x + 20, 0), (x + 20, 40), (x, 40))
    return {"op": "new_parcel", "ring": ring}


def test_land_is_registered_for_the_first_time_beside_what_is_there() -> None:
    neighbour = a_plot(0)
    holder = a_party("ผู้ขอออกโฉนด")
    title = {
        "sub_district": "120401", "map_sheet": neighbour.map_sheet_id, "tax_block": "01A",
        "local_authority": neighbour.local_authority.code, "holders": [{"party": holder.pk}],
    }  # fmt: skip
    act = registered("new_registration", a_new_plot(40), title=title)
    parcel = Parcel.objects.get(created_by=act)
    assert (parcel.land_number, parcel.tax_parcel_code) == ("2", "01A002")
    assert (parcel.ba_unit.deed_number, parcel.ba_unit.survey_page) == ("1002", "202")
    assert parcel.ba_unit.rights.get().party == holder
    assert parcel.legal_area_m2 == Decimal("800.00")
    assert is_coverage()


def test_new_land_lies_on_nobody_elses() -> None:
    a_plot(0)
    with pytest.raises(OverlapsNeighbour):
        drafted("new_registration", a_new_plot(30))
    act = approved(drafted("new_registration", a_new_plot(80)))
    a_plot(2)  # registered by somebody else in the meantime
    with pytest.raises((OverlapsNeighbour, CoverageBroken)):
        register(act)


def test_a_stale_edit_is_refused_and_can_be_drawn_anew() -> None:
    parcel, neighbour = a_plot(0), a_plot(1)
    line = {"op": "divide_line", "parcel": parcel.public_id, "line": place((-1, 20), (41, 20))}
    act = drafted("divide", line)
    registered("divide", {"op": "divide_line", "parcel": neighbour.public_id,
                          "line": place((39, 10), (81, 10))})  # fmt: skip
    with pytest.raises(ParcelChangedMeanwhile):
        transaction_submit(act=act, maker=act.maker, now=NOW)
    act = edit_refresh(act=act, maker=act.maker, now=NOW)
    register(approved(act))
    assert is_coverage()
    assert len(shapes_in_force()) == 4


def test_the_summary_says_what_will_change_and_nothing_of_owners() -> None:
    parcel = a_plot(0, owner=a_party("สมหญิง"))
    a_plot(0, 1)
    act = drafted("divide", {"op": "divide_line", "parcel": parcel.public_id,
                             "line": place((15, -1), (15, 41))})  # fmt: skip
    with override("en"):
        said = [
            each.replace("\N{NO-BREAK SPACE}", " ") for each in kind_named("divide").summary(act)
        ]
    assert said == [
        "land number 1 (deed 1001) is divided into 2 parcels.",
        (
            "Piece 1, 0 rai 1 ngan 50 sq wa: gets the next deed number, land number, survey page "
            "and tax parcel code."
        ),
        "Piece 2, 0 rai 2 ngan 50 sq wa: keeps the title, the land number and the tax parcel code.",
        "The legal area in all stays 1 rai 0 ngan 0 sq wa (1,600 m²).",
        "Neighbours that get a mark on the common boundary, and change in nothing else: 101.",
    ]


def test_a_division_leaves_no_part_of_a_title_without_its_share_of_law() -> None:
    """Effective before a right began, a division would invent a holder for the past."""
    parcel = a_plot(0)
    with pytest.raises(EffectiveDayImpossible):
        transaction_submit(
            act=(act := effective(parcel, LONG_AGO - timedelta(days=1))), maker=act.maker, now=NOW
        )


def effective(parcel: Parcel, day: date) -> Transaction:
    line = {"op": "divide_line", "parcel": parcel.public_id, "line": place((15, -1), (15, 41))}
    return edit_draft(
        office=parcel.office, kind="divide", operations=operations_of([line]), choices=Choices(),
        source=SOURCE, reason="x", maker=officers()[0], now=NOW, effective_on=day,
    )  # fmt: skip
