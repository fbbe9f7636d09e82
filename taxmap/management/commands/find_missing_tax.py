"""``manage.py find_missing_tax YEAR [--authority CODE]``: see docs/algorithms/missing-tax.md."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from cadastre.errors import LandError
from offices.jobs import CommandRun
from taxmap.offices import local_authority_named
from taxmap.services.leads import leads_search


class Command(BaseCommand):
    help = "Search a local authority for signs of missing tax."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("year", type=int, help="tax year, common era")
        parser.add_argument("--authority", help="code of the local authority, if there are several")
        parser.add_argument("--json", action="store_true", help="the result as JSON on stdout")

    def handle(self, *, year: int, authority: str | None, **options: Any) -> None:
        """Progress goes to stderr; a search that was interrupted kept nothing and is run again."""
        try:
            office = local_authority_named(authority)
            result = leads_search(
                local_authority=office, tax_year=year, now=timezone.now(),
                run=CommandRun(self.stderr, office=office),
            )  # fmt: skip
        except LandError as error:
            raise CommandError(str(error)) from error
        if options["json"]:
            self.stdout.write(json.dumps(result, ensure_ascii=False))
            return
        for name, value in result.items():
            self.stdout.write(f"{name:>16}  {value}")
