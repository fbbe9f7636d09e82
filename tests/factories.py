"""Plain functions that make what a test needs, with good names and sensible defaults."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.contrib.gis.geos import MultiPolygon, Polygon
from psycopg.types.range import Range

from appointments.models import Counter, CounterGroup, Service, Slot
from appointments.offers import OfferName
from offices.models import (
    AdministrativeArea,
    LandOffice,
    LocalAuthority,
    Role,
    RoleAssignment,
    User,
)
from offices.models.office import Office
from parcels.models import (
    AdministrativeSource,
    BAUnit,
    MapSheet,
    Parcel,
    Party,
    Right,
    TitleType,
    Transaction,
)
from taxmap.models import (
    Assessment,
    Bill,
    Building,
    BuildingPrice,
    LandPrice,
    UnitUse,
    ValuationUnit,
)

LONG_AGO = date(2020, 1, 1)
NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
PASSWORD = "a-long-enough-passphrase"


def a_district() -> AdministrativeArea:
    """Bang Yai, Nonthaburi."""
    province, _ = AdministrativeArea.objects.get_or_create(
        code="12", defaults={"level": "province", "name_th": "นนทบุรี", "name_en": "Nonthaburi"}
    )
    district, _ = AdministrativeArea.objects.get_or_create(
        code="1204",
        defaults={
            "level": "district",
            "parent": province,
            "name_th": "บางใหญ่",
            "name_en": "Bang Yai",
        },
    )
    return district


def a_land_office(code: str = "LO-TEST", **fields: Any) -> Office:
    defaults = {"name_th": "สำนักงานที่ดินทดสอบ", "name_en": "Test Land Office"} | fields
    return LandOffice.objects.get_or_create(code=code, defaults=defaults)[0]


def a_local_authority(code: str = "LA-TEST", **fields: Any) -> Office:
    defaults = {"name_th": "เทศบาลทดสอบ", "name_en": "Test Municipality"} | fields
    return LocalAuthority.objects.get_or_create(code=code, defaults=defaults)[0]


def a_user(username: str, *roles: Role, office: Office | None = None) -> User:
    """A member of staff with these roles in ``office`` (a land office unless said)."""
    user = User.objects.create_user(username=username, password=PASSWORD)
    for role in roles:
        RoleAssignment.objects.create(user=user, office=office or a_land_office(), role=role)
    return user


def a_transaction(office: Office | None = None) -> Transaction:
    return Transaction.objects.create(
        office=office or a_land_office(),
        kind=Transaction.Kind.NEW_REGISTRATION,
        status=Transaction.Status.REGISTERED,
        source=AdministrativeSource.objects.create(kind="test", reference="ท.ด. 1"),
        reason="test",
        created_at=NOW,
        registered_at=NOW,
    )


def a_square(lon: float = 100.47, lat: float = 13.87, side: float = 0.0004) -> MultiPolygon:
    """A square of about 44 m a side, south-west corner at lon, lat."""
    return MultiPolygon(
        Polygon.from_bbox((lon, lat, lon + side, lat + side)), srid=4326
    )  # fmt: skip


def a_map_sheet(name: str = "5136 IV 5834-1", scale: int = 1000) -> MapSheet:
    return MapSheet.objects.get_or_create(name=name, scale=scale, zone_srid=32647)[0]


def a_parcel(**fields: Any) -> Parcel:
    """A parcel in force since 2020 at the test land office."""
    office = fields.pop("office", None) or a_land_office()
    defaults: dict[str, Any] = {
        "office": office,
        "map_sheet": fields.pop("map_sheet", None) or a_map_sheet(),
        "land_number": "1",
        "legal_area_m2": Decimal("1900.00"),
        "geometry": a_square(),
        "zone_srid": 32647,
        "valid_during": Range(LONG_AGO, None),
    } | fields
    if "created_by" not in defaults:
        defaults["created_by"] = a_transaction(office)
    parcel = Parcel.objects.create(**defaults)
    parcel.refresh_from_db()
    return parcel


def amended(parcel: Parcel, **fields: Any) -> Parcel:
    """The parcel in another state, by a transaction as the register demands."""
    act = a_transaction(parcel.office)
    by = "retired_by" if "valid_during" in fields else "changed_by"
    Parcel.objects.filter(pk=parcel.pk).update(**fields | {by: act})
    parcel.refresh_from_db()
    return parcel


def a_party(name: str = "ทดสอบ", kind: Party.Kind = Party.Kind.INDIVIDUAL, **fields: Any) -> Party:
    return Party.objects.create(name=name, kind=kind, **fields)


def a_title(*owners: Party, office: Office | None = None, **fields: Any) -> BAUnit:
    """A title deed whose owners hold equal shares since 2020."""
    act = a_transaction(office)
    since = {"valid_during": Range(LONG_AGO, None), "created_by": act}
    deed = {"title_type": TitleType.CHANOTE, "deed_number": "1"}
    title = BAUnit.objects.create(office=act.office, **since | deed | fields)
    for owner in owners:
        Right.objects.create(
            ba_unit=title, party=owner, share_numerator=1, share_denominator=len(owners), **since
        )
    return title


def a_unit(
    *owners: Party,
    uses: dict[str, Any] | None = None,
    parcel: dict[str, Any] | None = None,
    **fields: Any,
) -> ValuationUnit:
    """A taxable unit of the test municipality: 400 square wa at 1,000 baht, a dwelling.

    Dated facts begin long ago (``since``), vacancy in ``vacant_since``; ``satang_per_wa`` is the
    price of this parcel alone, None for none; ``in_house_registration`` is of its main home.
    """
    price = fields.pop("satang_per_wa", 100_000)
    registered = fields.pop("in_house_registration", False)
    vacant_since = fields.pop("vacant_since", None)
    since = date(vacant_since, 1, 1) if vacant_since else fields.pop("since", LONG_AGO)
    authority = fields.pop("local_authority", None) or a_local_authority()
    facts: dict[str, Any] = {
        "legal_area_m2": Decimal(1600), "local_authority": authority, "tax_parcel_code": "01A001",
    }  # fmt: skip
    facts |= parcel or {}
    if owners:
        facts["ba_unit"] = a_title(*owners)
    unit = ValuationUnit.objects.create(
        parcel=a_parcel(**facts), local_authority=authority, **fields
    )
    if price is not None:
        LandPrice.objects.create(
            parcel=unit.parcel, satang_per_wa=price, valid_during=(LONG_AGO, None)
        )
    for use, share in ({"residential": 100} if uses is None else uses).items():
        UnitUse.objects.create(
            unit=unit, use=use, share_percent=share, valid_during=(since, None),
            in_house_registration=registered and use == "main_home",
        )  # fmt: skip
    return unit


def a_building(unit: ValuationUnit, **fields: Any) -> Building:
    """A masonry house of 100 m² at 8,000 baht, built in 2016.

    Buildings of one price have one type code; the price is that of the authority's own list.
    """
    price = fields.pop("satang_per_m2", 800_000)
    house = {
        "code": "B001", "type_code": f"T{price // 100}", "type_name": "บ้านเดี่ยว",
        "structure": "masonry", "floors": 1, "floor_area_m2": Decimal(100), "built_in": 2016,
        "valid_during": (LONG_AGO, None),
    } | fields  # fmt: skip
    BuildingPrice.objects.get_or_create(
        local_authority=unit.local_authority, type_code=house["type_code"],
        defaults={
            "type_name": house["type_name"], "satang_per_m2": price,
            "valid_during": (LONG_AGO, None),
        },
    )  # fmt: skip
    return Building.objects.create(unit=unit, **house)


def an_assessment(unit: ValuationUnit | None = None, **fields: Any) -> Assessment:
    """An assessment of 100 baht for 2026, without its calculation, on its owners' draft bill."""
    unit = unit or a_unit()
    facts: dict[str, Any] = {
        "tax_year": 2026, "value_satang": 50_000_000, "exemption_satang": 0, "tax_satang": 10_000,
        "lines": {}, "assessed_at": NOW,
    } | fields  # fmt: skip
    if "bill" not in facts:
        facts["bill"] = _a_draft_bill_with(unit, facts)
    return Assessment.objects.create(unit=unit, **facts)


