"""``manage.py export_parcels --office CODE --format F --out FILE``: docs/operations/exports.md."""

from __future__ import annotations

import json
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from offices.jobs import CommandRun
from offices.models import Office
from parcels.export.rows import Selection
from parcels.services.exports import FORMATS, ExportFormat, parcels_export


def _moment(text: str) -> datetime:
    """A day (its end in Thailand is not waited for: its first moment) or a moment, ISO 8601."""
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else timezone.make_aware(moment)


class Command(BaseCommand):
    help = "Write the parcels of an office as GeoPackage, GeoParquet 1.1 or LADM-shaped JSON."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--office", required=True, metavar="CODE")
        parser.add_argument("--format", required=True, choices=FORMATS)
        parser.add_argument("--out", type=Path, required=True, metavar="FILE")
        parser.add_argument(
            "--on", type=date.fromisoformat, metavar="YYYY-MM-DD", help="in force that day"
        )
        parser.add_argument(
            "--known", type=_moment, metavar="MOMENT", help="by what the register knew then"
        )
        parser.add_argument(
            "--with-owners", action="store_true", help="names of holders; kept in the audit trail"
        )
        parser.add_argument("--json", action="store_true", help="the result as JSON")

    def handle(self, *, office: str, out: Path, **given: Any) -> None:
        found = Office.objects.filter(code=office).first()
        if found is None:
            raise CommandError(f"There is no office with the code {office}.")
        selection = Selection(
            office=found, on=given["on"] or timezone.localdate(), known=given["known"],
            with_owners=given["with_owners"],
        )  # fmt: skip
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
