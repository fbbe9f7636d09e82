from __future__ import annotations

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    dependencies = [("surveys", "0002_jobs_keep_what_was_observed")]
    operations = [
        migrations.RunSQL(
            (SQL / "0003_observations_are_kept.up.sql").read_text(encoding="utf-8"),
            (SQL / "0003_observations_are_kept.down.sql").read_text(encoding="utf-8"),
        )
    ]
