"""Faults in a fabric of parcels: ground covered twice or not at all, vertices not shared."""

from cadastre.coverage.covered_twice import overlaps
from cadastre.coverage.faults import NOWHERE, Fault, Finding, Tolerances
from cadastre.coverage.find import find_faults

__all__ = ["NOWHERE", "Fault", "Finding", "Tolerances", "find_faults", "overlaps"]
