from __future__ import annotations

import json
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from offices.services.audit import AuditReport, audit_verify

WHAT_HAPPENED = {
    "entry_changed": "entry {first} was changed after it was written",
    "entries_missing": "entries are missing between {first} and {last}",
    "entries_added": "entries were slipped in between {first} and {last}",
    "entries_replaced": "entries were exchanged or rewritten between {first} and {last}",
    "chain_cut": "the seal over entries {first} to {last} does not follow the seal before it",
    "head_missing": "the seal given with --head is not in the chain: it was rewritten or cut short",
}


class Command(BaseCommand):
    help = "Check that nobody changed the audit trail: every entry's digest and the chain of seals."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="result as JSON on stdout")
        parser.add_argument(
            "--head", help="hash of a seal kept elsewhere, which must still be there"
        )

    def handle(self, *, json: bool, head: str | None, **options: Any) -> None:  # noqa: ARG002
        report = audit_verify(head=head)
        self.stdout.write(as_json(report) if json else as_text(report))
        if report.first_break:
            raise CommandError(f"The audit trail is broken: {what_happened(report)}.")


def as_json(report: AuditReport) -> str:
    return json.dumps(asdict(report))


def as_text(report: AuditReport) -> str:
    return (
        f"{report.entries:,} entries, {report.seals:,} seals, {report.unsealed:,} not sealed yet\n"
        f"latest seal {report.head or '-'}"
    )


def what_happened(report: AuditReport) -> str:
    """The break in words."""
    assert report.first_break is not None
    found = report.first_break
    return WHAT_HAPPENED[found.kind].format(first=found.first, last=found.last)
