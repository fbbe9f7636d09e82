"""``manage.py check_fabric --file FILE``: see docs/operations/check-fabric.md."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NoReturn

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext

from cadastre.coverage import Tolerances
from cadastre.errors import LandError
from cadastre.geodesy import DATUM_PARAMETERS, DEFAULT_DATUM_PARAMETERS, normalise_srid
from offices.jobs import CommandRun
from parcels.importing.faults import file_faults
from parcels.importing.pipeline import ImportOptions


class Command(BaseCommand):
    help = (
        "Find the faults of a fabric: overlaps, gaps, vertices that neighbours do not share. "
        "Progress goes to standard error, the result to standard output."
    )
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        what = parser.add_mutually_exclusive_group(required=True)
        what.add_argument("--file", type=Path, help="check a file without importing it")
        parser.add_argument("--layer", default="", help="the layer, if the file has several")
        parser.add_argument("--crs", default="", help="such as EPSG:32647; overrides the file")
        parser.add_argument("--encoding", default="", metavar="E", help="such as CP874")
        parser.add_argument(
            "--datum-parameters", choices=sorted(DATUM_PARAMETERS),
            default=DEFAULT_DATUM_PARAMETERS, help="from Indian 1975 to WGS 84",
        )  # fmt: skip
        parser.add_argument("--json", action="store_true", help="the result as JSON")

    def handle(self, *, file: Path, **given: Any) -> None:
        try:
            result = self._check_file(file, given)
        except (LandError, OSError) as error:
            self._fail(error, as_json=given["json"])
        self._tell(result, as_json=given["json"])

    def _check_file(self, file: Path, given: Mapping[str, Any]) -> dict[str, Any]:
        options = ImportOptions(
            layer=given["layer"],
            srid=normalise_srid(given["crs"]) if given["crs"] else None,
            encoding=given["encoding"],
            datum_parameters=given["datum_parameters"],
        )
        run = CommandRun(self.stderr)
        return file_faults(file, options, Tolerances(), run.progress)

    def _fail(self, error: LandError | OSError, *, as_json: bool) -> NoReturn:
        if not isinstance(error, LandError):
            raise CommandError(str(error)) from error
        if as_json:
            self.stdout.write(_text({
                "error": error.code, "detail": error.render(gettext), "evidence": error.evidence,
            }))  # fmt: skip
        raise CommandError(f"{error.code}: {error.render(gettext)}") from error

    def _tell(self, result: dict[str, Any], *, as_json: bool) -> None:
        if as_json:
            self.stdout.write(_text(result))
            return
        self.stdout.write(f"{result['parcels']:>10,}  parcels in {result['seconds']} s")
        for code, number in result["findings"].items():
            self.stdout.write(f"{number:>10,}  {code}")


def _text(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)
