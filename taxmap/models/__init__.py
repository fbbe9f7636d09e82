from __future__ import annotations

from .assessment import Assessment, Payment
from .bill import Bill, BillKind, BillNote
from .condominium import Condominium, CondominiumUnit
from .inspection import Inspection
from .notice import (
    Delivery,
    Letterhead,
    Notice,
    NoticeBatch,
    NoticeKind,
    NoticePart,
    TaxpayerAddress,
)
from .objection import Objection, ObjectionDocument
from .price import BuildingPrice, CondominiumPrice, LandPrice, PriceImport, PriceRejection
from .property import Building, Structure, TaxUse, UnitKind, UnitUse, ValuationUnit
from .signboard import Lettering, Signboard
from .tax_map import Street, TaxBlock, TaxZone
from .year import RollStage, TaxYear

__all__ = [
    "Assessment",
    "Bill",
    "BillKind",
    "BillNote",
    "Building",
    "BuildingPrice",
    "Condominium",
    "CondominiumPrice",
    "CondominiumUnit",
    "Delivery",
    "Inspection",
    "LandPrice",
    "Letterhead",
    "Lettering",
    "Notice",
    "NoticeBatch",
    "NoticeKind",
    "NoticePart",
    "Objection",
    "ObjectionDocument",
    "Payment",
    "PriceImport",
    "PriceRejection",
    "RollStage",
    "Signboard",
    "Street",
    "Structure",
    "TaxBlock",
    "TaxUse",
    "TaxYear",
    "TaxZone",
    "TaxpayerAddress",
    "UnitKind",
    "UnitUse",
    "ValuationUnit",
]
