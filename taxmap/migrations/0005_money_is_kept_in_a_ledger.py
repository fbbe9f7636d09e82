from __future__ import annotations

from pathlib import Path

import django.db.models.deletion
import django.db.models.expressions
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
        ("taxmap", "0004_taxpayers_are_written_to"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        # Payments of the time before there were bills step aside, and come back as entries.
        migrations.RunSQL(
            "CREATE TABLE taxmap_formerpayment AS TABLE taxmap_payment",
            "INSERT INTO taxmap_payment (amount_satang, received_on, reference, assessment_id)"
            " SELECT amount_satang, received_on, reference, assessment_id"
            " FROM taxmap_formerpayment; DROP TABLE taxmap_formerpayment",
        ),
        migrations.DeleteModel("Payment"),
        migrations.CreateModel(
            name="Account",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "purpose",
                    models.CharField(
                        choices=[
                            ("cash", "cash in the till"),
                            ("cheques", "cheques not yet cleared"),
                            ("bank", "bank"),
                            ("bank_clearing", "bank payments not yet settled"),
                            ("tax_due", "tax due"),
                            ("penalty_due", "penalty due"),
                            ("surcharge_due", "surcharge due"),
                            ("overpaid", "overpayments owed to taxpayers"),
                            ("suspense", "money of unknown bills"),
                            ("land_building_tax", "land and building tax"),
                            ("signboard_tax", "signboard tax"),
                            ("penalty", "penalties"),
                            ("surcharge", "surcharges"),
                            ("waived", "tax, penalties and surcharges waived"),
                            ("cash_difference", "cash over and short"),
                        ],
                        db_comment="บัญชีนี้ใช้ทำอะไร",
                        max_length=18,
                    ),
                ),
                (
                    "type",
                    models.CharField(
                        choices=[
                            ("asset", "asset"),
                            ("liability", "liability"),
                            ("income", "income"),
                            ("expense", "expense"),
                        ],
                        db_comment="หมวดบัญชี",
                        max_length=9,
                    ),
                ),
                (
                    "code",
                    models.CharField(
                        db_comment="รหัสบัญชีตามผังบัญชีของ อปท.",
                        max_length=20,
                        verbose_name="account code",
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
                "verbose_name": "account",
                "verbose_name_plural": "accounts",
                "db_table_comment": "ผังบัญชี: one account of each purpose for each authority",
            },
        ),
        migrations.CreateModel(
            name="Balance",
            fields=[
                (
                    "assessment",
                    models.OneToOneField(
                        db_comment="การประเมิน",
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="balance",
                        serialize=False,
                        to="taxmap.assessment",
                    ),
                ),
                (
                    "charged_satang",
                    models.BigIntegerField(db_comment="ภาษีที่ตั้งหนี้ รวมใบลด/เพิ่มหนี้ (สตางค์)", default=0),
                ),
                (
                    "penalty_satang",
                    models.BigIntegerField(db_comment="เบี้ยปรับที่ตั้งหนี้ (สตางค์)", default=0),
                ),
                (
                    "surcharge_satang",
                    models.BigIntegerField(db_comment="เงินเพิ่มที่ตั้งหนี้ (สตางค์)", default=0),
                ),
                (
                    "received_satang",
                    models.BigIntegerField(db_comment="ที่ได้รับชำระ (สตางค์)", default=0),
                ),
                (
                    "waived_satang",
                    models.BigIntegerField(db_comment="ที่งดหรือลดให้ (สตางค์)", default=0),
                ),
                (
                    "tax_due_satang",
                    models.BigIntegerField(db_comment="ภาษีคงค้าง (สตางค์)", default=0),
                ),
                (
                    "penalty_due_satang",
                    models.BigIntegerField(db_comment="เบี้ยปรับคงค้าง (สตางค์)", default=0),
                ),
                (
                    "surcharge_due_satang",
                    models.BigIntegerField(db_comment="เงินเพิ่มคงค้าง (สตางค์)", default=0),
                ),
                (
                    "due_satang",
                    models.GeneratedField(
                        db_comment="คงค้างรวม (สตางค์)",
                        db_persist=True,
                        expression=django.db.models.expressions.CombinedExpression(
                            django.db.models.expressions.CombinedExpression(
                                models.F("tax_due_satang"), "+", models.F("penalty_due_satang")
                            ),
                            "+",
                            models.F("surcharge_due_satang"),
                        ),
                        output_field=models.BigIntegerField(),
                    ),
                ),
                (
                    "bill",
                    models.ForeignKey(
                        db_comment="แบบแจ้งการประเมิน",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="balances",
                        to="taxmap.bill",
                    ),
                ),
            ],
            options={
                "verbose_name": "balance",
                "verbose_name_plural": "balances",
                "db_table": "taxmap_balance",
                "db_table_comment": "ยอดคงค้างของแต่ละรายการประเมิน: "
                "the sum of its legs, kept by a trigger",
            },
        ),
        migrations.CreateModel(
            name="Entry",
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
                            ("charge", "charge of a bill"),
                            ("note", "correction of a bill"),
                            ("late_charge", "penalty and surcharge"),
                            ("payment", "payment"),
                            ("allocation", "allocation of money received"),
                            ("waiver", "waiver"),
                            ("refund", "refund"),
                            ("suspense", "money of an unknown bill"),
                            ("cheque_cleared", "cheque cleared"),
                            ("cash_up", "cash handed over"),
                            ("bank_settlement", "bank settlement"),
                        ],
                        db_comment="ประเภทรายการ",
                        max_length=15,
                    ),
                ),
                ("happened_on", models.DateField(db_comment="วันที่เกิดรายการตามกฎหมาย เช่น วันที่ชำระ")),
                ("booked_on", models.DateField(db_comment="วันที่ลงบัญชี")),
                ("posted_at", models.DateTimeField(db_comment="เวลาที่บันทึก")),
                (
                    "channel",
                    models.CharField(
                        db_comment="ช่องทาง: counter, bank_report, decision, system",
                        default="system",
                        max_length=12,
                    ),
                ),
                (
                    "source",
                    models.CharField(
                        blank=True, db_comment="เอกสารต้นเรื่อง เช่น note:12, request:7", max_length=60
                    ),
                ),
                (
                    "idempotency_key",
                    models.CharField(
                        db_comment="คีย์กันบันทึกซ้ำ ต่อผู้ใช้และช่องทาง", max_length=64, null=True
                    ),
                ),
                (
                    "request_hash",
                    models.CharField(
                        blank=True,
                        db_comment="SHA-256 ของคำสั่ง; the same key repeats the same order",
                        max_length=64,
                    ),
                ),
                (
                    "transaction_id",
                    models.BigIntegerField(
                        db_comment="ธุรกรรมของฐานข้อมูลที่บันทึก; legs come with it, never later",
                        default=0,
                    ),
                ),
                (
                    "actor",
                    models.ForeignKey(
                        db_comment="ผู้บันทึก; null when a command did it",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "bill",
                    models.ForeignKey(
                        db_comment="แบบแจ้งการประเมิน",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="entries",
                        to="taxmap.bill",
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
                (
                    "reverses",
                    models.OneToOneField(
                        db_comment="รายการที่กลับ; an entry is reversed once",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reversed_by",
                        to="taxmap.entry",
                    ),
                ),
            ],
            options={
                "verbose_name": "entry",
                "verbose_name_plural": "entries",
                "db_table_comment": "รายการบัญชี: never changed, never deleted",
            },
        ),
        migrations.CreateModel(
            name="CashUp",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("day", models.DateField(db_comment="วันที่")),
                ("expected", models.JSONField(db_comment="ยอดตามบัญชี ตามวิธีชำระ (สตางค์)")),
                ("counted", models.JSONField(db_comment="ยอดที่นับได้ ตามวิธีชำระ (สตางค์)")),
                (
                    "explanation",
                    models.CharField(blank=True, db_comment="คำชี้แจงผลต่าง", max_length=300),
                ),
                ("prepared_at", models.DateTimeField(db_comment="เวลาที่ปิดยอด")),
                ("checked_at", models.DateTimeField(db_comment="เวลาที่ตรวจรับ", null=True)),
                (
                    "cashier",
                    models.ForeignKey(
                        db_comment="เจ้าหน้าที่ผู้รับเงิน",
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "checked_by",
                    models.ForeignKey(
                        db_comment="ผู้ตรวจรับเงิน",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
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
                (
                    "entry",
                    models.OneToOneField(
                        db_comment="รายการบัญชีนำส่งเงิน",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="taxmap.entry",
                    ),
                ),
            ],
            options={
                "verbose_name": "daily cash-up",
                "verbose_name_plural": "daily cash-ups",
                "db_table_comment": "การปิดยอดประจำวันของเจ้าหน้าที่รับเงิน",
            },
        ),
        migrations.CreateModel(
            name="BankReport",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("sha256", models.CharField(db_comment="SHA-256 ของแฟ้ม", max_length=64)),
                ("file_name", models.CharField(blank=True, db_comment="ชื่อแฟ้ม", max_length=200)),
                ("bank_code", models.CharField(db_comment="รหัสธนาคาร", max_length=3)),
                ("company_account", models.CharField(db_comment="เลขที่บัญชีของ อปท.", max_length=10)),
                ("effective_on", models.DateField(db_comment="วันที่มีผล")),
                ("lines", models.PositiveIntegerField(db_comment="จำนวนบรรทัดรายการ")),
                ("duplicates", models.PositiveIntegerField(db_comment="บรรทัดที่นำเข้าแล้วจากแฟ้มอื่น")),
                ("total_satang", models.BigIntegerField(db_comment="ยอดรวมตามแฟ้ม (สตางค์)")),
                ("imported_at", models.DateTimeField(db_comment="เวลาที่นำเข้า")),
                (
                    "imported_by",
                    models.ForeignKey(
                        db_comment="ผู้นำเข้า",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
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
                (
                    "entry",
                    models.OneToOneField(
                        db_comment="รายการรับเงินเข้าบัญชีพัก; null when nothing new came",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="taxmap.entry",
                    ),
                ),
            ],
            options={
                "verbose_name": "bank report",
                "verbose_name_plural": "bank reports",
                "db_table_comment": "แฟ้มรายงานการรับชำระจากธนาคาร",
            },
        ),
        migrations.CreateModel(
            name="BankLine",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("line_number", models.PositiveIntegerField(db_comment="ลำดับในแฟ้ม")),
                (
                    "key",
                    models.CharField(
                        db_comment="SHA-256 ของเนื้อหารายการ; with occurrence it names the line",
                        max_length=64,
                    ),
                ),
                (
                    "occurrence",
                    models.PositiveIntegerField(db_comment="ลำดับของรายการที่เหมือนกันทุกประการ"),
                ),
                ("bank_code", models.CharField(db_comment="รหัสธนาคาร", max_length=3)),
                ("paid_on", models.DateField(db_comment="วันที่ชำระ")),
                ("paid_at", models.TimeField(db_comment="เวลาที่ชำระ")),
                (
                    "payer",
                    models.CharField(blank=True, db_comment="ชื่อผู้ชำระตามธนาคาร", max_length=50),
                ),
                (
                    "reference_1",
                    models.CharField(blank=True, db_comment="เลขอ้างอิง 1", max_length=20),
                ),
                (
                    "reference_2",
                    models.CharField(blank=True, db_comment="เลขอ้างอิง 2", max_length=20),
                ),
                (
                    "reference_3",
                    models.CharField(blank=True, db_comment="เลขอ้างอิง 3", max_length=20),
                ),
                (
                    "transaction_code",
                    models.CharField(blank=True, db_comment="รหัสรายการของธนาคาร", max_length=3),
                ),
                (
                    "cheque_number",
                    models.CharField(blank=True, db_comment="เลขที่เช็ค", max_length=10),
                ),
                ("amount_satang", models.PositiveBigIntegerField(db_comment="จำนวนเงิน (สตางค์)")),
                (
                    "why_suspense",
                    models.CharField(
                        blank=True,
                        db_comment="เหตุที่จับคู่ไม่ได้; blank when matched at once",
                        max_length=20,
                    ),
                ),
                (
                    "report",
                    models.ForeignKey(
                        db_comment="แฟ้มแรกที่พบ",
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="bank_lines",
                        to="taxmap.bankreport",
                    ),
                ),
                (
                    "settled_by",
                    models.ForeignKey(
                        db_comment="รายการที่ธนาคารโอนเข้าบัญชี",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="taxmap.entry",
                    ),
                ),
            ],
            options={
                "verbose_name": "line of a bank report",
                "verbose_name_plural": "lines of bank reports",
                "db_table_comment": "รายการรับชำระในแฟ้มธนาคาร",
            },
        ),
        migrations.CreateModel(
            name="InstalmentPlan",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("agreed_on", models.DateField(db_comment="วันที่ขอผ่อนชำระ")),
                (
                    "agreed_by",
                    models.ForeignKey(
                        db_comment="ผู้รับคำขอ",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "bill",
                    models.OneToOneField(
                        db_comment="แบบแจ้งการประเมิน",
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="instalment_plan",
                        to="taxmap.bill",
                    ),
                ),
            ],
            options={
                "verbose_name": "payment by instalments",
                "verbose_name_plural": "payments by instalments",
                "db_table_comment": "การผ่อนชำระภาษี",
            },
        ),
        migrations.CreateModel(
            name="Leg",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "satang",
                    models.BigIntegerField(db_comment="จำนวนเงิน (สตางค์); เดบิตเป็นบวก เครดิตเป็นลบ"),
                ),
                (
                    "account",
                    models.ForeignKey(
                        db_comment="บัญชี",
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="legs",
                        to="taxmap.account",
                    ),
                ),
                (
                    "assessment",
                    models.ForeignKey(
                        db_comment="การประเมิน",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="legs",
                        to="taxmap.assessment",
                    ),
                ),
                (
                    "bill",
                    models.ForeignKey(
                        db_comment="แบบแจ้งการประเมิน",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="legs",
                        to="taxmap.bill",
                    ),
                ),
                (
                    "entry",
                    models.ForeignKey(
                        db_comment="รายการบัญชี",
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="legs",
                        to="taxmap.entry",
                    ),
                ),
            ],
            options={
                "verbose_name": "leg",
                "verbose_name_plural": "legs",
                "db_table_comment": "ขาของรายการบัญชี: never changed, never deleted",
            },
        ),
        migrations.CreateModel(
            name="Payment",
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
                    "means",
                    models.CharField(
                        choices=[
                            ("cash", "cash"),
                            ("cheque", "cheque"),
                            ("qr", "QR code"),
                            ("transfer", "bank transfer"),
                        ],
                        db_comment="วิธีชำระ",
                        max_length=8,
                    ),
                ),
                ("amount_satang", models.PositiveBigIntegerField(db_comment="จำนวนเงิน (สตางค์)")),
                ("paid_on", models.DateField(db_comment="วันที่ชำระ")),
                ("received_at", models.DateTimeField(db_comment="เวลาที่บันทึกรับ")),
                (
                    "tendered_satang",
                    models.PositiveBigIntegerField(
                        db_comment="เงินสดที่รับมา (สตางค์); the rest is change", null=True
                    ),
                ),
                (
                    "cheque_number",
                    models.CharField(blank=True, db_comment="เลขที่เช็ค", max_length=10),
                ),
                (
                    "cheque_bank",
                    models.CharField(blank=True, db_comment="ธนาคารของเช็ค", max_length=60),
                ),
                ("cheque_on", models.DateField(db_comment="วันที่ในเช็ค", null=True)),
                (
                    "bank_match",
                    models.PositiveSmallIntegerField(
                        db_comment="ครั้งที่จับคู่บรรทัดนี้; the former matches are reversed", default=1
                    ),
                ),
                (
                    "bank_line",
                    models.ForeignKey(
                        db_comment="บรรทัดในรายงานธนาคาร",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="payments",
                        to="taxmap.bankline",
                    ),
                ),
                (
                    "bill",
                    models.ForeignKey(
                        db_comment="แบบแจ้งการประเมิน",
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="payments",
                        to="taxmap.bill",
                    ),
                ),
                (
                    "cashier",
                    models.ForeignKey(
                        db_comment="เจ้าหน้าที่ผู้รับเงิน; null for a bank report",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "entry",
                    models.OneToOneField(
                        db_comment="รายการบัญชี",
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="payment",
                        to="taxmap.entry",
                    ),
                ),
            ],
            options={
                "verbose_name": "payment",
                "verbose_name_plural": "payments",
                "db_table_comment": "การรับชำระภาษี",
            },
        ),
        migrations.CreateModel(
            name="MoneyRequest",
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
                            ("waiver", "waiver"),
                            ("refund", "refund"),
                            ("reversal", "reversal of a payment"),
                            ("match", "match of a bank payment with a bill"),
                            ("line_refund", "return of a bank payment"),
                        ],
                        db_comment="ประเภทคำขอ",
                        max_length=11,
                    ),
                ),
                (
                    "component",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("tax", "tax"),
                            ("penalty", "penalty"),
                            ("surcharge", "surcharge"),
                        ],
                        db_comment="สิ่งที่งดหรือลด",
                        max_length=9,
                    ),
                ),
                ("amount_satang", models.PositiveBigIntegerField(db_comment="จำนวนเงิน (สตางค์)")),
                (
                    "reason",
                    models.CharField(db_comment="เหตุผลและคำสั่งหรือประกาศที่อ้าง", max_length=300),
                ),
                ("pay_to", models.CharField(blank=True, db_comment="บัญชีที่คืนเงินเข้า", max_length=120)),
                ("prepared_at", models.DateTimeField(db_comment="เวลาที่จัดทำ")),
                ("decided_at", models.DateTimeField(db_comment="เวลาที่อนุมัติหรือไม่อนุมัติ", null=True)),
                (
                    "is_approved",
                    models.BooleanField(db_comment="อนุมัติ; null while undecided", null=True),
                ),
                (
                    "bank_line",
                    models.ForeignKey(
                        db_comment="บรรทัดของธนาคาร",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="money_requests",
                        to="taxmap.bankline",
                    ),
                ),
                (
                    "bill",
                    models.ForeignKey(
                        db_comment="แบบแจ้งการประเมิน",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="money_requests",
                        to="taxmap.bill",
                    ),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        db_comment="ผู้อนุมัติ",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
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
                (
                    "prepared_by",
                    models.ForeignKey(
                        db_comment="ผู้จัดทำ",
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "payment",
                    models.ForeignKey(
                        db_comment="การรับชำระที่ขอกลับรายการ",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="money_requests",
                        to="taxmap.payment",
                    ),
                ),
            ],
            options={
                "verbose_name": "request about money",
                "verbose_name_plural": "requests about money",
                "db_table_comment": "คำของด ลด คืน กลับรายการ และจับคู่ยอด",
            },
        ),
        migrations.AddField(
            model_name="bankline",
            name="confirms",
            field=models.OneToOneField(
                db_comment="การชำระด้วย QR/โอนที่เคาน์เตอร์รับไว้แล้ว",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="confirmed_by",
                to="taxmap.payment",
            ),
        ),
        migrations.CreateModel(
            name="Receipt",
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
                ("series", models.CharField(db_comment="เล่มที่/ชุด", max_length=8)),
                (
                    "fiscal_year",
                    models.PositiveSmallIntegerField(db_comment="ปีงบประมาณ (ค.ศ. ของปีที่สิ้นสุด)"),
                ),
                ("number", models.PositiveIntegerField(db_comment="เลขที่")),
                ("tax_satang", models.PositiveBigIntegerField(db_comment="ภาษี (สตางค์)")),
                ("penalty_satang", models.PositiveBigIntegerField(db_comment="เบี้ยปรับ (สตางค์)")),
                ("surcharge_satang", models.PositiveBigIntegerField(db_comment="เงินเพิ่ม (สตางค์)")),
                ("overpaid_satang", models.PositiveBigIntegerField(db_comment="รับไว้เกิน (สตางค์)")),
                ("issued_at", models.DateTimeField(db_comment="เวลาที่ออก")),
                (
                    "void_reason",
                    models.CharField(blank=True, db_comment="เหตุผลที่ยกเลิก", max_length=300),
                ),
                ("voided_at", models.DateTimeField(db_comment="เวลาที่ยกเลิก", null=True)),
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
                    "payment",
                    models.OneToOneField(
                        db_comment="การรับชำระ",
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="receipt",
                        to="taxmap.payment",
                    ),
                ),
                (
                    "voided_by",
                    models.ForeignKey(
                        db_comment="ผู้อนุมัติให้ยกเลิก",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "receipt",
                "verbose_name_plural": "receipts",
                "db_table_comment": "ใบเสร็จรับเงิน: numbered without gaps, voided but never deleted",
            },
        ),
        migrations.CreateModel(
            name="ReceiptSeries",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("series", models.CharField(db_comment="เล่มที่/ชุด", max_length=8)),
                (
                    "fiscal_year",
                    models.PositiveSmallIntegerField(db_comment="ปีงบประมาณ (ค.ศ. ของปีที่สิ้นสุด)"),
                ),
                ("last_number", models.PositiveIntegerField(db_comment="เลขที่ล่าสุด", default=0)),
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
                "verbose_name": "series of receipts",
                "verbose_name_plural": "series of receipts",
                "db_table_comment": "ตัวนับเลขที่ใบเสร็จรับเงิน: "
                "its row is locked while a number is given",
            },
        ),
        migrations.AddConstraint(
            model_name="account",
            constraint=models.UniqueConstraint(
                fields=("local_authority", "purpose"), name="authority_has_an_account_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="account",
            constraint=models.UniqueConstraint(
                fields=("local_authority", "code"), name="account_code_is_given_once"
            ),
        ),
        migrations.AddIndex(
            model_name="balance",
            index=models.Index(
                condition=models.Q(("due_satang", 0), _negated=True),
                fields=["bill"],
                name="balance_outstanding_by_bill",
            ),
        ),
        migrations.AddConstraint(
            model_name="balance",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "tax_due_satang",
                        django.db.models.expressions.CombinedExpression(
                            django.db.models.expressions.CombinedExpression(
                                django.db.models.expressions.CombinedExpression(
                                    django.db.models.expressions.CombinedExpression(
                                        django.db.models.expressions.CombinedExpression(
                                            django.db.models.expressions.CombinedExpression(
                                                models.F("charged_satang"),
                                                "+",
                                                models.F("penalty_satang"),
                                            ),
                                            "+",
                                            models.F("surcharge_satang"),
                                        ),
                                        "-",
                                        models.F("received_satang"),
                                    ),
                                    "-",
                                    models.F("waived_satang"),
                                ),
                                "-",
                                models.F("penalty_due_satang"),
                            ),
                            "-",
                            models.F("surcharge_due_satang"),
                        ),
                    )
                ),
                name="balance_is_what_was_charged_less_what_was_settled",
            ),
        ),
        migrations.AddIndex(
            model_name="entry",
            index=models.Index(fields=["local_authority", "booked_on", "id"], name="entry_by_day"),
        ),
        migrations.AddIndex(
            model_name="entry",
            index=models.Index(fields=["bill", "id"], name="entry_by_bill"),
        ),
        migrations.AddConstraint(
            model_name="entry",
            constraint=models.UniqueConstraint(
                fields=("actor", "channel", "idempotency_key"),
                name="an_order_is_posted_once",
                nulls_distinct=True,
            ),
        ),
        migrations.AddConstraint(
            model_name="entry",
            constraint=models.UniqueConstraint(
                condition=models.Q(("kind", "charge"), ("reverses", None)),
                fields=("bill",),
                name="bill_is_charged_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="entry",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("reverses", None),
                    models.Q(("reverses", models.F("id")), _negated=True),
                    _connector="OR",
                ),
                name="entry_reverses_another",
            ),
        ),
        migrations.AddConstraint(
            model_name="cashup",
            constraint=models.UniqueConstraint(
                fields=("local_authority", "cashier", "day"), name="a_day_is_closed_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="cashup",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("checked_by", None),
                    models.Q(("checked_by", models.F("cashier")), _negated=True),
                    _connector="OR",
                ),
                name="cash_is_checked_by_another_person",
            ),
        ),
        migrations.AddConstraint(
            model_name="cashup",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("checked_at", None), ("checked_by", None)),
                    models.Q(("checked_at__isnull", False), ("checked_by__isnull", False)),
                    _connector="OR",
                ),
                name="cash_up_is_checked_whole",
            ),
        ),
        migrations.AddConstraint(
            model_name="bankreport",
            constraint=models.UniqueConstraint(
                fields=("local_authority", "sha256"), name="bank_report_is_imported_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="leg",
            constraint=models.CheckConstraint(
                condition=models.Q(("satang", 0), _negated=True), name="leg_is_not_nothing"
            ),
        ),
        migrations.AddIndex(
            model_name="payment",
            index=models.Index(fields=["bill", "paid_on", "id"], name="payment_by_bill"),
        ),
        migrations.AddIndex(
            model_name="payment",
            index=models.Index(fields=["cashier", "received_at"], name="payment_by_cashier"),
        ),
        migrations.AddConstraint(
            model_name="payment",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount_satang__gt", 0)), name="payment_is_not_nothing"
            ),
        ),
        migrations.AddConstraint(
            model_name="payment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("tendered_satang", None),
                    ("tendered_satang__gte", models.F("amount_satang")),
                    _connector="OR",
                ),
                name="change_is_not_negative",
            ),
        ),
        migrations.AddConstraint(
            model_name="payment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("means", "cheque"), _negated=True),
                    models.Q(("cheque_number", ""), ("cheque_on", None), _negated=True),
                    _connector="OR",
                ),
                name="cheque_is_described",
            ),
        ),
        migrations.AddConstraint(
            model_name="payment",
            constraint=models.UniqueConstraint(
                fields=("bank_line", "bank_match"), name="bank_line_is_matched_once_at_a_time"
            ),
        ),
        migrations.AddIndex(
            model_name="moneyrequest",
            index=models.Index(
                condition=models.Q(("is_approved", None)),
                fields=["local_authority", "prepared_at"],
                name="money_request_to_decide",
            ),
        ),
        migrations.AddIndex(
            model_name="moneyrequest",
            index=models.Index(
                condition=models.Q(("is_approved", True)),
                fields=["bill"],
                name="money_request_of_bill",
            ),
        ),
        migrations.AddConstraint(
            model_name="moneyrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("amount_satang__gt", 0), models.Q(("reason", ""), _negated=True)
                ),
                name="money_request_has_amount_and_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="moneyrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("decided_at", None), ("decided_by", None), ("is_approved", None)),
                    models.Q(
                        ("decided_at__isnull", False),
                        ("decided_by__isnull", False),
                        ("is_approved__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="money_request_is_decided_whole",
            ),
        ),
        migrations.AddConstraint(
            model_name="moneyrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("decided_by", None),
                    models.Q(("decided_by", models.F("prepared_by")), _negated=True),
                    _connector="OR",
                ),
                name="money_request_is_decided_by_another_person",
            ),
        ),
        migrations.AddConstraint(
            model_name="moneyrequest",
            constraint=models.UniqueConstraint(
                condition=models.Q(("is_approved", True), ("kind", "reversal")),
                fields=("payment",),
                name="payment_is_reversed_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="moneyrequest",
            constraint=models.UniqueConstraint(
                condition=models.Q(("is_approved", True), ("kind", "line_refund")),
                fields=("bank_line",),
                name="bank_line_is_returned_once",
            ),
        ),
        migrations.AddIndex(
            model_name="bankline",
            index=models.Index(
                condition=models.Q(("settled_by", None)),
                fields=["report"],
                name="bank_line_unsettled",
            ),
        ),
        migrations.AddIndex(
            model_name="bankline",
            index=models.Index(
                condition=models.Q(("why_suspense", ""), _negated=True),
                fields=["report", "line_number"],
                name="bank_line_in_suspense",
            ),
        ),
        migrations.AddConstraint(
            model_name="bankline",
            constraint=models.UniqueConstraint(
                fields=("key", "occurrence"), name="bank_line_is_imported_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="bankline",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount_satang__gt", 0)), name="bank_line_is_not_nothing"
            ),
        ),
        migrations.AddConstraint(
            model_name="receipt",
            constraint=models.UniqueConstraint(
                fields=("local_authority", "series", "fiscal_year", "number"),
                name="receipt_number_is_given_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="receipt",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("void_reason", ""), ("voided_at", None), ("voided_by", None)),
                    models.Q(
                        ("voided_at__isnull", False),
                        ("voided_by__isnull", False),
                        models.Q(("void_reason", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="void_receipt_has_reason_and_person",
            ),
        ),
        migrations.AddConstraint(
            model_name="receiptseries",
            constraint=models.UniqueConstraint(
                fields=("local_authority", "series", "fiscal_year"), name="receipt_series_is_one"
            ),
        ),
        both("ledger"),
        both("former_payments"),
        # Tables change in later migrations: what the entries deferred is looked at before.
        migrations.RunSQL("SET CONSTRAINTS ALL IMMEDIATE", migrations.RunSQL.noop),
    ]
