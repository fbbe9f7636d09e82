from __future__ import annotations

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    dependencies = [
        ("taxmap", "0009_former_facts_are_kept"),
    ]

    operations = [
        migrations.RunSQL(
            (SQL / "0010_balance_joins_its_bill.up.sql").read_text(encoding="utf-8"),
            (SQL / "0010_balance_joins_its_bill.down.sql").read_text(encoding="utf-8"),
        ),
    ]
