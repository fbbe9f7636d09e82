from __future__ import annotations

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent / "sql"
NAME = "0010_places_are_taken_in_one_statement"


class Migration(migrations.Migration):
    dependencies = [
        ("appointments", "0009_who_waits_is_asked_first"),
        ("offices", "0005_a_failed_job_names_its_error"),  # a booking writes in the audit trail
    ]
    operations = [
        migrations.RunSQL(
            (SQL / f"{NAME}.up.sql").read_text(encoding="utf-8"),
            (SQL / f"{NAME}.down.sql").read_text(encoding="utf-8"),
        ),
    ]
