from __future__ import annotations

import re
from pathlib import Path

from django.db import migrations, models

SQL = Path(__file__).parent / "sql"
NAME = "0011_most_bookings_need_three_statements"
BEFORE = "0010_places_are_taken_in_one_statement"
LIVE = models.Q(status__in=["held", "booked", "arrived"])


def drawn() -> models.CharField[str, str]:
    """A random identifier as it was, unique by a constraint instead of by itself."""
    bits = models.Func(16, function="gen_random_bytes")
    written = models.Func(bits, models.Value("base64"), function="encode")
    return models.CharField(
        max_length=32, editable=False, db_comment="รหัสสุ่มที่เปิดเผยได้ (128 bit)",
        db_default=models.Func(
            written, models.Value("+/="), models.Value("-_"), function="translate"
        ),
    )  # fmt: skip


def functions_before() -> str:
    """The functions that this migration replaces, as the one before wrote them."""
    text = (SQL / f"{BEFORE}.up.sql").read_text(encoding="utf-8")
    names = ("appointments_objection", "appointments_book")
    found = (
        re.search(rf"CREATE (FUNCTION {name}\(.*?\nEND \$\$;)", text, re.DOTALL) for name in names
    )
    return "\n".join(f"CREATE OR REPLACE {each[1]}" for each in found if each)


class Migration(migrations.Migration):
    dependencies = [("appointments", BEFORE), ("offices", "0007_a_digest_is_planned_once")]
    operations = [
        migrations.RemoveConstraint("booking", "one_booking_per_phone_and_slot"),
        migrations.RemoveIndex("booking", "booking_by_phone"),
        migrations.AlterField(
            "booking", "reference", models.CharField(max_length=12, db_comment="เลขที่คิว อ่านได้")
        ),
        migrations.AlterField(
            "booking", "service",
            models.ForeignKey(
                "appointments.Service", models.PROTECT, related_name="bookings", db_index=False,
                db_comment="บริการหลัก",
            ),
        ),
        migrations.AlterField(
            "booking", "token", drawn()
        ),
        migrations.AlterField(
            "slot", "public_id", drawn()
        ),
        migrations.AddConstraint(
            "booking",
            models.UniqueConstraint(fields=["token"], name="booking_token_is_drawn_once"),
        ),
        migrations.AddConstraint(
            "booking",
            models.UniqueConstraint(fields=["reference"], name="booking_reference_is_given_once"),
        ),
        migrations.AddConstraint(
            "booking",
            models.UniqueConstraint(
                fields=["phone", "slot"], condition=LIVE & ~models.Q(phone=""),
                name="one_booking_per_phone_and_slot",
            ),
        ),
        migrations.AddConstraint(
            "slot", models.UniqueConstraint(fields=["public_id"], name="slot_is_named_once")
        ),
        migrations.RunSQL(
            (SQL / f"{NAME}.up.sql").read_text(encoding="utf-8"), functions_before()
        ),
    ]  # fmt: skip
