from __future__ import annotations

from django.db import models
from django.db.models import Func, Value


def public_id_field(*, unique: bool = True) -> models.CharField[str, str]:
    """A random 128-bit identifier for URLs, 22 characters, drawn by the database.

    Not ``unique`` is it only where the model has a constraint of its own that says so.

    ``pgcrypto`` draws it, so that bulk loads and the ORM alike can never forget it.
    """
    drawn = Func(Func(16, function="gen_random_bytes"), Value("base64"), function="encode")
    return models.CharField(
        max_length=32,
        unique=unique,
        editable=False,
        db_default=Func(drawn, Value("+/="), Value("-_"), function="translate"),
        db_comment="รหัสสุ่มที่เปิดเผยได้ (128 bit)",
    )
