from __future__ import annotations

from .administrative import (
    AdministrativeSource,
    BAUnit,
    Mortgage,
    Responsibility,
    Restriction,
    Right,
    TitleType,
)
from .importing import ImportRun, QuarantinedFeature
from .lookups import LookupAllowance
from .party import GroupMember, Party
from .quality import FabricCheck, Finding, FindingEvent, RuleSetting, Severity
from .section10 import Section10Package, Section10Row
from .sources import SourceFile, SpatialSource
from .spatial import LandUse, MapSheet, Parcel, ParcelVersion
from .transaction import (
    AssignedNumber,
    NumberSeries,
    ParcelLineage,
    ProposedParcel,
    Transaction,
    TransactionTitle,
)

__all__ = [
    "AdministrativeSource",
    "AssignedNumber",
    "BAUnit",
    "FabricCheck",
    "Finding",
    "FindingEvent",
    "GroupMember",
    "ImportRun",
    "LandUse",
    "LookupAllowance",
    "MapSheet",
    "Mortgage",
    "NumberSeries",
    "Parcel",
    "ParcelLineage",
    "ParcelVersion",
    "Party",
    "ProposedParcel",
    "QuarantinedFeature",
    "Responsibility",
    "Restriction",
    "Right",
    "RuleSetting",
    "Section10Package",
    "Section10Row",
    "Severity",
    "SourceFile",
    "SpatialSource",
    "TitleType",
    "Transaction",
    "TransactionTitle",
]
