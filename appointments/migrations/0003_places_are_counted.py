from __future__ import annotations

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    dependencies = [("appointments", "0002_bookings_can_be_forgotten")]
    operations = [
        migrations.RunSQL(
            (SQL / "0003_places_are_counted.up.sql").read_text(encoding="utf-8"),
            (SQL / "0003_places_are_counted.down.sql").read_text(encoding="utf-8"),
        )
    ]
