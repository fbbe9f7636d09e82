"""``manage.py check_fabric [--office CODE | --file FILE]``: see docs/operations/check-fabric.md."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any, NoReturn

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone
from django.utils.translation import gettext, override

from cadastre.coverage import Tolerances
from cadastre.errors import LandError
from cadastre.geodesy import DATUM_PARAMETERS, DEFAULT_DATUM_PARAMETERS, normalise_srid
from offices.jobs import CommandRun
from offices.models import Office
from parcels.fault_map import fault_map
from parcels.importing.faults import file_faults
from parcels.importing.pipeline import ImportOptions
from parcels.models import Parcel
from parcels.services.fabric_checks import fabric_report, findings_update


class Command(BaseCommand):
    help = (
        "Find the faults of a fabric: overlaps, gaps, vertices that neighbours do not share. "
        "Progress goes to standard error, the result to standard output."
    )
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        what = parser.add_mutually_exclusive_group()
        what.add_argument("--file", type=Path, help="check a file without importing it")
        what.add_argument("--office", default="", metavar="CODE", help="all offices unless given")
        parser.add_argument(
            "--on", type=date.fromisoformat, metavar="DATE",
            help="report on the parcels that were in force on a past day; nothing is stored",
        )  # fmt: skip
        parser.add_argument(
            "--map", type=Path, metavar="OUT.html",
            help="with --file: every finding on a map, in one page that opens without a network",
        )  # fmt: skip
        parser.add_argument(
            "--language", choices=[code for code, _name in settings.LANGUAGES],
            default=settings.LANGUAGE_CODE, help="the words of that page",
        )  # fmt: skip
        parser.add_argument("--layer", default="", help="the layer, if the file has several")
        parser.add_argument("--crs", default="", help="such as EPSG:32647; overrides the file")
        parser.add_argument("--encoding", default="", metavar="E", help="such as CP874")
        parser.add_argument(
            "--datum-parameters", choices=sorted(DATUM_PARAMETERS),
            default=DEFAULT_DATUM_PARAMETERS, help="from Indian 1975 to WGS 84",
        )  # fmt: skip
        parser.add_argument("--json", action="store_true", help="the result as JSON")

    def handle(self, *, file: Path | None, **given: Any) -> None:
        if given["map"] and not file:
            raise CommandError("--map goes with --file; findings of an office are in its inbox.")
        try:
            result = self._check_file(file, given) if file else self._check_register(given)
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
        page: Path | None = given["map"]
        found = file_faults(file, options, Tolerances(), run.progress, with_shapes=page is not None)
        if page is not None:
            with override(given["language"]):
                page.write_text(fault_map(found), encoding="utf-8")
        return found.report()

    def _check_register(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """Every office that keeps parcels, or one; the sum of what is found in them."""
        offices = Office.objects.filter(code=given["office"]) if given["office"] else _keepers()
        if given["office"] and not offices:
            raise CommandError(f"There is no office {given['office']}.")
        now, day = timezone.now(), given["on"]
        if day is not None and day > timezone.localdate(now):
            raise CommandError(f"{day} is still to come.")
        parcels, seconds, found = 0, 0.0, Counter[str]()
        for office in offices:
            run = _Run(self.stderr, office=office)
            if day is None or day == timezone.localdate(now):
                result = findings_update(office=office, run=run, now=now)
            else:
                result = fabric_report(office=office, on=day, run=run)
            parcels += result["parcels"]
            seconds += result["seconds"]
            found.update(result["findings"])
        return {"parcels": parcels, "findings": dict(found), "seconds": round(seconds, 2)}

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


class _Run(CommandRun):
    """A check on a command line begins anew: what it found so far is kept, not where it was."""

    def save_cursor(self, value: Any) -> None:
        pass


def _keepers() -> QuerySet[Office]:
    """The offices that have parcels of their own."""
    return Office.objects.filter(Exists(Parcel.objects.filter(office=OuterRef("pk")))).order_by(
        "code"
    )


def _text(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)
