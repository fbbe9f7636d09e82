"""``manage.py export_parcels --office CODE --format F --out FILE``: docs/operations/exports.md."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from cadastre.errors import LandError
from cadastre.moment import KNOWN, ON, Moment, moment_of
from offices.jobs import CommandRun
from offices.models import Office
from parcels.export.rows import Selection
from parcels.services.exports import FORMATS, ExportFormat, parcels_export


def _moment(given: dict[str, Any]) -> Moment:
    asked = {name: text for name in (ON, KNOWN) if (text := given[name])}
    try:
        return moment_of(asked, now=timezone.now())
    except LandError as error:
        raise CommandError(error.render(str)) from error


class Command(BaseCommand):
    help = "Write the parcels of an office as GeoPackage, GeoParquet 1.1 or LADM-shaped JSON."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--office", required=True, metavar="CODE")
        parser.add_argument("--format", required=True, choices=FORMATS)
        parser.add_argument("--out", type=Path, required=True, metavar="FILE")
        parser.add_argument("--on", metavar="YYYY-MM-DD", help="in force that day")
        parser.add_argument(
            "--known", metavar="MOMENT", help="by what the register knew then: a day or an instant"
        )
        parser.add_argument(
            "--with-owners", action="store_true", help="names of holders; kept in the audit trail"
        )
        parser.add_argument("--json", action="store_true", help="the result as JSON")

    def handle(self, *, office: str, out: Path, **given: Any) -> None:
        found = Office.objects.filter(code=office).first()
        if found is None:
            raise CommandError(f"There is no office with the code {office}.")
        moment = _moment(given)
        selection = Selection(
            office=found, on=moment.on, known=moment.known, with_owners=given["with_owners"]
        )
        try:
            result = parcels_export(
                selection=selection, form=ExportFormat(given["format"]), target=out.absolute(),
                person=None, run=CommandRun(self.stderr, office=found), now=timezone.now(),
            )  # fmt: skip
        except OSError as error:
            raise CommandError(str(error)) from error
        if given["json"]:
            self.stdout.write(json.dumps(result, ensure_ascii=False))
        else:
            for key, value in result.items():
                self.stdout.write(f"{key:>10}  {value}")
