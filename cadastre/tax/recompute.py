"""``python -m cadastre.tax.recompute FILE``: recompute a bill from its trace, without the office.

Prints every line with its formula, its figures and its provision, then every figure that is not
what it was written to be. Exit status 0: all agree; 1: something differs; 2: not a trace.
"""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from collections.abc import Iterator, Mapping, Sequence
from io import TextIOWrapper
from pathlib import Path
from typing import Any

from cadastre.tax.errors import TraceUnreadable
from cadastre.tax.formula import in_figures
from cadastre.tax.trace import Difference, recompute

SAYS = {
    "th": {
        "title": "การคำนวณภาษี ปีภาษี {year}",
        "line": "รายการที่ {number} {place}",
        "total": "รวมภาษี {tax} บาท",
        "agrees": "คำนวณซ้ำแล้วตรงกันทุกตัวเลข",
        "differs": "ไม่ตรงกัน {count} แห่ง",
        "difference": "{path}: เขียนไว้ {written} คำนวณได้ {recomputed}",
    },
    "en": {
        "title": "Calculation of the tax of {year}",
        "line": "Line {number} {place}",
        "total": "Tax {tax} baht",
        "agrees": "Recomputed: every figure agrees.",
        "differs": "{count} figures differ.",
        "difference": "{path}: written {written}, recomputed {recomputed}",
    },
}
BUDDHIST_ERA = 543


def main(arguments: Sequence[str] | None = None) -> int:
    """The command; returns its exit status."""
    parser = ArgumentParser(prog="cadastre.tax.recompute", description=__doc__)
    parser.add_argument("file", help="a trace, or - for the standard input")
    parser.add_argument("--language", choices=sorted(SAYS), default="th")
    parser.add_argument("--differences-only", action="store_true")
    options = parser.parse_args(arguments)
    try:
        trace = _read(options.file)
        found = recompute(trace)
    except (OSError, ValueError) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    if not options.differences_only:
        _write(_told(trace, options.language))
    _write(_verdict(found, options.language))
    return 1 if found else 0


def _read(name: str) -> Mapping[str, Any]:
    text = sys.stdin.read() if name == "-" else Path(name).read_text(encoding="utf-8")
    trace = json.loads(text)
    if not isinstance(trace, dict):
        raise TraceUnreadable(reason="it is not a JSON object")
    return trace


def _told(trace: Mapping[str, Any], language: str) -> Iterator[str]:
    """The trace as a lawyer reads it."""
    says = SAYS[language]
    year = trace["tax_year"] + (BUDDHIST_ERA if language == "th" else 0)
    yield says["title"].format(year=year)
    for number, line in enumerate(trace["lines"], 1):
        yield ""
        yield says["line"].format(number=number, place=line["place"]).rstrip()
        for step in line["steps"]:
            yield f"  {step[language]}"
            if step.get("formula"):
                figures = in_figures(step["formula"], step["inputs"])
                yield f"    {step['formula']} = {figures} = {step['result']}"
            yield f"    [{step['parameter']}] {step['reference']}"
    yield ""
    yield says["total"].format(tax=trace["tax"])


def _verdict(found: Sequence[Difference], language: str) -> Iterator[str]:
    says = SAYS[language]
    if not found:
        yield says["agrees"]
        return
    yield says["differs"].format(count=len(found))
    for each in found:
        yield f"  {says['difference'].format(**each._asdict())}"


def _write(lines: Iterator[str]) -> None:
    for line in lines:
        sys.stdout.write(f"{line}\n")


if __name__ == "__main__":
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8")
    sys.exit(main())
