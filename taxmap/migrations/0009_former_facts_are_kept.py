from __future__ import annotations

from pathlib import Path

import django.db.models.expressions
from django.conf import settings
from django.db import migrations, models

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    dependencies = [
        ("offices", "0008_the_trail_is_indexed_once"),
        ("taxmap", "0008_rounds_and_visits_are_kept"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="FormerFact",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("kind", models.CharField(db_comment="ตารางของข้อมูล", max_length=40)),
                ("fact_id", models.BigIntegerField(db_comment="รหัสในตาราง")),
                ("content", models.JSONField(db_comment="ข้อมูลเดิมทั้งแถว")),
                ("superseded_at", models.DateTimeField(db_comment="เวลาที่ถูกแทนที่")),
            ],
            options={
                "verbose_name": "former fact",
                "verbose_name_plural": "former facts",
                "db_table_comment": "ข้อมูลเดิมที่ถูกแก้ไขหรือแทนที่ในแผนที่ภาษี",
            },
        ),
        migrations.RemoveConstraint(
            model_name="priceimport",
            name="every_row_of_a_price_file_is_counted",
        ),
        migrations.AddField(
            model_name="priceimport",
            name="elsewhere",
            field=models.PositiveIntegerField(db_comment="แถวของท้องที่อื่น", default=0),
        ),
        migrations.AddConstraint(
            model_name="priceimport",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "rows",
                        django.db.models.expressions.CombinedExpression(
                            django.db.models.expressions.CombinedExpression(
                                django.db.models.expressions.CombinedExpression(
                                    django.db.models.expressions.CombinedExpression(
                                        models.F("added"), "+", models.F("changed")
                                    ),
                                    "+",
                                    models.F("unchanged"),
                                ),
                                "+",
                                models.F("elsewhere"),
                            ),
                            "+",
                            models.F("rejected"),
                        ),
                    )
                ),
                name="every_row_of_a_price_file_is_counted",
            ),
        ),
        migrations.AddIndex(
            model_name="formerfact",
            index=models.Index(fields=["kind", "fact_id"], name="former_fact_by_fact"),
        ),
        migrations.RunSQL(
            (SQL / "0009_former_facts.up.sql").read_text(encoding="utf-8"),
            (SQL / "0009_former_facts.down.sql").read_text(encoding="utf-8"),
        ),
    ]
