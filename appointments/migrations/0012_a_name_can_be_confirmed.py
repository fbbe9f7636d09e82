from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("appointments", "0011_most_bookings_need_three_statements")]
    operations = [
        migrations.AddField(
            "booking", "is_name_verified",
            models.BooleanField(
                default=False, db_default=False,
                db_comment="ชื่อยืนยันด้วย ThaID; the number is not kept",
            ),
        ),
    ]  # fmt: skip
