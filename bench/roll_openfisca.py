"""The rule of a roll in OpenFisca-core, in an interpreter of its own: ``units.npz law.json``.

Slices by class, after the exemption; the same units and the same figures that the roll used. Its
arithmetic is binary floating point: how many units it gives another satang is part of the answer.
"""

from __future__ import annotations

import json
import sys
from importlib.metadata import version
from time import perf_counter

import numpy as np
from openfisca_core.entities import build_entity
from openfisca_core.periods import DateUnit
from openfisca_core.simulations import SimulationBuilder
from openfisca_core.taxbenefitsystems import TaxBenefitSystem
from openfisca_core.taxscales import MarginalRateTaxScale
from openfisca_core.variables import Variable

YEAR = "2026"
Unit = build_entity(key="unit", plural="units", label="unit", is_person=True)
law = json.loads(sys.argv[2])
CLASSES = list(law)
SCALES = {}
for _name, _brackets in law.items():
    SCALES[_name] = MarginalRateTaxScale(_name)
    for _above, _rate in _brackets:
        SCALES[_name].add_bracket(_above, _rate)


class Value(Variable):
    value_type = float
    entity = Unit
    definition_period = DateUnit.YEAR
    label = "appraised value"


class Exempt(Variable):
    value_type = float
    entity = Unit
    definition_period = DateUnit.YEAR
    label = "most that is exempt"


class Class(Variable):
    value_type = int
    entity = Unit
    definition_period = DateUnit.YEAR
    label = "tax class"


class Tax(Variable):
    value_type = float
    entity = Unit
    definition_period = DateUnit.YEAR
    label = "tax"

    def formula(unit, period):  # noqa: N805 – OpenFisca's convention
        base = np.maximum(unit("Value", period) - unit("Exempt", period), 0)
        tax_class, tax = unit("Class", period), np.zeros(len(base))
        for place, name in enumerate(CLASSES):
            mask = tax_class == place
            tax[mask] = SCALES[name].calc(base[mask])
        return tax


def main() -> None:
    """Print what it took and how it compares, as JSON."""
    given = np.load(sys.argv[1])
    use = given["use"].astype(str)
    use[(use == "main_home") & (given["exempt"] == 0) & (given["tax"] > 0)] = "residential"
    names = np.array(CLASSES)
    order = np.argsort(names)
    classes = order[np.searchsorted(names, use, sorter=order)]
    system = TaxBenefitSystem([Unit])
    system.add_variables(Value, Exempt, Class, Tax)
    builder = SimulationBuilder()
    simulation = builder.build_default_simulation(system, len(use))
    began = perf_counter()
    simulation.set_input("Value", YEAR, given["value"] / 100)
    simulation.set_input("Exempt", YEAR, given["exempt"] / 100)
    simulation.set_input("Class", YEAR, classes)
    tax = simulation.calculate("Tax", YEAR)
    spent = perf_counter() - began
    satang = np.floor(tax.astype(np.float64) * 100 + 0.5).astype(np.int64)
    apart = np.abs(satang - given["tax"])
    print(json.dumps({
        "version": version("openfisca-core"), "units": len(use),
        "seconds_calculating_only": round(spent, 3), "float": str(tax.dtype),
        "units_with_another_satang": int((apart > 0).sum()), "largest_satang": int(apart.max()),
    }))  # fmt: skip


if __name__ == "__main__":
    main()
