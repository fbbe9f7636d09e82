from __future__ import annotations

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    dependencies = [("parcels", "0010_section_10_packages_are_kept")]
    operations = [
        migrations.RunSQL(
            (SQL / "0011_states_of_parcels_in_one_view.up.sql").read_text(encoding="utf-8"),
            (SQL / "0011_states_of_parcels_in_one_view.down.sql").read_text(encoding="utf-8"),
        )
    ]
