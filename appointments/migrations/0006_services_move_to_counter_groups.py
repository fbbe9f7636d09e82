from __future__ import annotations

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent / "sql"
NAME = "0006_services_move_to_counter_groups"


class Migration(migrations.Migration):
    dependencies = [("appointments", "0005_counters_are_shared")]
    operations = [
        # Rows move and tables change: what their constraints deferred is looked at in between.
        migrations.RunSQL("SET CONSTRAINTS ALL IMMEDIATE", migrations.RunSQL.noop),
        migrations.RunSQL(
            (SQL / f"{NAME}.up.sql").read_text(encoding="utf-8"),
            "SET CONSTRAINTS ALL IMMEDIATE;\n"
            + (SQL / f"{NAME}.down.sql").read_text(encoding="utf-8"),
        ),
    ]
