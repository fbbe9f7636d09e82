"""``manage.py adjust_network FILE [FILE…]``: see docs/algorithms/adjustment.md."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import Any, Final, NoReturn

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext

from cadastre.adjustment import (
    Adjustment,
    Angle,
    Coordinate,
    Iteration,
    Residual,
    Snooping,
    Vector,
    adjust,
    find_outliers,
)
from cadastre.adjustment.observations import points_of
from cadastre.adjustment.reading import NetworkFile, read_network
from cadastre.errors import LandError

ANGULAR: Final = frozenset({"Angle", "Azimuth", "Direction", "ZenithAngle"})
ARC_SECONDS: Final = 180 * 3600 / math.pi


class Command(BaseCommand):
    help = (
        "Adjust a survey network by least squares: a GNU Gama file (.gkf), or the station and "
        "measurement files of DynAdjust. Progress goes to standard error, the result to "
        "standard output."
    )
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
        parser.add_argument("--json", action="store_true", help="the result as JSON")
        parser.add_argument(
            "--outliers", action="store_true",
            help="take out observations with gross errors, one at a time, before the result",
        )  # fmt: skip

    def handle(self, *, files: list[Path], **given: Any) -> None:
        try:
            file = read_network(files)
            adjustment = adjust(file.network, report=self._progress)
            snooping = find_outliers(file.network) if given["outliers"] else None
        except (LandError, OSError) as error:
            self._refuse(error, as_json=given["json"])
        found = _Told(file, snooping.adjustment if snooping else adjustment, snooping)
        if given["json"]:
            self.stdout.write(_json(found.whole()))
        else:
            self.stdout.writelines(f"{line}\n" for line in found.text())

    def _progress(self, step: Iteration) -> None:
        self.stderr.write(
            f"iteration {step.number}: largest move {step.largest_m * 1000:,.4f} mm at "
            f"{step.point}, weighted squares {step.chi2:,.4f}"
        )

    def _refuse(self, error: LandError | OSError, *, as_json: bool) -> NoReturn:
        if not isinstance(error, LandError):
            raise CommandError(str(error)) from error
        if as_json:
            detail = {"error": error.code, "detail": error.render(gettext)}
            self.stdout.write(_json(detail | {"evidence": error.evidence}))
        raise CommandError(f"{error.code}: {error.render(gettext)}") from error


class _Told:
    """A result in the words of its file."""

    def __init__(self, file: NetworkFile, found: Adjustment, snooping: Snooping | None) -> None:
        self.file, self.found, self.snooping = file, found, snooping

    def whole(self) -> dict[str, Any]:
        found, test = self.found, self.found.global_test()
        sigma0 = found.sigma0
        result = {
            "format": self.file.format,
            "dof": found.degrees_of_freedom,
            "sigma0": self.file.sigma0(found),
            "variance_factor": None if sigma0 is None else sigma0**2,
            "chi2": found.chi2,
            "chi2_range": [test.lower, test.upper] if test else None,
            "confidence": found.network.confidence,
            "passed": test.passed if test else None,
            "iterations": found.iterations,
            "history": [step._asdict() for step in found.history],
            "points": [self._point(name) for name in found.network.names],
            "observations": [self._observation(each) for each in found.residuals],
        }
        if self.snooping:
            result["outliers"] = [
                {**_what(each.observation), "w": each.w, "limit": each.limit}
                for each in self.snooping.outliers
            ]
        return result

    def _point(self, name: str) -> dict[str, Any]:
        x, y, z = self.file.coordinates(self.found, name)
        covariance = self.file.covariance(self.found, name)
        sx, sy, sz = (math.sqrt(max(covariance[i, i], 0.0)) for i in range(3))
        told: dict[str, Any] = {"id": name, "x": x, "y": y, "z": z, "sx": sx, "sy": sy, "sz": sz}
        at = self.found.network.points[name].at
        if self.file.axes is not None:
            if at[0] is None:
                told |= dict.fromkeys(("x", "y", "sx", "sy"))
            if at[2] is None:
                told |= dict.fromkeys(("z", "sz"))
        else:
            told |= dict(zip(("se", "sn", "su"), self.found.standard_deviations(name), strict=True))
        ellipse = self.found.error_ellipse(name)
        return told | {"ellipse": ellipse._asdict() if ellipse.major else None}

    @staticmethod
    def _observation(each: Residual) -> dict[str, Any]:
        part = "xyz"[each.part] if isinstance(each.observation, Vector) else None
        return {
            **_what(each.observation),
            **({"part": part} if part else {}),
            "observed": each.observed,
            "adjusted": each.adjusted,
            "residual": each.residual,
            "standardised": each.standardised,
            "redundancy": each.redundancy,
            "w": each.w,
            "smallest_error": each.smallest_error,
        }

    def text(self) -> Iterator[str]:
        whole = self.whole()
        yield f"degrees of freedom  {whole['dof']}"
        if whole["sigma0"] is not None:
            low, high = whole["chi2_range"]
            verdict = "passed" if whole["passed"] else "FAILED"
            yield f"sigma zero          {whole['sigma0']:.4f}"
            yield (
                f"chi-square test     {low:.2f} < {whole['chi2']:.2f} < {high:.2f}, "
                f"{whole['confidence']:.0%}: {verdict}"
            )
        yield f"iterations          {whole['iterations']}"
        for each in whole.get("outliers", []):
            name = f"{each['type']} {'–'.join(each['points'])}"
            yield f"taken out           {name}, w {each['w']:.1f}"
        yield ""
        yield f"{'point':<16}{'x':>16}{'y':>16}{'z':>16}{'sx mm':>9}{'sy mm':>9}{'sz mm':>9}"
        for point in whole["points"]:
            places = "".join(_cell(point[letter], 16, 4) for letter in "xyz")
            deviations = "".join(_cell(point[f"s{letter}"], 9, 1, 1000) for letter in "xyz")
            yield f"{point['id']:<16}{places}{deviations}"
        yield ""
        yield f"{'observation':<36}{'residual':>12}{'':<5}{'redundancy':>11}{'standardised':>14}"
        for kind, rows in groupby(whole["observations"], key=lambda row: row["type"]):
            for row in rows:
                name = f"{kind} {'–'.join(row['points'])} {row.get('part', '')}"
                size, unit = (ARC_SECONDS, '"') if kind in ANGULAR else (1000.0, "mm")
                yield (
                    f"{name:<36}{_cell(row['residual'], 12, 2, size)} {unit:<4}"
                    f"{row['redundancy']:>11.3f}{_cell(row['standardised'], 14, 2)}"
                )


def _what(observation: Any) -> dict[str, Any]:
    """The kind and the points of an observation."""
    told: dict[str, Any] = {
        "type": type(observation).__name__,
        "points": list(points_of(observation)),
    }
    if isinstance(observation, Angle):
        told |= {
            "station": observation.station,
            "back": observation.back,
            "fore": observation.fore,
        }
    elif isinstance(observation, Coordinate):
        told |= {"point": observation.point, "component": observation.component.value}
    else:
        told |= {"from": observation.start, "to": observation.end}
    return told


def _cell(value: float | None, width: int, places: int, size: float = 1.0) -> str:
    return f"{'–':>{width}}" if value is None else f"{value * size:>{width},.{places}f}"


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)
