"""``manage.py import_section10 ZIP``: see docs/operations/section10.md."""

from __future__ import annotations

import json
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import gettext

from cadastre.errors import LandError
from cadastre.geodesy import DATUM_PARAMETERS, DEFAULT_DATUM_PARAMETERS
from offices.jobs import CommandRun
from offices.models import Office
from parcels.services.section10 import (
    PackageOrder,
    office_for,
    package_check,
    package_import,
    register_as_of,
)


def _month(text: str) -> date:
    return datetime.strptime(text, "%Y-%m").date()  # noqa: DTZ007 (a month has no zone)


class Command(BaseCommand):
    help = (
        "Take the monthly section 10 package of the Department of Lands into the register, or "
        "tell what was in force on a day. The same file again changes nothing."
    )
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, nargs="?", metavar="ZIP")
        parser.add_argument("--authority", required=True, metavar="CODE", help="for whom it is")
        parser.add_argument(
            "--office", default="", metavar="CODE",
            help="whose register changes; else the land office with the most parcels there",
        )  # fmt: skip
        parser.add_argument("--month", type=_month, metavar="YYYY-MM", help="Common Era")
        parser.add_argument(
            "--datum-parameters", choices=sorted(DATUM_PARAMETERS),
            default=DEFAULT_DATUM_PARAMETERS, help="from Indian 1975 to WGS 84",
        )  # fmt: skip
        parser.add_argument("--dry-run", action="store_true", help="write nothing")
        parser.add_argument(
            "--as-of", type=date.fromisoformat, metavar="YYYY-MM-DD",
            help="tell the parcels in force on that day, such as 1 January; needs no file",
        )  # fmt: skip
        parser.add_argument("--json", action="store_true", help="the result as JSON")

    def handle(self, *, authority: str, **given: Any) -> None:
        local = self._office(authority)
        if given["file"] is None and given["as_of"] is None:
            raise CommandError("Name the ZIP file, or ask for a day with --as-of.")
        result: dict[str, Any] = {}
        try:
            if given["file"] is not None:
                result = self._import(local, **given)
        except (LandError, OSError) as error:
            self._fail(error, as_json=given["json"])
        if given["as_of"] is not None:
            result["register"] = register_as_of(authority=local, day=given["as_of"])
        if given["json"]:
            self.stdout.write(json.dumps(result, ensure_ascii=False, default=str))
        else:
            self._tell(result)

    def _office(self, code: str) -> Office:
        office = Office.objects.filter(code=code).first()
        if office is None:
            raise CommandError(f"There is no office with the code {code}.")
        return office

    def _import(self, authority: Office, **given: Any) -> dict[str, Any]:
        office = self._office(given["office"]) if given["office"] else office_for(authority)
        order = PackageOrder(
            authority=authority, office=office, month=given["month"],
            datum_parameters=given["datum_parameters"],
        )  # fmt: skip
        run, now = CommandRun(self.stderr, office=office), timezone.now()
        if given["dry_run"]:
            return package_check(file=given["file"], order=order, run=run, now=now)
        return package_import(file=given["file"], order=order, maker=None, run=run, now=now)

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
        if result.get("known"):
            self.stdout.write("This package was taken before. Nothing was changed.")
        for key, value in result.items():
            shown = value
            if key == "register":
                shown = f"{value['as_of']}: {value['count']} parcels, {value['legal_area_m2']} m²"
            elif isinstance(value, dict):
                shown = ", ".join(f"{name} {each}" for name, each in value.items()) or "-"
            elif isinstance(value, list):
                shown = len(value)
            self.stdout.write(f"{key:>17}  {shown}")
