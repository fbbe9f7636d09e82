"""Into a new year: every parcel of 1 January is valued, and nothing that was known is lost.

docs/algorithms/valuation.md, section 5. Running it again changes nothing that is already right.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from django.contrib.gis.db.models.functions import Centroid
from django.db import connection, transaction
from django.db.backends.postgresql.psycopg_any import DateRange

from cadastre.tax.money import apportion
from offices.jobs import Run
from offices.models import Office
from offices.services.audit import entry_record
from parcels.models import Parcel
from taxmap.models import (
    Building,
    Inspection,
    LandPrice,
    TaxYear,
    TaxZone,
    UnitUse,
    ValuationUnit,
)
from taxmap.services.facts import Source, inspection_record
from taxmap.services.year import year_open

_SQL = Path(__file__).parents[1] / "sql"
PIECES_SQL = (_SQL / "pieces_without_unit.sql").read_text(encoding="utf-8")
FOREBEARS_SQL = (_SQL / "valued_forebears.sql").read_text(encoding="utf-8")
_LOCK_SPACE: Final = 7_205
_REASON: Final = "ยกข้อมูลจากแปลงเดิม / carried over from the former parcel"
Forebears = list[tuple[ValuationUnit, Decimal]]


def year_roll_over(
    *, local_authority: Office, year: int, now: datetime, job: Run
) -> dict[str, Any]:  # fmt: skip
    """Open the tax year and value what was divided, consolidated or newly registered before it.

    A new piece takes street, zone and uses from what it came of, by the ground they share, and the
    buildings that stand on it. Returns counts for the job page.
    """
    opened = year_open(
        local_authority=local_authority, year=year, actor=job.requested_by, now=now
    )  # fmt: skip
    on = date(year, 1, 1)
    tally: Counter[str] = Counter()
    pieces = _pieces(local_authority, on)
    for done, piece in enumerate(pieces):
        job.progress(done, len(pieces), "Valuing new parcels")
        with transaction.atomic():
            _take_turn(local_authority)
            tally.update(piece_value(piece_id=piece, now=now, source=_source(job, now)))
    result = {"tax_year": year, "office": local_authority.code, "pieces": len(pieces), **tally}
    with transaction.atomic():
        TaxYear.objects.filter(pk=opened.pk).update(rolled_over_at=now)
        entry_record(
            action="taxmap.year_rolled_over", subject_kind="office",
            subject_id=local_authority.code, actor=job.requested_by, office=local_authority,
            data=result, now=now,
        )  # fmt: skip
    job.progress(len(pieces), len(pieces), "Valuing new parcels")
    return result


def _source(job: Run, now: datetime) -> Source:
    return Source(Inspection.Kind.ROLL_OVER, now.date(), _REASON, actor=job.requested_by)


def _pieces(local_authority: Office, on: date) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(PIECES_SQL, {"authority": local_authority.pk, "on": on})
        return [row[0] for row in cursor]


def _take_turn(local_authority: Office) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_LOCK_SPACE, local_authority.pk])


@transaction.atomic
def piece_value(*, piece_id: int, now: datetime, source: Source) -> Counter[str]:
    """Make the valuation unit of one parcel; nothing if it has one. Counts what was carried."""
    piece = Parcel.objects.select_for_update(of=("self",)).get(pk=piece_id)
    if ValuationUnit.objects.filter(parcel=piece, owner=None, condominium_unit=None).exists():
        return Counter()
    former = _forebears(piece)
    main = former[0][0] if former else None
    unit = ValuationUnit.objects.create(
        parcel=piece, local_authority=piece.local_authority,
        street=main.street if main else None, zone=_zone_of(piece) or (main.zone if main else None),
        is_taxable=main.is_taxable if main else True,
    )  # fmt: skip
    if main is None:
        return Counter(new_without_forebears=1)
    since = piece.valid_during.lower
    inspection = inspection_record(unit=unit, source=source, now=now)
    return Counter(
        carried=1,
        uses=_carry_uses(unit, former, since, inspection),
        buildings=_carry_buildings(unit, former, since, inspection),
        prices=_carry_price(unit, main, since),
    )


def _forebears(piece: Parcel) -> Forebears:
    """The nearest valued forebears with the ground shared in m², the largest first."""
    with connection.cursor() as cursor:
        cursor.execute(FOREBEARS_SQL, {"piece": piece.pk})
        shared = {unit: Decimal(str(area)) for unit, area in cursor if area > 0}
    units = ValuationUnit.objects.select_related("street", "zone", "parcel").in_bulk(list(shared))
    return [(units[pk], area) for pk, area in shared.items()]


def _zone_of(piece: Parcel) -> TaxZone | None:
    """The zone that its parcel code names."""
    zones = TaxZone.objects.filter(local_authority=piece.local_authority_id)
    return zones.filter(code=piece.tax_parcel_code[:2]).first() if piece.tax_parcel_code else None


def _carry_uses(unit: ValuationUnit, former: Forebears, since: date, inspection: Inspection) -> int:
    """Uses of the forebears on the day the piece began, weighed by the ground they share."""
    weights: dict[str, Decimal] = defaultdict(Decimal)
    registered: set[str] = set()
    for forebear, area in former:
        for part in UnitUse.objects.filter(unit=forebear).in_force(since):
            weights[part.use] += area * part.share_percent
            if part.in_house_registration:
                registered.add(part.use)
    if not weights:
        return 0
    shares = apportion(1_000_000, list(weights.values()))
    for use, share in zip(weights, shares, strict=True):
        if share:
            UnitUse.objects.create(
                unit=unit, use=use, share_percent=Decimal(share) / 10_000,
                in_house_registration=use in registered, valid_during=DateRange(since, None),
                opened_by=inspection,
            )  # fmt: skip
    return len(weights)


def _carry_buildings(
    unit: ValuationUnit, former: Forebears, since: date, inspection: Inspection
) -> int:
    """Buildings whose middle lies on the piece; those without a shape go to the largest piece."""
    moved = 0
    for forebear, _area in former:
        standing = Building.objects.filter(unit=forebear).in_force(since)
        here = standing.annotate(middle=Centroid("footprint")).filter(
            middle__intersects=unit.parcel.geometry
        )
        shapeless = standing.filter(footprint=None)
        if _is_largest_piece(unit.parcel, forebear.parcel):
            here = here | shapeless.annotate(middle=Centroid("footprint"))
        for building in here.order_by("code"):
            _move(building, unit, since, inspection)
            moved += 1
    return moved


def _is_largest_piece(piece: Parcel, forebear: Parcel) -> bool:
    others = Parcel.objects.filter(parents__parent=forebear, valid_during__contains=(
        piece.valid_during.lower
    ))  # fmt: skip
    largest = others.order_by("-calculated_area_m2", "pk").first()
    return largest is None or largest.pk == piece.pk


def _move(building: Building, unit: ValuationUnit, since: date, inspection: Inspection) -> None:
    """The same building, from the day on which the ground under it got its new number."""
    began, ended = building.valid_during.lower, building.valid_during.upper
    code = building.code
    if Building.objects.filter(unit=unit, code=code).exists():
        code = f"B{Building.objects.filter(unit=unit).count() + 1:03d}"
    Building.objects.create(
        unit=unit, code=code, type_code=building.type_code, type_name=building.type_name,
        structure=building.structure, floors=building.floors,
        floor_area_m2=building.floor_area_m2, built_in=building.built_in,
        footprint=building.footprint, valid_during=DateRange(max(began, since), ended),
        opened_by=inspection,
    )  # fmt: skip
    if began >= since:
        building.delete()
    else:
        Building.objects.filter(pk=building.pk).update(
            valid_during=DateRange(began, since), closed_by=inspection
        )


def _carry_price(unit: ValuationUnit, main: ValuationUnit, since: date) -> int:
    """A price of the former parcel alone goes with its largest part until a new list comes."""
    price = LandPrice.objects.filter(parcel=main.parcel).in_force(since).first()
    if price is None or LandPrice.objects.filter(parcel=unit.parcel).exists():
        return 0
    LandPrice.objects.create(
        parcel=unit.parcel, satang_per_wa=price.satang_per_wa,
        valid_during=DateRange(since, price.valid_during.upper),
    )  # fmt: skip
    return 1
