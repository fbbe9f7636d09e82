from __future__ import annotations

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    dependencies = [("parcels", "0007_history_is_bitemporal")]
    operations = [
        migrations.RunSQL(
            (SQL / "0008_transactions_are_kept.up.sql").read_text(encoding="utf-8"),
            (SQL / "0008_transactions_are_kept.down.sql").read_text(encoding="utf-8"),
        )
    ]
