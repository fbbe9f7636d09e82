"""What a town has besides plots with their own houses: flats, houses on others' land, signs."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import numpy as np
from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange

from config.demo.tax_map_rows import PRICES_SINCE, REGISTERED_SINCE
from offices.models import Office
from parcels.models import BAUnit, Party, Right, TitleType, Transaction
from taxmap.models import (
    Building,
    Condominium,
    CondominiumPrice,
    CondominiumUnit,
    Inspection,
    UnitUse,
    ValuationUnit,
)
from taxmap.services.facts import BuildingFact, Source, UseFact, building_record, uses_change
from taxmap.services.signboards import (
    SignFact,
    signboard_add,
    signboards_assess,
    signboards_close,
)

_CONDOMINIUM_TYPE = "D505"
_FLATS_ON_A_FLOOR = 8
_HOUSES_OF_OTHERS = 12
_SIGNS = 30
_HELD = DateRange(REGISTERED_SINCE, None)
_FLAT_USES = ("residential", "main_home", "residential", "other")
_SIGNS_SAY = (
    ("1ข", "ร้านก๋วยเตี๋ยวเรือ", 120, 60), ("2ข", "ร้านกาแฟ CAFÉ", 200, 100),
    ("3ข", "MINI MART", 300, 120), ("2ก", "โปรโมชัน SALE", 250, 150),
)  # fmt: skip


@transaction.atomic
def special_property_create(*, authority: Office, seed: int, now: datetime) -> dict[str, int]:
    """Flats with titles of their own, houses on other people's land, and signboards with bills."""
    rng = np.random.default_rng([seed, 38])
    persons = list(Party.objects.filter(kind=Party.Kind.INDIVIDUAL).order_by("pk")[:400])
    if not persons:
        return {}
    blocks = Building.objects.filter(
        unit__local_authority=authority, type_code=_CONDOMINIUM_TYPE
    ).select_related("unit__parcel__office", "unit__parcel__ba_unit")
    flats = sum(
        _condominium(number, block, persons, rng)
        for number, block in enumerate(blocks.order_by("pk")[:5], start=1)
    )
    houses = _houses_of_others(authority, persons, rng, now)
    signs = _signboards(authority, rng, now)
    return {"flats": flats, "houses_of_others": houses, "signboards": signs}


def _condominium(
    number: int, block: Building, persons: list[Party], rng: np.random.Generator
) -> int:
    """One registered condominium in place of a building; the ground is common property."""
    ground = block.unit
    tower = Condominium.objects.create(
        local_authority=ground.local_authority, registration=f"{number}/2558",
        name=f"อาคารชุดบางโฉนด {number}",
    )  # fmt: skip
    prices = {"": 3_800_000, str(block.floors): 5_200_000}
    CondominiumPrice.objects.bulk_create(
        CondominiumPrice(
            condominium=tower, floor=floor, satang_per_m2=price,
            valid_during=DateRange(PRICES_SINCE, None),
        )
        for floor, price in prices.items()
    )  # fmt: skip
    rooms = [
        (floor, place)
        for floor in range(1, block.floors + 1)
        for place in range(1, _FLATS_ON_A_FLOOR + 1)
    ]
    titles = _titles(block, number, len(rooms), persons, rng)
    area = (block.floor_area_m2 * Decimal("0.75") / len(rooms)).quantize(Decimal("0.01"))
    flats = CondominiumUnit.objects.bulk_create(
        CondominiumUnit(
            condominium=tower, floor=str(floor), number=f"{number}99/{floor}{place:02d}",
            floor_area_m2=area, ba_unit=title,
        )
        for (floor, place), title in zip(rooms, titles, strict=True)
    )  # fmt: skip
    units = ValuationUnit.objects.bulk_create(
        ValuationUnit(
            parcel=ground.parcel, local_authority=ground.local_authority, condominium_unit=flat,
            zone_id=ground.zone_id,
        )
        for flat in flats
    )  # fmt: skip
    UnitUse.objects.bulk_create(
        UnitUse(
            unit=unit, use=(use := _FLAT_USES[row % len(_FLAT_USES)]), share_percent=100,
            in_house_registration=use == "main_home", valid_during=_HELD,
        )
        for row, unit in enumerate(units)
    )  # fmt: skip
    ValuationUnit.objects.filter(pk=ground.pk).update(is_taxable=False)
    return len(units)


