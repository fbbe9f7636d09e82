from __future__ import annotations

from .administrative import AdministrativeSource, BAUnit, Right, TitleType
from .importing import ImportRun, QuarantinedFeature
from .lookups import LookupAllowance
from .party import Party
from .spatial import LandUse, MapSheet, Parcel, ParcelVersion
from .transaction import Transaction

__all__ = [
    "AdministrativeSource",
    "BAUnit",
    "ImportRun",
    "LandUse",
    "LookupAllowance",
    "MapSheet",
    "Parcel",
    "ParcelVersion",
    "Party",
    "QuarantinedFeature",
    "Right",
    "TitleType",
    "Transaction",
]
