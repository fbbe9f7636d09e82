from __future__ import annotations

from .assessment import Assessment, Payment
from .bill import Bill, BillKind, BillNote
from .property import Building, Structure, TaxUse, UnitUse, ValuationUnit
from .signboard import Lettering, Signboard
from .tax_map import LandPrice, Street, TaxBlock, TaxZone
from .year import RollStage, TaxYear

__all__ = [
    "Assessment",
    "Bill",
    "BillKind",
    "BillNote",
    "Building",
    "LandPrice",
    "Lettering",
    "Payment",
    "RollStage",
    "Signboard",
    "Street",
    "Structure",
    "TaxBlock",
    "TaxUse",
    "TaxYear",
    "TaxZone",
    "UnitUse",
    "ValuationUnit",
]
