from __future__ import annotations

from pathlib import Path

import django.contrib.gis.db.models.fields
import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import django.db.models.deletion
import django.db.models.expressions
from django.conf import settings
from django.db import migrations, models

SQL = Path(__file__).parent / "sql"


def run_sql(name: str) -> migrations.RunSQL:
    """One step in SQL with its way back."""
    up, down = (SQL / f"{name}.{way}.sql" for way in ("up", "down"))
    return migrations.RunSQL(up.read_text(encoding="utf-8"), down.read_text(encoding="utf-8"))


class Migration(migrations.Migration):
    dependencies = [
        ("offices", "0007_a_digest_is_planned_once"),
        ("parcels", "0013_numbers_are_found_by_their_beginning"),
        ("taxmap", "0002_a_year_has_bills"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="BuildingPrice",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "type_code",
                    models.CharField(db_comment="รหัสแบบ (กรมธนารักษ์) เช่น 509/2", max_length=10),
                ),
                ("type_name", models.CharField(db_comment="ชื่อแบบ", max_length=160)),
                (
                    "satang_per_m2",
                    models.PositiveBigIntegerField(db_comment="ราคาประเมิน (สตางค์ต่อตร.ม.)"),
                ),
                (
                    "valid_during",
                    django.contrib.postgres.fields.ranges.DateRangeField(
                        db_comment="ใช้ระหว่าง [from, to)"
                    ),
                ),
            ],
            options={
                "verbose_name": "building price",
                "verbose_name_plural": "building prices",
                "db_table_comment": "ราคาประเมินสิ่งปลูกสร้างตามแบบ (ภ.ด.ส.1)",
            },
        ),
        migrations.CreateModel(
            name="Condominium",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "registration",
                    models.CharField(db_comment="เลขทะเบียนอาคารชุด เช่น 3/2552", max_length=30),
                ),
                ("name", models.CharField(db_comment="ชื่ออาคารชุด", max_length=160)),
            ],
            options={
                "verbose_name": "condominium",
                "verbose_name_plural": "condominiums",
                "db_table_comment": "อาคารชุด",
            },
        ),
        migrations.CreateModel(
            name="CondominiumPrice",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "floor",
                    models.CharField(
                        blank=True,
                        db_comment="ชั้น; blank for floors without a price of their own",
                        max_length=10,
                    ),
                ),
                (
                    "satang_per_m2",
                    models.PositiveBigIntegerField(db_comment="ราคาประเมิน (สตางค์ต่อตร.ม.)"),
                ),
                (
                    "valid_during",
                    django.contrib.postgres.fields.ranges.DateRangeField(
                        db_comment="ใช้ระหว่าง [from, to)"
                    ),
                ),
            ],
            options={
                "verbose_name": "condominium price",
                "verbose_name_plural": "condominium prices",
                "db_table_comment": "ราคาประเมินห้องชุด (ภ.ด.ส.2)",
            },
        ),
        migrations.CreateModel(
            name="CondominiumUnit",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "building",
                    models.CharField(
                        blank=True, db_comment="อาคาร; blank where only one", max_length=30
                    ),
                ),
                ("floor", models.CharField(db_comment="ชั้น", max_length=10)),
                ("number", models.CharField(db_comment="เลขที่ห้องชุด", max_length=30)),
                (
                    "floor_area_m2",
                    models.DecimalField(
                        db_comment="พื้นที่ห้องชุด (ตร.ม.)", decimal_places=2, max_digits=12
                    ),
                ),
            ],
            options={
                "verbose_name": "condominium unit",
                "verbose_name_plural": "condominium units",
                "db_table_comment": "ห้องชุด",
            },
        ),
        migrations.CreateModel(
            name="Inspection",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("field", "survey in the field"),
                            ("office", "record in the office"),
                            ("notification", "owner's notification of change of use (ภ.ด.ส.5)"),
                            ("owner_correction", "correction asked for by the owner"),
                            ("objection", "decision on an objection"),
                            ("roll_over", "division or consolidation in the register"),
                        ],
                        db_comment="ที่มา",
                        max_length=16,
                    ),
                ),
                ("inspected_on", models.DateField(db_comment="วันที่สำรวจ หรือวันที่รับคำขอ")),
                ("reason", models.CharField(db_comment="เหตุผลหรือสิ่งที่พบ", max_length=300)),
                ("reference", models.CharField(blank=True, db_comment="เลขที่หนังสือ", max_length=60)),
                ("recorded_at", models.DateTimeField(db_comment="เวลาที่บันทึก")),
            ],
            options={
                "verbose_name": "inspection",
                "verbose_name_plural": "inspections",
                "db_table_comment": "การสำรวจทรัพย์สินและคำขอแก้ไข",
            },
        ),
        migrations.CreateModel(
            name="Objection",
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
                    "kind",
                    models.CharField(
                        choices=[
                            ("objection", "objection (ภ.ด.ส.10)"),
                            ("appeal", "appeal (ภ.ด.ส.11)"),
                        ],
                        db_comment="คำคัดค้าน หรือ อุทธรณ์",
                        max_length=10,
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("received", "received"),
                            ("examined", "examined, to be decided"),
                            ("allowed", "allowed"),
                            ("partly_allowed", "allowed in part"),
                            ("dismissed", "dismissed"),
                            ("withdrawn", "withdrawn"),
                        ],
                        db_comment="ขั้นตอน",
                        default="received",
                        max_length=14,
                    ),
                ),
                (
                    "received_on",
                    models.DateField(db_comment="วันที่รับคำร้อง", verbose_name="received on"),
                ),
                ("filed_by", models.DateField(db_comment="วันสุดท้ายที่ยื่นได้")),
                ("decide_by", models.DateField(db_comment="วันสุดท้ายที่ต้องวินิจฉัย")),
                ("is_late", models.BooleanField(db_comment="ยื่นเกินกำหนด", default=False)),
                ("grounds", models.TextField(db_comment="เหตุที่คัดค้าน", verbose_name="grounds")),
                (
                    "finding",
                    models.TextField(blank=True, db_comment="ผลการตรวจสอบ", verbose_name="finding"),
                ),
                (
                    "decision",
                    models.TextField(blank=True, db_comment="คำวินิจฉัย", verbose_name="decision"),
                ),
                ("decided_on", models.DateField(blank=True, db_comment="วันที่วินิจฉัย", null=True)),
                (
                    "told_on",
                    models.DateField(
                        blank=True,
                        db_comment="วันที่ผู้เสียภาษีได้รับแจ้งผล",
                        null=True,
                        verbose_name="told the owner on",
                    ),
                ),
            ],
            options={
                "verbose_name": "objection or appeal",
                "verbose_name_plural": "objections and appeals",
                "db_table_comment": "คำคัดค้านและอุทธรณ์การประเมิน (ภ.ด.ส.10, ภ.ด.ส.11)",
            },
        ),
        migrations.CreateModel(
            name="ObjectionDocument",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(db_comment="ชื่อแฟ้ม", max_length=200)),
                ("file", models.FileField(db_comment="แฟ้ม", upload_to="objections/%Y/")),
                ("sha256", models.CharField(db_comment="SHA-256 ของแฟ้ม", max_length=64)),
                ("added_at", models.DateTimeField(db_comment="เวลาที่เพิ่ม")),
            ],
            options={
                "verbose_name": "document of an objection",
                "verbose_name_plural": "documents of objections",
                "db_table_comment": "เอกสารประกอบคำคัดค้าน",
            },
        ),
        migrations.CreateModel(
            name="PriceImport",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "layout",
                    models.CharField(
                        choices=[
                            ("parcels", "land prices by parcel"),
                            ("streets", "land prices by street"),
                            ("zones", "land prices by zone"),
                            ("buildings", "building prices by type"),
                            ("condominiums", "condominium prices"),
                        ],
                        db_comment="รูปแบบแฟ้ม",
                        max_length=12,
                    ),
                ),
                ("filename", models.CharField(db_comment="ชื่อแฟ้ม", max_length=200)),
                ("sha256", models.CharField(db_comment="SHA-256 ของแฟ้ม", max_length=64)),
                (
                    "encoding",
                    models.CharField(db_comment="รหัสอักขระ: utf-8 or cp874", max_length=10),
                ),
                ("valid_from", models.DateField(db_comment="ราคาใช้ตั้งแต่")),
                ("rows", models.PositiveIntegerField(db_comment="จำนวนแถวที่อ่าน")),
                ("added", models.PositiveIntegerField(db_comment="ราคาใหม่")),
                (
                    "changed",
                    models.PositiveIntegerField(db_comment="ราคาที่เปลี่ยน; the former one ended"),
                ),
                ("unchanged", models.PositiveIntegerField(db_comment="ราคาเดิม")),
                ("rejected", models.PositiveIntegerField(db_comment="แถวที่ไม่รับ")),
                ("imported_at", models.DateTimeField(db_comment="เวลาที่นำเข้า")),
            ],
            options={
                "verbose_name": "import of prices",
                "verbose_name_plural": "imports of prices",
                "db_table_comment": "การนำเข้าบัญชีราคาประเมิน",
            },
        ),
        migrations.CreateModel(
            name="PriceRejection",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("line", models.PositiveIntegerField(db_comment="บรรทัดในแฟ้ม")),
                ("text", models.TextField(db_comment="ข้อความในแถว")),
                ("reason", models.CharField(db_comment="เหตุที่ไม่รับ: a stable code", max_length=30)),
            ],
            options={
                "verbose_name": "rejected price",
                "verbose_name_plural": "rejected prices",
                "db_table_comment": "แถวราคาที่ไม่รับ พร้อมเหตุผล",
            },
        ),
        migrations.AlterModelTableComment(
            name="building",
            table_comment="สิ่งปลูกสร้าง ตามช่วงเวลา",
        ),
        migrations.AlterModelTableComment(
            name="landprice",
            table_comment="ราคาประเมินที่ดินรายเขต รายถนน และรายแปลง (ภ.ด.ส.1)",
        ),
        migrations.AlterModelTableComment(
            name="unituse",
            table_comment="การใช้ประโยชน์ในหน่วยประเมิน ตามช่วงเวลา",
        ),
        migrations.RemoveConstraint(
            model_name="building",
            name="building_is_coded_once",
        ),
        migrations.RemoveConstraint(
            model_name="unituse",
            name="use_is_listed_once_per_unit",
        ),
        migrations.AddField(
            model_name="building",
            name="valid_during",
            field=django.contrib.postgres.fields.ranges.DateRangeField(
                db_comment="มีอยู่เช่นนี้ระหว่าง [from, to)", default=("2020-01-01", None)
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="landprice",
            name="parcel",
            field=models.ForeignKey(
                blank=True,
                db_comment="แปลงที่ดิน; null for a price of a zone or a street",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="land_prices",
                to="parcels.parcel",
            ),
        ),
        migrations.AddField(
            model_name="landprice",
            name="zone",
            field=models.ForeignKey(
                blank=True,
                db_comment="เขต; null for a price of a street or a parcel",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="prices",
                to="taxmap.taxzone",
            ),
        ),
        migrations.AddField(
            model_name="taxyear",
            name="list_published_at",
            field=models.DateTimeField(
                blank=True, db_comment="เวลาที่ประกาศบัญชีรายการ (ภ.ด.ส.3/4)", null=True
            ),
        ),
        migrations.AddField(
            model_name="taxyear",
            name="prices_published_at",
            field=models.DateTimeField(
                blank=True,
                db_comment="เวลาที่ประกาศราคาประเมิน (ภ.ด.ส.1/2); null: not yet public",
                null=True,
            ),
        ),
        migrations.AddField(
            model_name="taxyear",
            name="rolled_over_at",
            field=models.DateTimeField(
                blank=True, db_comment="เวลาที่ยกข้อมูลจากปีก่อนครั้งล่าสุด", null=True
            ),
        ),
        migrations.AddField(
            model_name="unituse",
            name="area_m2",
            field=models.DecimalField(
                blank=True,
                db_comment="พื้นที่ที่วัดได้ (ตร.ม.) ซึ่งใช้คิดสัดส่วน; null where the share was stated",
                decimal_places=2,
                max_digits=14,
                null=True,
            ),
        ),
        migrations.AddField(
            model_name="unituse",
            name="in_house_registration",
            field=models.BooleanField(
                db_comment="เจ้าของมีชื่อในทะเบียนบ้าน; only for a main home", default=False
            ),
        ),
        migrations.AddField(
            model_name="unituse",
            name="valid_during",
            field=django.contrib.postgres.fields.ranges.DateRangeField(
                db_comment="ใช้เช่นนี้ระหว่าง [from, to)", default=("2020-01-01", None)
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="valuationunit",
            name="owner",
            field=models.ForeignKey(
                blank=True,
                db_comment="เจ้าของสิ่งปลูกสร้างบนที่ดินผู้อื่น; null: who holds the title",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="parcels.party",
            ),
        ),
        migrations.AddField(
            model_name="valuationunit",
            name="zone",
            field=models.ForeignKey(
                blank=True,
                db_comment="เขต (Zone) ที่ใช้ราคาประเมินเมื่อไม่มีราคารายแปลงและรายถนน",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="units",
                to="taxmap.taxzone",
            ),
        ),
        migrations.AlterField(
            model_name="building",
            name="footprint",
            field=django.contrib.gis.db.models.fields.PolygonField(
                blank=True, db_comment="รูปอาคาร, lon/lat WGS 84", null=True, srid=4326
            ),
        ),
        migrations.AlterField(
            model_name="building",
            name="type_name",
            field=models.CharField(db_comment="ชื่อแบบ", max_length=160),
        ),
        migrations.AlterField(
            model_name="landprice",
            name="street",
            field=models.ForeignKey(
                blank=True,
                db_comment="ถนน; null for a price of a zone or a parcel",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="prices",
                to="taxmap.street",
            ),
        ),
        migrations.AlterField(
            model_name="unituse",
            name="unit",
            field=models.ForeignKey(
                db_comment="หน่วยประเมิน",
                on_delete=django.db.models.deletion.PROTECT,
                related_name="uses",
                to="taxmap.valuationunit",
            ),
        ),
        migrations.AlterField(
            model_name="valuationunit",
            name="parcel",
            field=models.ForeignKey(
                db_comment="แปลงที่ดิน; the ground on which a building or condominium stands",
                on_delete=django.db.models.deletion.PROTECT,
                related_name="valuation_units",
                to="parcels.parcel",
            ),
        ),
        migrations.AddConstraint(
            model_name="landprice",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                expressions=[("zone", "="), ("valid_during", "&&")],
                name="zone_has_one_price_at_a_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="landprice",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                expressions=[("parcel", "="), ("valid_during", "&&")],
                name="parcel_has_one_price_at_a_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="landprice",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("parcel", None), ("street", None), ("zone__isnull", False)),
                    models.Q(("parcel", None), ("street__isnull", False), ("zone", None)),
                    models.Q(("parcel__isnull", False), ("street", None), ("zone", None)),
                    _connector="OR",
                ),
                name="land_price_is_of_a_zone_a_street_or_a_parcel",
            ),
        ),
        migrations.AddConstraint(
            model_name="landprice",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("valid_during__isempty", False), ("valid_during__lower_inf", False)
                ),
                name="land_price_holds_some_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="signboard",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("valid_during__isempty", False), ("valid_during__lower_inf", False)
                ),
                name="signboard_hangs_some_time",
            ),
        ),
        migrations.AddField(
            model_name="buildingprice",
            name="local_authority",
            field=models.ForeignKey(
                blank=True,
                db_comment="อปท.; null for the list of a province",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="offices.office",
            ),
        ),
        migrations.AddField(
            model_name="buildingprice",
            name="province",
            field=models.ForeignKey(
                blank=True,
                db_comment="จังหวัด; null for the list of one authority",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="offices.administrativearea",
            ),
        ),
        migrations.AddField(
            model_name="condominium",
            name="local_authority",
            field=models.ForeignKey(
                db_comment="อปท.",
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="offices.office",
            ),
        ),
        migrations.AddField(
            model_name="condominiumprice",
            name="condominium",
            field=models.ForeignKey(
                db_comment="อาคารชุด",
                on_delete=django.db.models.deletion.PROTECT,
                related_name="prices",
                to="taxmap.condominium",
            ),
        ),
        migrations.AddField(
            model_name="condominiumunit",
            name="ba_unit",
            field=models.ForeignKey(
                blank=True,
                db_comment="หนังสือกรรมสิทธิ์ห้องชุด (อ.ช.2)",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="parcels.baunit",
            ),
        ),
        migrations.AddField(
            model_name="condominiumunit",
            name="condominium",
            field=models.ForeignKey(
                db_comment="อาคารชุด",
                on_delete=django.db.models.deletion.PROTECT,
                related_name="units",
                to="taxmap.condominium",
            ),
        ),
        migrations.AddField(
            model_name="valuationunit",
            name="condominium_unit",
            field=models.OneToOneField(
                blank=True,
                db_comment="ห้องชุด; null for land and buildings",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="valuation_unit",
                to="taxmap.condominiumunit",
            ),
        ),
        migrations.AddConstraint(
            model_name="valuationunit",
            constraint=models.UniqueConstraint(
                condition=models.Q(("condominium_unit", None), ("owner", None)),
                fields=("parcel",),
                name="parcel_has_one_unit_of_land",
            ),
        ),
        migrations.AddConstraint(
            model_name="valuationunit",
            constraint=models.UniqueConstraint(
                fields=("parcel", "owner"), name="owner_has_one_unit_of_buildings_on_a_parcel"
            ),
        ),
        migrations.AddConstraint(
            model_name="valuationunit",
            constraint=models.CheckConstraint(
                condition=models.Q(("owner", None), ("condominium_unit", None), _connector="OR"),
                name="condominium_unit_is_owned_by_its_title",
            ),
        ),
        migrations.AddField(
            model_name="inspection",
            name="recorded_by",
            field=models.ForeignKey(
                db_comment="ผู้บันทึก; null for a job of the system",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="inspection",
            name="unit",
            field=models.ForeignKey(
                db_comment="หน่วยประเมิน",
                on_delete=django.db.models.deletion.PROTECT,
                related_name="inspections",
                to="taxmap.valuationunit",
            ),
        ),
        migrations.AddField(
            model_name="building",
            name="closed_by",
            field=models.ForeignKey(
                blank=True,
                db_comment="การสำรวจหรือคำขอที่ให้สิ้นสุด",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="buildings_closed",
                to="taxmap.inspection",
            ),
        ),
        migrations.AddField(
            model_name="building",
            name="opened_by",
            field=models.ForeignKey(
                blank=True,
                db_comment="การสำรวจหรือคำขอที่บันทึก; null for the first load",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="buildings_opened",
                to="taxmap.inspection",
            ),
        ),
        migrations.AddField(
            model_name="unituse",
            name="closed_by",
            field=models.ForeignKey(
                blank=True,
                db_comment="การสำรวจหรือคำขอที่ให้สิ้นสุด",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="uses_closed",
                to="taxmap.inspection",
            ),
        ),
        migrations.AddField(
            model_name="unituse",
            name="opened_by",
            field=models.ForeignKey(
                blank=True,
                db_comment="การสำรวจหรือคำขอที่บันทึก; null for the first load",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="uses_opened",
                to="taxmap.inspection",
            ),
        ),
        migrations.AddConstraint(
            model_name="building",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                expressions=[("unit", "="), ("code", "="), ("valid_during", "&&")],
                name="building_is_coded_once_at_a_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="building",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("valid_during__isempty", False), ("valid_during__lower_inf", False)
                ),
                name="building_holds_some_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="unituse",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                expressions=[("unit", "="), ("use", "="), ("valid_during", "&&")],
                name="use_is_listed_once_at_a_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="unituse",
            constraint=models.CheckConstraint(
                condition=models.Q(("area_m2", None), ("area_m2__gt", 0), _connector="OR"),
                name="use_area_is_positive",
            ),
        ),
        migrations.AddConstraint(
            model_name="unituse",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("in_house_registration", False), ("use", "main_home"), _connector="OR"
                ),
                name="only_a_main_home_is_registered",
            ),
        ),
        migrations.AddConstraint(
            model_name="unituse",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("valid_during__isempty", False), ("valid_during__lower_inf", False)
                ),
                name="use_holds_some_time",
            ),
        ),
        migrations.AddField(
            model_name="objection",
            name="assessment",
            field=models.ForeignKey(
                db_comment="การประเมิน",
                on_delete=django.db.models.deletion.PROTECT,
                related_name="objections",
                to="taxmap.assessment",
            ),
        ),
        migrations.AddField(
            model_name="objection",
            name="decided_by",
            field=models.ForeignKey(
                blank=True,
                db_comment="ผู้วินิจฉัย",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="objection",
            name="examined_by",
            field=models.ForeignKey(
                blank=True,
                db_comment="ผู้ตรวจสอบ",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="objection",
            name="note",
            field=models.OneToOneField(
                blank=True,
                db_comment="ใบลดหนี้หรือเพิ่มหนี้; null: the tax stays",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="objection",
                to="taxmap.billnote",
            ),
        ),
        migrations.AddField(
            model_name="objection",
            name="objection",
            field=models.OneToOneField(
                blank=True,
                db_comment="คำคัดค้านที่อุทธรณ์; null for an objection",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="appeal",
                to="taxmap.objection",
            ),
        ),
        migrations.AddField(
            model_name="objection",
            name="received_by",
            field=models.ForeignKey(
                db_comment="ผู้รับคำร้อง",
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="objectiondocument",
            name="objection",
            field=models.ForeignKey(
                db_comment="คำคัดค้าน",
                on_delete=django.db.models.deletion.PROTECT,
                related_name="documents",
                to="taxmap.objection",
            ),
        ),
        migrations.AddField(
            model_name="priceimport",
            name="imported_by",
            field=models.ForeignKey(
                db_comment="ผู้นำเข้า",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="priceimport",
            name="local_authority",
            field=models.ForeignKey(
                db_comment="อปท.",
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="offices.office",
            ),
        ),
        migrations.AddField(
            model_name="pricerejection",
            name="price_import",
            field=models.ForeignKey(
                db_comment="การนำเข้า",
                on_delete=django.db.models.deletion.CASCADE,
                related_name="rejections",
                to="taxmap.priceimport",
            ),
        ),
        migrations.AddConstraint(
            model_name="buildingprice",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                expressions=[("province", "="), ("type_code", "="), ("valid_during", "&&")],
                name="province_prices_a_building_type_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="buildingprice",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                expressions=[("local_authority", "="), ("type_code", "="), ("valid_during", "&&")],
                name="authority_prices_a_building_type_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="buildingprice",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("local_authority", None), ("province__isnull", False)),
                    models.Q(("local_authority__isnull", False), ("province", None)),
                    _connector="OR",
                ),
                name="building_price_is_of_a_province_or_an_authority",
            ),
        ),
        migrations.AddConstraint(
            model_name="buildingprice",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("valid_during__isempty", False), ("valid_during__lower_inf", False)
                ),
                name="building_price_holds_some_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="condominium",
            constraint=models.UniqueConstraint(
                fields=("local_authority", "registration"), name="condominium_is_registered_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="condominiumprice",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                expressions=[("condominium", "="), ("floor", "="), ("valid_during", "&&")],
                name="condominium_floor_has_one_price_at_a_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="condominiumprice",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("valid_during__isempty", False), ("valid_during__lower_inf", False)
                ),
                name="condominium_price_holds_some_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="condominiumunit",
            constraint=models.UniqueConstraint(
                fields=("condominium", "number"), name="condominium_unit_is_numbered_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="condominiumunit",
            constraint=models.CheckConstraint(
                condition=models.Q(("floor_area_m2__gt", 0)), name="condominium_unit_has_an_area"
            ),
        ),
        migrations.AddIndex(
            model_name="inspection",
            index=models.Index(fields=["unit", "inspected_on"], name="inspection_by_unit_and_day"),
        ),
        migrations.AddConstraint(
            model_name="objection",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind", "objection"), ("objection", None)),
                    models.Q(("kind", "appeal"), ("objection__isnull", False)),
                    _connector="OR",
                ),
                name="appeal_is_against_a_decided_objection",
            ),
        ),
        migrations.AddConstraint(
            model_name="objection",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("decided_by", None), ("state__in", ["received", "examined", "withdrawn"])
                    ),
                    models.Q(
                        ("decided_by__isnull", False),
                        ("decided_on__isnull", False),
                        ("state__in", ["allowed", "partly_allowed", "dismissed"]),
                    ),
                    _connector="OR",
                ),
                name="objection_is_decided_by_somebody_on_a_day",
            ),
        ),
        migrations.AddConstraint(
            model_name="objection",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("decided_by", None),
                    models.Q(("decided_by", models.F("examined_by")), _negated=True),
                    _connector="OR",
                ),
                name="objection_is_decided_by_another_person",
            ),
        ),
        migrations.AddConstraint(
            model_name="objection",
            constraint=models.UniqueConstraint(
                condition=models.Q(("kind", "objection"), ("state__in", ["received", "examined"])),
                fields=("assessment",),
                name="assessment_has_one_open_objection",
            ),
        ),
        migrations.AddConstraint(
            model_name="objectiondocument",
            constraint=models.UniqueConstraint(
                fields=("objection", "sha256"), name="objection_document_is_kept_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="priceimport",
            constraint=models.UniqueConstraint(
                fields=("local_authority", "sha256", "valid_from"),
                name="price_file_is_imported_once",
            ),
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
                                    models.F("added"), "+", models.F("changed")
                                ),
                                "+",
                                models.F("unchanged"),
                            ),
                            "+",
                            models.F("rejected"),
                        ),
                    )
                ),
                name="every_row_of_a_price_file_is_counted",
            ),
        ),
        # Values move to the dated tables before their columns go.
        migrations.AlterField(
            model_name="building",
            name="satang_per_m2",
            field=models.PositiveBigIntegerField(null=True, db_comment="ราคาประเมิน (สตางค์ต่อตร.ม.)"),
        ),
        run_sql("0003_facts_are_dated"),
        migrations.RemoveField(
            model_name="building",
            name="satang_per_m2",
        ),
        migrations.RemoveField(
            model_name="valuationunit",
            name="in_house_registration",
        ),
        migrations.RemoveField(
            model_name="valuationunit",
            name="satang_per_wa",
        ),
        migrations.RemoveField(
            model_name="valuationunit",
            name="vacant_since",
        ),
        run_sql("0003_prices_of_a_day"),
        run_sql("0003_uses_total_100"),
    ]
