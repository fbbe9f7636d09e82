"""Choose bills and print their letters, on all cores."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from cadastre.errors import LandError
from offices.jobs import CommandRun
from taxmap.models import NoticeBatch, NoticeKind
from taxmap.offices import local_authority_named
from taxmap.services.notice_printing import batch_print
from taxmap.services.notices import PER_PART, Selection, notice_batch_create


class Command(BaseCommand):
    help = "Print notices of assessment, property lists or reminders; stopped ones go on."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("year", type=int, nargs="?", help="tax year, common era")
        parser.add_argument("--authority", help="code of the local authority, if several")
        parser.add_argument("--kind", choices=NoticeKind.values, default=NoticeKind.ASSESSMENT)
        parser.add_argument("--area", default="", help="zone, or zone and block: 01, 01A")
        parser.add_argument("--first", type=int, help="first bill number")
        parser.add_argument("--last", type=int, help="last bill number")
        parser.add_argument("--language", choices=["th", "en"], default="th")
        parser.add_argument("--per-part", type=int, default=PER_PART)
        parser.add_argument("--workers", type=int, help="processes; all cores unless said")
        parser.add_argument("--resume", metavar="BATCH", help="go on with this batch instead")
        parser.add_argument("--json", action="store_true", help="the result as JSON on stdout")

    def handle(self, **options: Any) -> None:
        try:
            batch = self._batch(options)
            run = CommandRun(self.stderr, office=batch.local_authority)
            result = {"batch": batch.public_id} | batch_print(
                batch, run=run, workers=options["workers"]
            )
        except LandError as error:
            raise CommandError(str(error)) from error
        if options["json"]:
            self.stdout.write(json.dumps(result))
        else:
            self.stdout.write(
                "{batch}: {printed} of {notices} notices, {pages} pages".format(**result)
            )

    def _batch(self, options: dict[str, Any]) -> NoticeBatch:
        if options["resume"]:
            found = NoticeBatch.objects.filter(public_id=options["resume"]).first()
            if found is None:
                raise CommandError(f"There is no batch {options['resume']}.")
            return found
        if options["year"] is None:
            raise CommandError("Name a year, or a batch to --resume.")
        return notice_batch_create(
            local_authority=local_authority_named(options["authority"]),
            tax_year=options["year"], kind=NoticeKind(options["kind"]),
            selection=Selection(options["area"], options["first"], options["last"]),
            dated=timezone.localdate(), language=options["language"],
            per_part=options["per_part"], actor=None, now=timezone.now(),
        )  # fmt: skip
