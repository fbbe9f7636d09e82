"""Take in a price list of the Treasury Department."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from cadastre.errors import LandError
from offices.jobs import CommandRun
from taxmap.offices import local_authority_named
from taxmap.services.price_imports import prices_import
from web.era import parse_date


class Command(BaseCommand):
    help = "Take in appraised prices (CSV of the Treasury Department) for a local authority."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="CSV file, UTF-8 or TIS-620")
        parser.add_argument("--authority", help="code of the local authority, if there are several")
        parser.add_argument(
            "--from", dest="valid_from", required=True,
            help="day from which the prices hold, such as 2026-01-01 or 1/1/2569",
        )  # fmt: skip
        parser.add_argument("--json", action="store_true", help="the result as JSON on stdout")

    def handle(
        self, *, file: Path, authority: str | None, valid_from: str, **options: Any
    ) -> None:  # fmt: skip
        """Progress goes to stderr. The same file for the same day changes nothing."""
        try:
            office = local_authority_named(authority)
            stored = prices_import(
                local_authority=office, content=file.read_bytes(), filename=file.name,
                valid_from=parse_date(valid_from), now=timezone.now(),
                job=CommandRun(self.stderr, office=office),
            )  # fmt: skip
        except (LandError, OSError) as error:
            raise CommandError(str(error)) from error
        result = stored.counts()
        if options["json"]:
            self.stdout.write(json.dumps(result, ensure_ascii=False))
            return
        for name, value in result.items():
            self.stdout.write(f"{name:>12}  {value}")
