"""Compile the translation catalogues, without gettext installed on the machine."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import PoFileError, read_po
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError


def catalogues(root: Path) -> list[Path]:
    """Every ``<room>/locale/<language>/LC_MESSAGES/*.po`` under ``root``."""
    return sorted(root.glob("*/locale/*/LC_MESSAGES/*.po"))


def compile_catalogue(source: Path) -> Path:
    """Write the ``.mo`` beside a ``.po``; the same source gives the same bytes.

    Raises `ValueError` or `PoFileError` where the source cannot be read, or where a translation
    names other ``%(values)s`` than its original: that would fail when the page is shown.
    """
    with source.open("rb") as file:
        catalogue = read_po(file, abort_invalid=True)
    for message, faults in catalogue.check():
        raise ValueError(f"“{message.id}”: {faults[0]}")
    target = source.with_suffix(".mo")
    partial = target.with_suffix(".mo.partial")
    with partial.open("wb") as file:
        write_mo(file, catalogue)
    partial.replace(target)
    return target


class Command(BaseCommand):
    help = "Compile every */locale/*/LC_MESSAGES/*.po that is newer than its .mo."
    requires_system_checks = []

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--force", action="store_true", help="compile all of them anew")

    def handle(self, *, force: bool, **options: Any) -> None:  # noqa: ARG002
        sources = catalogues(settings.BASE_DIR)
        done = 0
        for source in sources:
            target = source.with_suffix(".mo")
            # Not older is not enough: two writes can fall into one tick of the clock.
            if (
                not force
                and target.exists()
                and target.stat().st_mtime_ns > source.stat().st_mtime_ns
            ):
                continue
            try:
                compile_catalogue(source)
            except (ValueError, PoFileError) as error:
                raise CommandError(f"{source}: {error}") from error
            done += 1
        self.stdout.write(f"{done} of {len(sources)} catalogues compiled.")
