"""``manage.py import_parcels FILE``: see docs/operations/import.md."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import gettext

from cadastre.errors import LandError
from cadastre.geodesy import DATUM_PARAMETERS, DEFAULT_DATUM_PARAMETERS
from offices.jobs import CommandRun
from offices.models import Office
from parcels.importing.columns import parse_mapping
from parcels.importing.pipeline import ImportOptions
from parcels.services.imports import file_check, file_import


class Command(BaseCommand):
    help = (
        "Import parcels from a Shapefile, GeoPackage, GeoJSON, TopoJSON, GML or EDIGEO file. "
        "Progress goes to standard error, the result to standard output."
    )
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--layer", default="", help="the layer, if the file has several")
        parser.add_argument("--office", default="", metavar="CODE", help="whose register")
        parser.add_argument("--srid", type=int, metavar="N", help="EPSG code; overrides the file")
        parser.add_argument("--encoding", default="", metavar="E", help="such as CP874")
        parser.add_argument(
            "--field", action="append", default=[], metavar="NAME=COLUMN", dest="fields",
            help="which column holds what; may be repeated",
        )  # fmt: skip
        parser.add_argument(
            "--datum-parameters", choices=sorted(DATUM_PARAMETERS),
            default=DEFAULT_DATUM_PARAMETERS, help="from Indian 1975 to WGS 84",
        )  # fmt: skip
        parser.add_argument("--dry-run", action="store_true", help="check only, write nothing")
        parser.add_argument("--again", action="store_true", help="even if imported before")
        parser.add_argument("--json", action="store_true", help="the result as JSON")

    def handle(self, *, file: Path, office: str, dry_run: bool, **given: Any) -> None:
        try:
            result = self._import(file, office, dry_run=dry_run, **given)
        except (LandError, OSError) as error:
            self._fail(error, as_json=given["json"])
        if given["json"]:
            self.stdout.write(json.dumps(result, ensure_ascii=False))
        else:
            self._tell(result)

    def _import(self, file: Path, code: str, *, dry_run: bool, **given: Any) -> dict[str, Any]:
        options = ImportOptions(
            layer=given["layer"],
            srid=given["srid"],
            encoding=given["encoding"],
            fields=parse_mapping(given["fields"]),
            datum_parameters=given["datum_parameters"],
        )
        office = Office.objects.filter(code=code).first() if code else None
        if code and office is None:
            raise CommandError(f"There is no office with the code {code}.")
        run = CommandRun(self.stderr, office=office)
        if dry_run:
            return file_check(file=file, options=options, office=office, run=run)
        if office is None:
            raise CommandError(
                "Say whose register with --office CODE, or only check with --dry-run."
            )
        return file_import(
            file=file, options=options, office=office, maker=None, run=run, now=timezone.now(),
            again=given["again"],
        )  # fmt: skip

    def _fail(self, error: LandError | OSError, *, as_json: bool) -> None:
        if not isinstance(error, LandError):
            raise CommandError(str(error)) from error
        if as_json:
            problem = {
                "error": error.code,
                "detail": error.render(gettext),
                "evidence": error.evidence,
            }
            self.stdout.write(json.dumps(problem, ensure_ascii=False, default=str))
        raise CommandError(f"{error.code}: {error.render(gettext)}") from error

    def _tell(self, result: dict[str, Any]) -> None:
        for key, value in result.items():
            shown = value
            if isinstance(value, dict):
                shown = ", ".join(f"{name} {each}" for name, each in value.items()) or "-"
            self.stdout.write(f"{key:>17}  {shown}")