def _titles(
    block: Building, number: int, count: int, persons: list[Party], rng: np.random.Generator
) -> list[BAUnit]:
    """Titles of flats, each held by one person."""
    parcel = block.unit.parcel
    act = Transaction.objects.filter(kind=Transaction.Kind.IMPORT).order_by("pk").first()
    assert act is not None
    district = parcel.ba_unit.district if parcel.ba_unit else None
    titles = BAUnit.objects.bulk_create(
        BAUnit(
            office=parcel.office, title_type=TitleType.OTHER, district=district,
            deed_number=f"อ.ช. {number}/{row}", valid_during=_HELD, created_by=act,
        )
        for row in range(1, count + 1)
    )  # fmt: skip
    Right.objects.bulk_create(
        Right(
            ba_unit=title, party=persons[int(rng.integers(len(persons)))], valid_during=_HELD,
            created_by=act,
        )
        for title in titles
    )  # fmt: skip
    return titles


def _houses_of_others(
    authority: Office, persons: list[Party], rng: np.random.Generator, now: datetime
) -> int:
    """Houses that relatives built on a family's land: the law taxes whoever owns the house."""
    plots = ValuationUnit.objects.filter(
        local_authority=authority, is_taxable=True, owner=None, condominium_unit=None,
        uses__use="main_home", parcel__valid_during__contains=now.date(),
    ).select_related("parcel", "local_authority").order_by("pk")  # fmt: skip
    source = Source(Inspection.Kind.FIELD, date(2024, 2, 14), "บ้านของบุตรบนที่ดินบิดามารดา")
    house = BuildingFact("105", "บ้านพักอาศัยตึกสองชั้น", "masonry", 2, Decimal(140), 2023)
    made = 0
    for plot in plots[:_HOUSES_OF_OTHERS]:
        unit = ValuationUnit.objects.create(
            parcel=plot.parcel, local_authority=authority, zone_id=plot.zone_id,
            owner=persons[int(rng.integers(len(persons)))],
        )  # fmt: skip
        building_record(
            unit=unit, building=house, since=date(2023, 6, 1), source=source, now=now
        )  # fmt: skip
        homes = [UseFact("main_home", Decimal(100), in_house_registration=True)]
        uses_change(unit=unit, uses=homes, since=date(2023, 6, 1), source=source, now=now)
        made += 1
    return made


def _signboards(authority: Office, rng: np.random.Generator, now: datetime) -> int:
    """Signs of shops, assessed and billed for the year."""
    shops = ValuationUnit.objects.filter(
        local_authority=authority, is_taxable=True, owner=None, condominium_unit=None,
        uses__use="other", parcel__valid_during__contains=now.date(),
        parcel__ba_unit__rights__valid_during__contains=now.date(),
    ).select_related("parcel", "local_authority").order_by("pk").distinct()[:_SIGNS]  # fmt: skip
    made = 0
    for shop in shops:
        held = Right.objects.filter(ba_unit=shop.parcel.ba_unit, valid_during=_HELD).first()
        if held is None:
            continue
        lettering, words, width, height = _SIGNS_SAY[int(rng.integers(len(_SIGNS_SAY)))]
        signboard_add(
            local_authority=authority, owner=held.party, unit=shop,
            sign=SignFact(lettering, words, width, height, 1),
            since=date(now.year - int(rng.integers(0, 4)), int(rng.integers(1, 13)), 1),
            actor=None, now=now,
        )  # fmt: skip
        made += 1
    if made:
        signboards_assess(local_authority=authority, tax_year=now.year, actor=None, now=now)
        signboards_close(local_authority=authority, tax_year=now.year, actor=None, now=now)
    return made
