from __future__ import annotations

from django.db import migrations, models


def forget_failed(apps, schema_editor):  # type: ignore[no-untyped-def]
    """Before this migration the failed ones forget their person, too."""
    apps.get_model("offices", "Message").objects.filter(status="failed").update(
        recipient="", body=""
    )


class Migration(migrations.Migration):
    dependencies = [("offices", "0008_the_trail_is_indexed_once")]
    operations = [
        migrations.RunPython(migrations.RunPython.noop, forget_failed),
        migrations.AlterField(
            "message", "recipient",
            models.CharField(
                max_length=200, blank=True,
                db_comment="ผู้รับ; personal data, empty once sent or forgotten",
            ),
        ),
        migrations.AlterField(
            "message", "body",
            models.TextField(
                blank=True,
                db_comment="ข้อความ; holds secret addresses, empty once sent or forgotten",
            ),
        ),
        migrations.RemoveConstraint("message", "a_message_sent_forgets_its_person"),
        migrations.AddConstraint(
            "message",
            models.CheckConstraint(
                condition=~models.Q(status="sent") | models.Q(recipient="", body=""),
                name="a_message_sent_forgets_its_person",
            ),
        ),
    ]  # fmt: skip
