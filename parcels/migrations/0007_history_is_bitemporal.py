from __future__ import annotations

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    dependencies = [("parcels", "0006_every_change_is_a_transaction")]
    operations = [
        migrations.RunSQL(
            (SQL / "0007_history_is_bitemporal.up.sql").read_text(encoding="utf-8"),
            (SQL / "0007_history_is_bitemporal.down.sql").read_text(encoding="utf-8"),
        )
    ]
