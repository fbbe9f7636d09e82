from __future__ import annotations

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent / "sql"
NAME = "0006_places_are_taken_in_one_statement"


class Migration(migrations.Migration):
    dependencies = [
        ("appointments", "0005_counters_are_shared"),
        ("offices", "0005_a_failed_job_names_its_error"),
    ]
    operations = [
        # Rows move and tables change: what their constraints deferred is looked at in between.
        migrations.RunSQL("SET CONSTRAINTS ALL IMMEDIATE", migrations.RunSQL.noop),
        migrations.RunSQL(
            (SQL / f"{NAME}.up.sql").read_text(encoding="utf-8"),
            "SET CONSTRAINTS ALL IMMEDIATE;\n"
            + (SQL / f"{NAME}.down.sql").read_text(encoding="utf-8"),
        ),
    ]
