from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("appointments", "0008_the_hall_is_kept")]
    operations = [
        migrations.AddField(
            model_name="booking",
            name="code_tries",
            field=models.PositiveSmallIntegerField(
                default=0, db_default=0, db_comment="จำนวนครั้งที่ใส่รหัสผิด"
            ),
        ),
        migrations.AddField(
            model_name="countergroup",
            name="confirmation",
            field=models.CharField(
                choices=[("none", "not asked for"), ("code", "by a one-time code")],
                max_length=4, default="none", db_default="none",
                db_comment="วิธียืนยันการจอง", verbose_name="how a booking is confirmed",
            ),
        ),
        migrations.AddField(
            model_name="countergroup",
            name="offer_minutes",
            field=models.PositiveSmallIntegerField(
                default=30, db_default=30,
                db_comment="เวลาที่กันที่ไว้ให้ผู้อยู่ในรายชื่อรอ (นาที)",
                verbose_name="minutes a place is offered to who waits",
            ),
        ),
        migrations.AddField(
            model_name="waitinglistentry",
            name="declined",
            field=models.JSONField(
                default=list, db_default=[], db_comment="ช่วงเวลาที่เสนอแล้วไม่รับ (pk ของ Slot)"
            ),
        ),
        migrations.AddConstraint(
            model_name="countergroup",
            constraint=models.CheckConstraint(
                condition=models.Q(offer_minutes__gte=1), name="an_offer_lasts_some_time"
            ),
        ),
    ]  # fmt: skip
