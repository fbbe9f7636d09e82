from pathlib import Path

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    dependencies = [
        ("appointments", "0007_times_belong_to_counter_groups"),
        ("offices", "0005_a_failed_job_names_its_error"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Hall",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kiosk_key",
                    models.CharField(
                        db_comment="รหัสสุ่มที่เปิดเผยได้ (128 bit)",
                        db_default=models.Func(
                            models.Func(
                                models.Func(16, function="gen_random_bytes"),
                                models.Value("base64"),
                                function="encode",
                            ),
                            models.Value("+/="),
                            models.Value("-_"),
                            function="translate",
                        ),
                        editable=False,
                        max_length=32,
                        unique=True,
                    ),
                ),
                (
                    "kiosk_is_on",
                    models.BooleanField(
                        db_comment="เปิดให้กดบัตรคิวที่ตู้",
                        db_default=True,
                        default=True,
                        verbose_name="tickets are given at the kiosk",
                    ),
                ),
                (
                    "tickets_a_minute",
                    models.PositiveSmallIntegerField(
                        db_comment="ออกบัตรคิวที่ตู้ได้ไม่เกิน (ใบต่อนาที)",
                        db_default=20,
                        default=20,
                        verbose_name="most tickets a minute",
                    ),
                ),
                (
                    "prefix",
                    models.CharField(
                        db_comment="อักษรนำหน้าเลขคิวของบริการที่ไม่ได้กำหนดไว้เอง",
                        db_default="A",
                        default="A",
                        max_length=2,
                        verbose_name="letter of tickets",
                    ),
                ),
                (
                    "early_minutes",
                    models.PositiveSmallIntegerField(
                        db_comment="เช็กอินได้ก่อนเวลานัดไม่เกิน (นาที)",
                        db_default=60,
                        default=60,
                        verbose_name="bookings arrive at most so many minutes early",
                    ),
                ),
                (
                    "late_minutes",
                    models.PositiveSmallIntegerField(
                        db_comment="มาช้าไม่เกินเท่านี้ยังคงเวลานัด (นาที)",
                        db_default=10,
                        default=10,
                        verbose_name="bookings keep their time when so many minutes late",
                    ),
                ),
                (
                    "most_calls",
                    models.PositiveSmallIntegerField(
                        db_comment="เรียกกี่ครั้งจึงถือว่าไม่มา",
                        db_default=3,
                        default=3,
                        verbose_name="calls before somebody counts as missed",
                    ),
                ),
            ],
            options={
                "verbose_name": "hall",
                "verbose_name_plural": "halls",
                "db_table_comment": "โถงบริการของสำนักงาน",
            },
        ),
        migrations.AddField(
            model_name="ticket",
            name="only_counter",
            field=models.ForeignKey(
                db_comment="ช่องบริการที่ต้องไป; null: any that does the service",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="appointments.counter",
            ),
        ),
        migrations.AddIndex(
            model_name="ticketevent",
            index=models.Index(fields=["kind", "at"], name="ticket_events_by_kind"),
        ),
        migrations.AddConstraint(
            model_name="waitestimate",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("expected_s__lte", models.F("high_s")), ("low_s__lte", models.F("expected_s"))
                ),
                name="an_estimate_lies_in_its_range",
            ),
        ),
        migrations.AddField(
            model_name="hall",
            name="office",
            field=models.OneToOneField(
                db_comment="สำนักงาน",
                on_delete=django.db.models.deletion.CASCADE,
                related_name="hall",
                to="offices.office",
                verbose_name="office",
            ),
        ),
        migrations.AddConstraint(
            model_name="hall",
            constraint=models.CheckConstraint(
                condition=models.Q(("most_calls__gte", 1), ("tickets_a_minute__gte", 1)),
                name="a_hall_calls_people",
            ),
        ),
        migrations.RunSQL(
            (SQL / "0008_the_hall_is_kept.up.sql").read_text(encoding="utf-8"),
            (SQL / "0008_the_hall_is_kept.down.sql").read_text(encoding="utf-8"),
        ),
    ]
