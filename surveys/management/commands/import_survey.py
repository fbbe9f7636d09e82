"""``manage.py import_survey FILE --job ID``: see docs/operations/import-survey.md."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import gettext

from cadastre.errors import LandError
from cadastre.fieldfiles import FORMATS, MAX_BYTES
from cadastre.geodesy import DATUM_PARAMETERS
from surveys.services.imports import field_file_import
from surveys.services.jobs import survey_job_named
from surveys.services.mappings import mapping_named
from surveys.services.points import points_compute
from surveys.uploads import too_large


class Command(BaseCommand):
    help = (
        "Take a file of a receiver or a total station into a survey job, and judge its points. "
        "Every line is taken or rejected with its reason; the result goes to standard output."
    )
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--job", required=True, metavar="ID", help="number of the job, or key")
        parser.add_argument("--format", choices=sorted(FORMATS), help="absent: told from the file")
        parser.add_argument("--mapping", default="", metavar="NAME", help="saved column mapping")
        parser.add_argument(
            "--srid", type=int, metavar="N",
            help="EPSG code of the coordinates; 0: a local system; absent: the file's or the job's",
        )  # fmt: skip
        parser.add_argument("--datum", default="", choices=["", *sorted(DATUM_PARAMETERS)])
        parser.add_argument("--point", default="", help="the point, for a log that names none")
        parser.add_argument("--day", type=date.fromisoformat, help="day on which a log begins")
        parser.add_argument("--json", action="store_true", help="the result as JSON")

    def handle(self, *, file: Path, **given: Any) -> None:
        try:
            result = self._import(file, **given)
        except (LandError, OSError) as error:
            self._fail(error, as_json=given["json"])
        if given["json"]:
            self.stdout.write(json.dumps(result, ensure_ascii=False))
            return
        for key, value in result.items():
            self.stdout.write(f"{key:>12}  {value if value not in ({}, None) else '-'}")

    def _import(self, file: Path, **given: Any) -> dict[str, Any]:
        job = survey_job_named(given["job"])
        if file.stat().st_size > MAX_BYTES:
            raise too_large(file.name)
        name = given["mapping"]
        imported = field_file_import(
            job=job, name=file.name, content=file.read_bytes(), format=given["format"],
            mapping=mapping_named(job.office, name) if name else None, srid=given["srid"],
            datum=given["datum"], point=given["point"], day=given["day"], by=None,
            now=timezone.now(),
        )  # fmt: skip
        if imported.again:
            return imported.result
        judged = points_compute(job=job, by=None, now=timezone.now())
        verdicts = {verdict or "unjudged": n for verdict, n in sorted(judged.verdicts.items())}
        return imported.result | {"verdicts": verdicts}

    def _fail(self, error: LandError | OSError, *, as_json: bool) -> None:
        if not isinstance(error, LandError):
            raise CommandError(str(error)) from error
        if as_json:
            problem = {
                "error": error.code, "detail": error.render(gettext), "evidence": error.evidence,
            }  # fmt: skip
            self.stdout.write(json.dumps(problem, ensure_ascii=False, default=str))
        raise CommandError(f"{error.code}: {error.render(gettext)}") from error
