from __future__ import annotations

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    dependencies = [("parcels", "0002_history_is_kept")]
    operations = [
        migrations.RunSQL(
            (SQL / "0003_shares_total_one.up.sql").read_text(encoding="utf-8"),
            (SQL / "0003_shares_total_one.down.sql").read_text(encoding="utf-8"),
        )
    ]
