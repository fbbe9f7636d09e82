"""Column mappings that an office saved for the tables of its receivers."""

from __future__ import annotations

import json
from datetime import datetime

from django.db import transaction

from cadastre import fieldfiles
from offices.models import Office, User
from offices.services.audit import entry_record
from surveys.errors import MappingUnknown
from surveys.models import ColumnMapping


def mapping_named(office: Office, name: str) -> fieldfiles.ColumnMapping:
    """The mapping that the office saved under this name; raises `MappingUnknown`."""
    kept = ColumnMapping.objects.filter(office=office, name=name.strip()[:80]).first()
    if kept is None:
        raise MappingUnknown(name=name)
    return mapping_of(kept)


def mapping_of(kept: ColumnMapping) -> fieldfiles.ColumnMapping:
    """A saved mapping as the reader takes it; raises `ColumnMappingUnusable`."""
    return fieldfiles.ColumnMapping.from_json(json.dumps(kept.columns))


@transaction.atomic
def mapping_save(
    *, office: Office, mapping: fieldfiles.ColumnMapping, by: User | None, now: datetime
) -> ColumnMapping:
    """Keep a mapping under its name; one of the same name is replaced."""
    columns = json.loads(mapping.to_json())
    kept, _ = ColumnMapping.objects.update_or_create(
        office=office, name=mapping.name.strip()[:80], defaults={"columns": columns}
    )
    entry_record(
        action="surveys.mapping_saved", subject_kind="column_mapping", subject_id=str(kept.pk),
        actor=by, office=office, data={"name": kept.name}, now=now,
    )  # fmt: skip
    return kept


@transaction.atomic
def mapping_forget(*, kept: ColumnMapping, by: User | None, now: datetime) -> None:
    """Take a mapping away; files read by it stay as they are."""
    entry_record(
        action="surveys.mapping_forgotten", subject_kind="column_mapping", subject_id=str(kept.pk),
        actor=by, office=kept.office, data={"name": kept.name}, now=now,
    )  # fmt: skip
    kept.delete()
