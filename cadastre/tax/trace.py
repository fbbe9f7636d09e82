"""An assessment with everything that it rests on, as JSON that a stranger can recompute.

A trace holds the facts, the provisions with their references, and every line with every step:
words, formula, figures, place. `recompute` assesses the facts anew, evaluates every formula by
itself, and compares each figure. docs/algorithms/land-and-building-tax.md, section 7.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

from cadastre.errors import LandError
from cadastre.tax.assessment import Assessment, assess_properties
from cadastre.tax.dated import as_written
from cadastre.tax.errors import TraceUnreadable
from cadastre.tax.explanation import explain
from cadastre.tax.facts import Json, policy_from, policy_json, property_from, property_json
from cadastre.tax.formula import evaluated, figure_from
from cadastre.tax.model import Line, Owner
from cadastre.tax.money import baht_text, plain
from cadastre.tax.schedule import schedule_for
from cadastre.tax.steps import AnyProvision, Step, figure

VERSION: Final = "chanot-tax-trace-1"


class Difference(NamedTuple):
    """A figure that is not what it was written to be; ``path`` as ``lines[0].steps[2].result``."""

    path: str
    written: str
    recomputed: str


def trace_of(assessment: Assessment) -> Json:
    """The trace of an assessment. The same assessment always gives the same JSON."""
    explained = [(line, explain(assessment, line)) for line in assessment.lines]
    steps = [step for _line, found in explained for step in found]
    trace: Json = {
        "trace": VERSION,
        "tax_year": assessment.schedule.tax_year,
        "owner": assessment.owner.value,
        "policy": policy_json(assessment.policy),
        "properties": [property_json(each) for each in assessment.properties],
        "parameters": _parameters([assessment.schedule.rounding, *_provisions(steps)]),
        "lines": [_line_json(assessment, line, found) for line, found in explained],
        "tax": baht_text(assessment.tax_satang),
    }
    return {**trace, "digest": digest_of(trace)}


def canonical(trace: Mapping[str, Any]) -> str:
    """The text of a trace: the same for the same trace, to the byte."""
    return json.dumps(trace, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def digest_of(trace: Mapping[str, Any]) -> str:
    """SHA-256 of everything else in the trace."""
    rest = {key: value for key, value in trace.items() if key != "digest"}
    return "sha256:" + hashlib.sha256(canonical(rest).encode()).hexdigest()


def assessment_of(trace: Mapping[str, Any]) -> Assessment:
    """The facts of a trace, assessed anew under the law of its year.

    Raises `TraceUnreadable` for what is not a trace, or tells of facts that no law can assess.
    """
    if trace.get("trace") != VERSION:
        raise TraceUnreadable(reason=f"it is not {VERSION}")
    try:
        return assess_properties(
            Owner(trace["owner"]),
            [property_from(each) for each in trace["properties"]],
            schedule_for(trace["tax_year"]),
            policy_from(trace["policy"]),
        )
    except LandError as error:
        raise TraceUnreadable(reason=str(error)) from error
    except (ArithmeticError, AttributeError, KeyError, TypeError, ValueError) as error:
        raise TraceUnreadable(reason=f"{type(error).__name__}: {error}") from error


def recompute(trace: Mapping[str, Any]) -> list[Difference]:
    """Every figure of the trace that is not what it was written to be; empty if all agree.

    Three checks: the digest; every formula with its own figures; the whole trace against its
    facts assessed anew. Raises `TraceUnreadable`.
    """
    anew = trace_of(assessment_of(trace))
    found = {each.path: each for each in _differences("", trace, anew)}
    try:
        for each in _wrong_formulas(trace):
            found.setdefault(each.path, each)
    except (AttributeError, TypeError) as error:
        raise TraceUnreadable(reason=str(error)) from error
    # Where a figure differs, the digest of the anew assessed trace says nothing of its own.
    found.pop("digest", None)
    if (written := trace.get("digest")) != (digest := digest_of(trace)):
        found["digest"] = Difference("digest", str(written), digest)
    return list(found.values())


def _provisions(steps: Sequence[Step]) -> Iterator[AnyProvision]:
    for step in steps:
        yield from step.provisions


def _parameters(provisions: Sequence[AnyProvision]) -> Json:
    return {
        each.parameter: {
            "in_force_from": each.in_force_from.isoformat(),
            "value": as_written(each),
            "reference": each.reference,
            "unverified": [{"th": text.th, "en": text.en} for text in each.unverified],
        }
        for each in provisions
    }


def _line_json(assessment: Assessment, line: Line, steps: Sequence[Step]) -> Json:
    return {
        "property": line.property_index,
        "place": assessment.properties[line.property_index].place,
        "use": line.use.value,
        "share": plain(line.share),
        "tax_class": line.tax_class.value,
        "value": baht_text(line.value_satang),
        "exemption": baht_text(line.exemption_satang),
        "taxable": baht_text(line.taxable_satang),
        "slices": [
            {
                "from": baht_text(each.from_satang),
                "to": baht_text(each.to_satang),
                "rate": plain(each.rate),
                "tax": baht_text(each.tax_satang),
            }
            for each in line.slices
        ],
        "reduction": baht_text(line.reduction_satang),
        "tax": baht_text(line.tax_satang),
        "steps": [_step_json(step) for step in steps],
    }


def _step_json(step: Step) -> Json:
    told: Json = {
        "place": step.place,
        "th": step.th,
        "en": step.en,
        "parameter": step.parameter,
        "reference": step.reference,
    }
    if step.formula:
        told |= {"formula": step.formula, "inputs": dict(step.inputs)}
    return told | ({"result": step.result} if step.result else {})


def _differences(path: str, written: Any, anew: Any) -> Iterator[Difference]:
    """What differs between two JSON values, leaf by leaf."""
    if isinstance(written, Mapping) and isinstance(anew, Mapping):
        for key in sorted({*written, *anew}):
            inner = f"{path}.{key}" if path else str(key)
            yield from _differences(inner, written.get(key), anew.get(key))
    elif isinstance(written, list) and isinstance(anew, list):
        for place in range(max(len(written), len(anew))):
            sides = (each[place] if place < len(each) else None for each in (written, anew))
            yield from _differences(f"{path}[{place}]", *sides)
    elif type(written) is not type(anew) or written != anew:
        yield Difference(path, _shown(written), _shown(anew))


def _wrong_formulas(trace: Mapping[str, Any]) -> Iterator[Difference]:
    """Steps whose formula, with the figures that stand beside it, gives something else."""
    for at, line in enumerate(trace.get("lines") or ()):
        for place, step in enumerate(line.get("steps") or ()):
            if not step.get("formula"):
                continue
            try:
                value = evaluated(step["formula"], step["inputs"])
                agrees = value == figure_from(step["result"])
                shown = figure(value)
            except (ArithmeticError, AttributeError, KeyError, TypeError, ValueError) as error:
                agrees, shown = False, str(error)
            if not agrees:
                path = f"lines[{at}].steps[{place}].result"
                yield Difference(path, _shown(step.get("result")), shown)


def _shown(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
