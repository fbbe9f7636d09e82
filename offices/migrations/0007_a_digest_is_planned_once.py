from __future__ import annotations

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent / "sql"
NAME = "0007_a_digest_is_planned_once"


class Migration(migrations.Migration):
    dependencies = [("offices", "0006_messages_wait_to_be_sent")]
    operations = [
        migrations.RunSQL(
            (SQL / f"{NAME}.up.sql").read_text(encoding="utf-8"),
            (SQL / f"{NAME}.down.sql").read_text(encoding="utf-8"),
        ),
    ]
