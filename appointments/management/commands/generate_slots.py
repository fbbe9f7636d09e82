from __future__ import annotations

from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _

from appointments.services.slots import DAYS_AHEAD, slots_generate
from cadastre.scheduling.slots import LONGEST_RANGE_DAYS
from offices.models import Office


class Command(BaseCommand):
    help = "Offer the times of the coming days. Times that exist are left alone."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--office", help="code of one office; all offices without it")
        parser.add_argument("--days", type=int, default=DAYS_AHEAD, help="how far ahead")

    def handle(self, *, office: str | None, days: int, **_options: Any) -> None:
        if not 0 <= days <= LONGEST_RANGE_DAYS:
            raise CommandError(f"--days must lie between 0 and {LONGEST_RANGE_DAYS}.")
        offices = Office.objects.filter(services__is_active=True).distinct().order_by("code")
        if office is not None:
            offices = offices.filter(code=office)
            if not offices:
                raise CommandError(
                    f"There is no office {office} with a service that can be booked. "
                    "Add the service in the administration first."
                )
        today = timezone.localdate()
        last = today + timedelta(days=days)
        for each in offices:
            new = slots_generate(office=each, first=today, last=last)
            self.stdout.write(_("{office}: {new} new times").format(office=each.code, new=new))
