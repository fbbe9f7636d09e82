"""``manage.py generate_section10 --out DIR``: see docs/operations/section10.md."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from cadastre.errors import LandError
from offices.models import Office
from parcels.section10.generating import Order, Plot, package_write
from parcels.section10.plots import plots_from_scratch, plots_of

_BANG_YAI = (100.41, 13.85)


class Command(BaseCommand):
    help = (
        "Make up a section 10 package from the parcels of an authority, or from nothing, with "
        "as much dirt as asked for; expected.json beside it says what an import must find."
    )
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--out", type=Path, required=True, metavar="DIR")
        parser.add_argument(
            "--authority",
            default="",
            metavar="CODE",
            help="whose parcels; without it: from scratch",
        )
        parser.add_argument("--month", default="", metavar="YYYY-MM", help="else last month")
        parser.add_argument("--rows", type=int, default=100)
        parser.add_argument("--dirt", type=float, default=0.0, help="share of dirty rows, 0 to 1")
        parser.add_argument("--seed", type=int, default=1)

    def handle(self, *, out: Path, authority: str, **given: Any) -> None:
        if not 0 <= given["dirt"] <= 1 or given["rows"] < 1:
            raise CommandError("--dirt is from 0 to 1 and --rows at least 1.")
        month = timezone.localdate().replace(day=1) - timedelta(days=1)
        if given["month"]:
            month = datetime.strptime(given["month"], "%Y-%m").date()  # noqa: DTZ007 (a month)
        plots, zone = self._plots(authority, given["rows"])
        order = Order(
            name=f"{given['seed']:08d}_{month:%Y%m}", month=month.replace(day=1), zone=zone,
            rows=given["rows"], dirt=given["dirt"], seed=given["seed"], new=not authority,
        )  # fmt: skip
        try:
            expected = package_write(out, plots, order)
        except LandError as error:
            raise CommandError(str(error)) from error
        shown = {name: expected[name] for name in ("file", "read", "outcomes", "reasons")}
        self.stdout.write(json.dumps(shown, ensure_ascii=False))

    def _plots(self, code: str, rows: int) -> tuple[list[Plot], int]:
        if not code:
            return plots_from_scratch(*_BANG_YAI, 47, 2 * rows + 10), 47
        authority = Office.objects.filter(code=code).first()
        if authority is None:
            raise CommandError(f"There is no office with the code {code}.")
        zone = 48 if authority.zone_srid == 32648 else 47
        return plots_of(authority, zone), zone
