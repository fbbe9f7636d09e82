"""The land and building tax: dated law, exact arithmetic, every step explained.

``docs/algorithms/land-and-building-tax.md`` specifies what this package does.

* ``estimate(json)`` answers one question: ``read_declaration``, then ``assess``, then ``answer``.
* ``assess_properties(owner, properties, schedule)`` does a roll, without words.
* ``trace_of(assessment)`` is the JSON that ``cadastre.tax.trace.recompute`` and the command
  ``python -m cadastre.tax.recompute FILE`` check; ``compare`` tells why a tax changed.
* ``penalty_and_surcharge``, ``instalments`` and ``calendar_of`` belong to payment.
* ``assess_signboard(sign, tax_year)`` is the signboard tax.
"""

from cadastre.tax.answer import AnswerJson, answer
from cadastre.tax.assessment import Assessment, assess_properties
from cadastre.tax.comparison import Cause, Comparison, Factor, compare, compare_traces
from cadastre.tax.declaration import Declaration, assess, estimate, read_declaration
from cadastre.tax.due_dates import Milestone, TaxCalendar, announced, calendar_of
from cadastre.tax.errors import InvalidDeclaration, NotInForceYet
from cadastre.tax.explanation import Step, explain
from cadastre.tax.late import LatePayment, Reminder, instalments, penalty_and_surcharge
from cadastre.tax.model import (
    WHOLE,
    Building,
    CoOwners,
    ExemptionOrder,
    Kind,
    Land,
    LandDivision,
    Line,
    OwnedShare,
    Owner,
    Policy,
    Property,
    Relief,
    Slice,
    Structure,
    TaxClass,
    Use,
    UseArea,
    UsePart,
)
from cadastre.tax.ownership import owned_by_each, owner_of
from cadastre.tax.schedule import Schedule, schedule_for
from cadastre.tax.signboard import (
    LateSign,
    Lettering,
    Sign,
    SignAssessment,
    assess_signboard,
    late_sign,
)
from cadastre.tax.trace import Difference, trace_of
from cadastre.tax.vacancy import DatedUse, vacant_since, years_vacant

__all__ = [
    "WHOLE",
    "AnswerJson",
    "Assessment",
    "Building",
    "Cause",
    "CoOwners",
    "Comparison",
    "DatedUse",
    "Declaration",
    "Difference",
    "ExemptionOrder",
    "Factor",
    "InvalidDeclaration",
    "Kind",
    "Land",
    "LandDivision",
    "LatePayment",
    "LateSign",
    "Lettering",
    "Line",
    "Milestone",
    "NotInForceYet",
    "OwnedShare",
    "Owner",
    "Policy",
    "Property",
    "Relief",
    "Reminder",
    "Schedule",
    "Sign",
    "SignAssessment",
    "Slice",
    "Step",
    "Structure",
    "TaxCalendar",
    "TaxClass",
    "Use",
    "UseArea",
    "UsePart",
    "announced",
    "answer",
    "assess",
    "assess_properties",
    "assess_signboard",
    "calendar_of",
    "compare",
    "compare_traces",
    "estimate",
    "explain",
    "instalments",
    "late_sign",
    "owned_by_each",
    "owner_of",
    "penalty_and_surcharge",
    "read_declaration",
    "schedule_for",
    "trace_of",
    "vacant_since",
    "years_vacant",
]
