from __future__ import annotations

import django.contrib.postgres.indexes
import django.db.models.functions.text
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("offices", "0005_a_failed_job_names_its_error"),
        ("parcels", "0011_states_of_parcels_in_one_view"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="parcelversion",
            index=models.Index(fields=["map_sheet", "land_number"], name="former_by_land_number"),
        ),
        migrations.AddIndex(
            model_name="parcelversion",
            index=models.Index(fields=["tax_parcel_code"], name="former_by_tax_code"),
        ),
        migrations.AddIndex(
            model_name="parcelversion",
            index=models.Index(
                fields=["street_th", "house_number"],
                name="former_by_address",
                opclasses=["text_pattern_ops", "text_pattern_ops"],
            ),
        ),
        migrations.AddIndex(
            model_name="parcelversion",
            index=models.Index(
                fields=["house_number"],
                name="former_by_house_number",
                opclasses=["text_pattern_ops"],
            ),
        ),
        migrations.AddIndex(
            model_name="parcelversion",
            index=models.Index(
                django.contrib.postgres.indexes.OpClass(
                    django.db.models.functions.text.Upper("street_en"), name="text_pattern_ops"
                ),
                name="former_by_english_street",
            ),
        ),
    ]
