"""Assess the yearly roll of a local authority."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from cadastre.errors import LandError
from offices.jobs import CommandRun
from taxmap.offices import local_authority_named
from taxmap.services.roll import roll_assess


class Command(BaseCommand):
    help = "Assess the land and building tax of every taxable unit of a local authority."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("year", type=int, help="tax year, common era")
        parser.add_argument("--authority", help="code of the local authority, if there are several")
        parser.add_argument("--dry-run", action="store_true", help="calculate, write nothing")
        parser.add_argument("--json", action="store_true", help="the result as JSON on stdout")

    def handle(self, *, year: int, authority: str | None, **options: Any) -> None:
        """Progress goes to stderr. A run that was killed left nothing behind: run it again."""
        try:
            office = local_authority_named(authority)
            result = roll_assess(
                local_authority=office, tax_year=year, now=timezone.now(),
                job=CommandRun(self.stderr, office=office), dry_run=options["dry_run"],
            )  # fmt: skip
        except LandError as error:
            raise CommandError(str(error)) from error
        if options["json"]:
            self.stdout.write(json.dumps(result, ensure_ascii=False))
            return
        for name, value in result.items():
            self.stdout.write(f"{name:>14}  {value}")
