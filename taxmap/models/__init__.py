from __future__ import annotations

from .assessment import Assessment, Payment
from .property import Building, Structure, TaxUse, UnitUse, ValuationUnit
from .tax_map import LandPrice, Street, TaxBlock, TaxZone

__all__ = [
    "Assessment",
    "Building",
    "LandPrice",
    "Payment",
    "Street",
    "Structure",
    "TaxBlock",
    "TaxUse",
    "TaxZone",
    "UnitUse",
    "ValuationUnit",
]
