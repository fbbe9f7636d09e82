"""``manage.py generate_demo``: a believable municipality, to try everything with."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from config.demo.assemble import DemoExists, demo_create
from offices.jobs import CommandRun


class _Run(CommandRun):
    """The demo is made in one go or not at all: there is no place to resume from."""

    def save_cursor(self, value: Any) -> None:
        pass


class Command(BaseCommand):
    help = "Make a demo town with its register, tax map, offices and one account per role."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--parcels", type=int, default=5000, help="50 to 1,000,000")
        parser.add_argument("--seed", type=int, default=2569, help="the same seed, the same town")
        parser.add_argument(
            "--only-register",
            action="store_true",
            help="leave out the tax roll, the imagery and the free times (for measurements)",
        )
        parser.add_argument("--json", action="store_true", help="the result as JSON on stdout")

    def handle(self, *, parcels: int, seed: int, only_register: bool, **options: Any) -> None:
        if not 50 <= parcels <= 1_000_000:
            raise CommandError("--parcels must be between 50 and 1,000,000.")
        try:
            result = demo_create(
                parcels=parcels,
                seed=seed,
                only_register=only_register,
                now=timezone.now(),
                job=_Run(self.stderr),
            )
        except DemoExists as error:
            raise CommandError(str(error)) from error
        if options["json"]:
            self.stdout.write(json.dumps(result, ensure_ascii=False))
            return
        for account in result["accounts"]:
            self.stdout.write("{username:<10} {password:<18} {role}, {office}".format(**account))
