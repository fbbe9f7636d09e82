"""An assessment as the JSON of the tax estimate: baht as text with two decimals, years CE."""

from __future__ import annotations

from typing import TypedDict

from cadastre.tax.assessment import Assessment
from cadastre.tax.explanation import Step, doubts, explain
from cadastre.tax.model import Line
from cadastre.tax.money import baht_text, plain

SliceJson = TypedDict("SliceJson", {"from": str, "to": str, "rate": str, "tax": str})


class StepJson(TypedDict):
    """Where something was calculated, ``formula`` over ``inputs`` gives ``result``; else empty."""

    th: str
    en: str
    parameter: str
    reference: str
    formula: str
    inputs: dict[str, str]
    result: str
    place: str


class DoubtJson(TypedDict):
    """A fact the answer leans on that is not verified; ``parameter`` names its file."""

    parameter: str
    th: str
    en: str


class LineJson(TypedDict):
    """One use of one property; ``tax_class`` is what the law makes of ``use``."""

    property: int
    use: str
    share: str
    tax_class: str
    value: str
    exemption: str
    taxable: str
    slices: list[SliceJson]
    reduction: str
    tax: str
    steps: list[StepJson]


class AnswerJson(TypedDict):
    tax_year: int
    tax: str
    lines: list[LineJson]
    unverified: list[DoubtJson]


def answer(assessment: Assessment) -> AnswerJson:
    """The whole answer, explained. Slice rates are fractions of one: ``0.0002`` is 0.02 %."""
    explained = [explain(assessment, line) for line in assessment.lines]
    all_steps = [step for steps in explained for step in steps]
    return {
        "tax_year": assessment.schedule.tax_year,
        "tax": baht_text(assessment.tax_satang),
        "lines": [
            _line(line, steps) for line, steps in zip(assessment.lines, explained, strict=True)
        ],
        "unverified": [
            {"parameter": parameter, "th": text.th, "en": text.en}
            for parameter, text in doubts(all_steps)
        ],
    }


def _line(line: Line, steps: tuple[Step, ...]) -> LineJson:
    return {
        "property": line.property_index,
        "use": line.use.value,
        "share": plain(line.share),
        "tax_class": line.tax_class.value,
        "value": baht_text(line.value_satang),
        "exemption": baht_text(line.exemption_satang),
        "taxable": baht_text(line.taxable_satang),
        "slices": [
            {
                "from": baht_text(part.from_satang),
                "to": baht_text(part.to_satang),
                "rate": plain(part.rate),
                "tax": baht_text(part.tax_satang),
            }
            for part in line.slices
        ],
        "reduction": baht_text(line.reduction_satang),
        "tax": baht_text(line.tax_satang),
        "steps": [_step(step) for step in steps],
    }


def _step(step: Step) -> StepJson:
    return {
        "th": step.th,
        "en": step.en,
        "parameter": step.parameter,
        "reference": step.reference,
        "formula": step.formula,
        "inputs": dict(step.inputs),
        "result": step.result,
        "place": step.place,
    }
