"""Parcels are divided, merged and corrected; land, titles and numbers come out as they must."""

from __future__ import annotations

import pytest

from parcels.models import Parcel
from tests.parcels.editing.block import a_plot, children, is_coverage, lonlats, place, registered

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