def _a_draft_bill_with(unit: ValuationUnit, facts: dict[str, Any]) -> Bill:
    """The draft bill of the unit's owners, with this assessment added to its sums."""
    held = Right.objects.filter(ba_unit=unit.parcel.ba_unit) if unit.parcel.ba_unit else []
    owners = [unit.owner_id] if unit.owner_id else sorted({right.party_id for right in held})
    bill, _ = Bill.objects.get_or_create(
        local_authority=unit.local_authority, tax_year=facts["tax_year"], taxpayers=owners,
        defaults={
            "units": 0, "value_satang": 0, "exemption_satang": 0, "tax_satang": 0,
            "assessed_at": NOW,
        },
    )  # fmt: skip
    bill.units += 1
    for column in ("value_satang", "exemption_satang", "tax_satang"):
        setattr(bill, column, getattr(bill, column) + facts[column])
    bill.save()
    return bill


def a_service(
    office: Office | None = None, *, minutes: int = 15, capacity: int = 1, **fields: Any
) -> Service:
    """A service of a quarter of an hour with one counter of its own; places come free at once."""
    office = office or a_land_office()
    code = fields.get("code", "copy")
    group = fields.pop("group", None) or CounterGroup.objects.create(
        office=office, code=code, name_th="งานบริการ", name_en="Counters", slot_minutes=minutes,
        public_counters=capacity, release_from_minutes=0, release_to_minutes=0,
    )  # fmt: skip
    defaults = {
        "code": code, "name_th": "ขอสำเนาโฉนด", "name_en": "Copies of deeds",
        "bring_th": "บัตรประจำตัวประชาชน", "bring_en": "National identity card",
    }  # fmt: skip
    return Service.objects.create(office=office, group=group, **defaults | fields)


def a_slot(
    service: Service | None = None,
    starts_at: datetime | None = None,
    capacity: int = 1,
    **fields: Any,
) -> Slot:
    """A time with ``capacity`` places, tomorrow at ten in Thailand unless said."""
    service = service or a_service()
    starts_at = starts_at or NOW + timedelta(days=1)
    ends_at = starts_at + timedelta(minutes=service.group.slot_minutes)
    slot = Slot.objects.create(
        group=service.group, starts_at=starts_at, ends_at=ends_at, capacity=capacity, **fields
    )
    slot.refresh_from_db()
    return slot


def an_offer(slot: Slot, *services: Service) -> str:
    """The name under which a slot is offered for services, its group's only one unless said."""
    codes = [service.code for service in services or [slot.group.services.get()]]
    return str(OfferName(slot.public_id, tuple(codes)))


def a_counter(*services: Service, number: str = "1", **fields: Any) -> Counter:
    """A counter of the services' office that does them; nobody sits at it."""
    counter: Counter = Counter.objects.create(office=services[0].office, number=number, **fields)
    counter.services.set(services)
    return counter
