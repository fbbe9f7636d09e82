from __future__ import annotations

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("offices", "0007_a_digest_is_planned_once")]
    operations = [
        migrations.AlterField(
            "auditentry", "actor",
            models.ForeignKey(
                settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+",
                db_index=False, db_comment="ผู้กระทำ; null for a citizen or the service itself",
            ),
        ),
        migrations.AlterField(
            "auditentry", "office",
            models.ForeignKey(
                "offices.Office", models.PROTECT, null=True, related_name="+", db_index=False,
                db_comment="สำนักงาน",
            ),
        ),
        migrations.AddIndex(
            "auditentry",
            models.Index(
                fields=["actor", "at"], name="audit_by_actor",
                condition=models.Q(actor__isnull=False),
            ),
        ),
    ]  # fmt: skip
