"""``manage.py import_outlines FILE --source TEXT --seen-on DAY``: docs/user/tax-dashboard.md."""

from __future__ import annotations

import csv
import json
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from cadastre.errors import LandError
from taxmap.offices import local_authority_named
from taxmap.services.outlines import outlines_import


class Command(BaseCommand):
    help = "Take in outlines of buildings (GeoJSON, WGS 84) to search for unregistered ones."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--source", required=True, help="such as: aerial pictures of 2025")
        parser.add_argument("--seen-on", type=date.fromisoformat, required=True, metavar="DATE")
        parser.add_argument("--authority", help="code of the local authority, if there are several")
        parser.add_argument(
            "--rejects", type=Path, metavar="OUT.csv",
            help="where the rejects are kept; beside the file unless given",
        )  # fmt: skip
        parser.add_argument("--json", action="store_true", help="the result as JSON on stdout")

    def handle(self, *, file: Path, rejects: Path | None, **given: Any) -> None:
        """Rejects are written into a file before anything is told, so that none is lost."""
        try:
            new, known, refused = outlines_import(
                local_authority=local_authority_named(given["authority"]),
                content=file.read_bytes(), source=given["source"][:120],
                seen_on=given["seen_on"], actor=None, now=timezone.now(),
            )  # fmt: skip
        except (LandError, OSError) as error:
            raise CommandError(str(error)) from error
        kept = rejects or file.with_name(f"{file.name}.rejects.csv")
        if refused:
            with kept.open("w", encoding="utf-8-sig", newline="") as target:
                csv.writer(target).writerows([("number", "reference", "reason"), *refused])
        result = {"new": new, "known": known, "rejected": len(refused)}
        if given["json"]:
            self.stdout.write(json.dumps(result))
            return
        for name, value in result.items():
            self.stdout.write(f"{name:>10}  {value}")
        if refused:
            self.stdout.write(f"rejects are in {kept}")
