from __future__ import annotations

from pathlib import Path

import django.db.models.deletion
from django.db import migrations, models

SQL = Path(__file__).parent / "sql"


def _read(name: str) -> str:
    return (SQL / f"{name}.sql").read_text(encoding="utf-8")


class Migration(migrations.Migration):
    dependencies = [
        ("taxmap", "0006_leads_and_sales_are_kept"),
    ]

    operations = [
        migrations.AddField(
            model_name="assessment",
            name="joint_group",
            field=models.PositiveBigIntegerField(
                db_comment="แปลงติดกันที่คำนวณรวมกัน (ม.38): the lowest unit id of the group", null=True
            ),
        ),
        migrations.AddField(
            model_name="taxyear",
            name="joint_parcels",
            field=models.CharField(
                choices=[
                    ("same_use", "neighbours with the same uses"),
                    ("any_use", "all neighbours"),
                    ("never", "every plot by itself"),
                ],
                db_comment="แปลงติดกันของเจ้าของเดียวกันที่คำนวณรวมกัน (ม.38)",
                default="same_use",
                max_length=10,
                verbose_name="adjoining plots",
            ),
        ),
        migrations.AddField(
            model_name="taxyear",
            name="roll_digest",
            field=models.CharField(
                blank=True, db_comment="SHA-256 ของบัญชีการประเมินเมื่อปิดการประเมิน", max_length=64
            ),
        ),
        migrations.RunSQL(_read("assessments_have_bills.up"), migrations.RunSQL.noop),
        migrations.AlterField(
            model_name="assessment",
            name="bill",
            field=models.ForeignKey(
                db_comment="แบบแจ้งการประเมิน",
                on_delete=django.db.models.deletion.CASCADE,
                related_name="assessments",
                to="taxmap.bill",
            ),
        ),
        migrations.AlterField(
            model_name="assessment",
            name="signboard",
            field=models.ForeignKey(
                db_comment="ป้าย; null for a valuation unit",
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="assessments",
                to="taxmap.signboard",
            ),
        ),
        migrations.AlterField(
            model_name="assessment",
            name="unit",
            field=models.ForeignKey(
                db_comment="หน่วยประเมิน; null for a signboard",
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="assessments",
                to="taxmap.valuationunit",
            ),
        ),
        migrations.RunSQL(_read("assessed_bills_stand.up"), _read("assessed_bills_stand.down")),
    ]
