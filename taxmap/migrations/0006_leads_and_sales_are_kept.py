from __future__ import annotations

from pathlib import Path

import django.contrib.gis.db.models.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

SQL = Path(__file__).parent / "sql"


def both(name: str) -> migrations.RunSQL:
    """The statements of a file and those that undo them."""
    up, down = (SQL / f"{name}.{way}.sql" for way in ("up", "down"))
    return migrations.RunSQL(up.read_text(encoding="utf-8"), down.read_text(encoding="utf-8"))


class Migration(migrations.Migration):
    dependencies = [
        ("offices", "0007_a_digest_is_planned_once"),
        ("parcels", "0013_numbers_are_found_by_their_beginning"),
        ("taxmap", "0005_money_is_kept_in_a_ledger"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="BuildingOutline",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "source",
                    models.CharField(db_comment="ที่มา เช่น ภาพถ่ายทางอากาศ ปี 2568", max_length=120),
                ),
                ("reference", models.CharField(db_comment="รหัสในแหล่งที่มา", max_length=80)),
                ("seen_on", models.DateField(db_comment="วันที่เห็น")),
                (
                    "geometry",
                    django.contrib.gis.db.models.fields.PolygonField(
                        db_comment="รูปอาคาร, lon/lat WGS 84", srid=4326
                    ),
                ),
                (
                    "local_authority",
                    models.ForeignKey(
                        db_comment="อปท.",
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="offices.office",
                    ),
                ),
            ],
            options={
                "verbose_name": "observed building outline",
                "verbose_name_plural": "observed building outlines",
                "db_table_comment": "รูปอาคารที่สำรวจจากภาพถ่ายหรือแผนที่อื่น",
            },
        ),
        migrations.CreateModel(
            name="Lead",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "public_id",
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
                    "cause",
                    models.CharField(
                        choices=[
                            ("no_unit", "parcel that the tax map does not know"),
                            ("no_owner", "no owner"),
                            ("no_price", "no land price"),
                            ("no_use", "no use"),
                            ("not_assessed", "not assessed for another reason"),
                            ("building_on_vacant", "building on vacant land"),
                            ("unregistered_building", "building seen but not registered"),
                            ("area_differs", "area of the document unlike the map"),
                            ("use_unlike_neighbours", "use unlike the neighbours'"),
                            ("farm_in_town", "agriculture in the middle of town"),
                        ],
                        db_comment="เหตุ",
                        max_length=24,
                    ),
                ),
                ("tax_year", models.PositiveSmallIntegerField(db_comment="ปีภาษีที่ค้นล่าสุด (ค.ศ.)")),
                (
                    "at_stake_satang",
                    models.PositiveBigIntegerField(
                        db_comment="ภาษีโดยประมาณที่อาจขาดไป (สตางค์); null: cannot be estimated",
                        null=True,
                    ),
                ),
                (
                    "facts",
                    models.JSONField(db_comment="ข้อเท็จจริงที่พบ; no personal data", default=dict),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "open"),
                            ("looked_at", "looked at"),
                            ("settled", "settled"),
                        ],
                        db_comment="สถานะ",
                        default="open",
                        max_length=10,
                    ),
                ),
                ("found_at", models.DateTimeField(db_comment="พบครั้งแรกเมื่อ")),
                (
                    "gone_at",
                    models.DateTimeField(db_comment="ค้นไม่พบแล้วเมื่อ; null while found", null=True),
                ),
                (
                    "local_authority",
                    models.ForeignKey(
                        db_comment="อปท.",
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="offices.office",
                    ),
                ),
                (
                    "outline",
                    models.ForeignKey(
                        db_comment="รูปอาคารที่เห็น; null for other causes",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="taxmap.buildingoutline",
                    ),
                ),
                (
                    "parcel",
                    models.ForeignKey(
                        db_comment="แปลงที่ดิน",
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="parcels.parcel",
                    ),
                ),
            ],
            options={
                "verbose_name": "lead",
                "verbose_name_plural": "leads",
                "db_table_comment": "ข้อสังเกตว่าภาษีอาจขาดไป",
            },
        ),
        migrations.CreateModel(
            name="LeadNote",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "open"),
                            ("looked_at", "looked at"),
                            ("settled", "settled"),
                        ],
                        db_comment="สถานะหลังบันทึกนี้",
                        max_length=10,
                    ),
                ),
                ("text", models.CharField(db_comment="บันทึก", max_length=500)),
                ("written_at", models.DateTimeField(db_comment="เวลาที่บันทึก")),
                (
                    "lead",
                    models.ForeignKey(
                        db_comment="ข้อสังเกต",
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="notes",
                        to="taxmap.lead",
                    ),
                ),
                (
                    "written_by",
                    models.ForeignKey(
                        db_comment="ผู้บันทึก",
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "note on a lead",
                "verbose_name_plural": "notes on leads",
                "db_table_comment": "บันทึกการตรวจสอบข้อสังเกต",
            },
        ),
        migrations.CreateModel(
            name="SaleFile",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(db_comment="ชื่อแฟ้ม", max_length=200)),
                ("sha256", models.CharField(db_comment="SHA-256 ของแฟ้ม", max_length=64)),
                ("accepted", models.PositiveIntegerField(db_comment="จำนวนรายการที่รับไว้")),
                ("known", models.PositiveIntegerField(db_comment="จำนวนรายการที่มีอยู่แล้ว")),
                ("rejected", models.PositiveIntegerField(db_comment="จำนวนบรรทัดที่ใช้ไม่ได้")),
                ("read_at", models.DateTimeField(db_comment="เวลาที่นำเข้า")),
                (
                    "local_authority",
                    models.ForeignKey(
                        db_comment="อปท.",
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="offices.office",
                    ),
                ),
                (
                    "read_by",
                    models.ForeignKey(
                        db_comment="ผู้นำเข้า; null when a command did it",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "file of sales",
                "verbose_name_plural": "files of sales",
                "db_table_comment": "แฟ้มราคาซื้อขายที่นำเข้า",
            },
        ),
        migrations.CreateModel(
            name="Sale",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("sold_on", models.DateField(db_comment="วันที่ซื้อขาย")),
                ("price_satang", models.PositiveBigIntegerField(db_comment="ราคาซื้อขาย (สตางค์)")),
                (
                    "excluded_because",
                    models.CharField(
                        blank=True, db_comment="เหตุที่ไม่นำมาคำนวณ; blank: counted", max_length=300
                    ),
                ),
                ("excluded_at", models.DateTimeField(db_comment="เวลาที่ตัดออก", null=True)),
                (
                    "excluded_by",
                    models.ForeignKey(
                        db_comment="ผู้ตัดออก",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        db_comment="หน่วยประเมิน",
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="sales",
                        to="taxmap.valuationunit",
                    ),
                ),
                (
                    "file",
                    models.ForeignKey(
                        db_comment="แฟ้มที่มา",
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="sales",
                        to="taxmap.salefile",
                    ),
                ),
            ],
            options={
                "verbose_name": "sale",
                "verbose_name_plural": "sales",
                "db_table_comment": "ราคาซื้อขายจริงของแปลงที่ดิน",
            },
        ),
        migrations.CreateModel(
            name="RejectedSale",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("line", models.PositiveIntegerField(db_comment="บรรทัดที่")),
                ("text", models.CharField(db_comment="ข้อความในบรรทัด", max_length=500)),
                (
                    "reason",
                    models.CharField(db_comment="เหตุที่ใช้ไม่ได้; English msgid", max_length=200),
                ),
                (
                    "file",
                    models.ForeignKey(
                        db_comment="แฟ้มที่มา",
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="rejects",
                        to="taxmap.salefile",
                    ),
                ),
            ],
            options={
                "verbose_name": "rejected sale",
                "verbose_name_plural": "rejected sales",
                "db_table_comment": "บรรทัดราคาซื้อขายที่ใช้ไม่ได้",
            },
        ),
        migrations.AddConstraint(
            model_name="buildingoutline",
            constraint=models.UniqueConstraint(
                fields=("local_authority", "source", "reference"), name="outline_is_imported_once"
            ),
        ),
        migrations.AddIndex(
            model_name="lead",
            index=models.Index(
                models.F("local_authority"),
                models.F("cause"),
                models.F("state"),
                models.OrderBy(models.F("at_stake_satang"), descending=True, nulls_last=True),
                models.F("id"),
                name="lead_by_cause_and_state",
            ),
        ),
        migrations.AddConstraint(
            model_name="lead",
            constraint=models.UniqueConstraint(
                fields=("cause", "parcel", "outline"),
                name="lead_is_kept_once",
                nulls_distinct=False,
            ),
        ),
        migrations.AddConstraint(
            model_name="lead",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("cause", "unregistered_building"), ("outline__isnull", False)),
                    models.Q(
                        models.Q(("cause", "unregistered_building"), _negated=True),
                        ("outline", None),
                    ),
                    _connector="OR",
                ),
                name="lead_names_the_outline_it_is_about",
            ),
        ),
        migrations.AddConstraint(
            model_name="leadnote",
            constraint=models.CheckConstraint(
                condition=models.Q(("text", ""), _negated=True), name="lead_note_says_something"
            ),
        ),
        migrations.AddConstraint(
            model_name="sale",
            constraint=models.UniqueConstraint(
                fields=("unit", "sold_on", "price_satang"), name="sale_is_kept_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="sale",
            constraint=models.CheckConstraint(
                condition=models.Q(("price_satang__gt", 0)), name="sale_has_a_price"
            ),
        ),
        migrations.AddConstraint(
            model_name="sale",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("excluded_at", None), ("excluded_because", ""), ("excluded_by", None)
                    ),
                    models.Q(
                        models.Q(("excluded_because", ""), _negated=True),
                        ("excluded_at__isnull", False),
                        ("excluded_by__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="sale_is_excluded_with_reason_and_person",
            ),
        ),
        both("lead_notes_are_kept"),
    ]
