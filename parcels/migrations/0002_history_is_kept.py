from __future__ import annotations

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    dependencies = [("parcels", "0001_initial"), ("offices", "0002_audit_trail_is_append_only")]
    operations = [
        migrations.RunSQL(
            (SQL / "0002_history_is_kept.up.sql").read_text(encoding="utf-8"),
            (SQL / "0002_history_is_kept.down.sql").read_text(encoding="utf-8"),
        )
    ]
