"""``manage.py import_bank_report FILE``: what a bank reports, into the ledger, exactly once."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext

from cadastre.errors import LandError
from cadastre.payments.bank_report import read_report
from taxmap.ledger_errors import BankReportAlreadyImported
from taxmap.offices import local_authority_named
from taxmap.services.bank_reports import Imported, bank_report_import


class Command(BaseCommand):
    help = "Import a bank's report of payments (256 characters a line, CP874), all of it or nothing"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--authority", help="code of the local authority; the only one if left")
        parser.add_argument("--json", action="store_true", help="print the result for programs")

    def handle(self, *, file: Path, authority: str | None, **options: Any) -> None:
        try:
            data = file.read_bytes()
            result = self._import(data, authority, file.name)
        except OSError as error:
            raise CommandError(f"{file}: {error.strerror}") from error
        except LandError as error:
            raise CommandError(error.render(gettext)) from error
        if options["json"]:
            self.stdout.write(json.dumps(result.as_json()))
            return
        self.stdout.write(
            f"{result.lines} lines: {result.matched} matched, {result.suspense} in suspense, "
            f"{result.duplicates} imported before; {result.total} satang"
        )

    def _import(self, data: bytes, authority: str | None, name: str) -> Imported:
        """A file imported before changes nothing: all of its lines are duplicates."""
        try:
            return bank_report_import(
                data, local_authority=local_authority_named(authority), actor=None,
                now=timezone.now(), file_name=name,
            )  # fmt: skip
        except BankReportAlreadyImported as known:
            self.stderr.write(known.render(gettext))
            report = read_report(data)
            count = len(report.payments)
            return Imported(count, 0, 0, count, report.total_satang)
