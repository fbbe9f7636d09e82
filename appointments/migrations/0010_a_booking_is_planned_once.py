from __future__ import annotations

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent / "sql"
NAME = "0010_a_booking_is_planned_once"


class Migration(migrations.Migration):
    dependencies = [("appointments", "0009_who_waits_is_asked_first")]
    operations = [
        migrations.RunSQL(
            (SQL / f"{NAME}.up.sql").read_text(encoding="utf-8"),
            (SQL / f"{NAME}.down.sql").read_text(encoding="utf-8"),
        ),
    ]
