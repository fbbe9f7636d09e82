"""Classes of survey of an office: the limits its points keep, each with its source."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, replace
from datetime import datetime
from typing import Any, Final

from django.db import transaction

from cadastre import pointquality
from cadastre.pointquality import QUALITY_CLASSES, Level, Limit
from offices.models import Office, User
from offices.services.audit import entry_record
from surveys.errors import QualityClassUnusable
from surveys.models import QualityClass, SurveyJob

NAMES: Final = {
    "boundary": ("รังวัดแนวเขตที่ดิน", "Boundary survey"),
    "control": ("รังวัดหมุดหลักฐาน", "Control survey"),
}
LIMIT_NAMES: Final = tuple(
    field.name for field in fields(pointquality.QualityClass)
    if field.name not in {"name", "fixes", "mark_checks", "regulation_verified"}
)  # fmt: skip
LARGEST: Final = 1_000_000.0


def quality_classes_ensure(office: Office) -> None:
    """Give the office the default classes that it lacks; what it has stays as it is.

    Two that do so at once give them once: the constraint ``quality_class_is_coded_once`` holds.
    """
    QualityClass.objects.bulk_create(
        [
            QualityClass(
                office=office, code=code, name_th=NAMES[code][0], name_en=NAMES[code][1],
                order=order, limits=limits_written(default),
            )
            for order, (code, default) in enumerate(QUALITY_CLASSES.items())
        ],
        ignore_conflicts=True,
    )  # fmt: skip


def quality_class_of(job: SurveyJob) -> QualityClass:
    """The class of a job, or the first of its office."""
    if job.quality_class is not None:
        return job.quality_class
    classes = QualityClass.objects.filter(office=job.office).order_by("order", "code")
    first = classes.first()
    if first is None:
        quality_classes_ensure(job.office)
        first = classes.get(code="boundary")
    return first


@transaction.atomic
def quality_class_change(
    *,
    quality: QualityClass,
    values: Mapping[str, float | None],
    sources: Mapping[str, str],
    mark_checks: bool,
    regulation_verified: bool,
    by: User,
    now: datetime,
) -> QualityClass:
    """Set the limits of an office; None takes a limit away. What was judged stays as it was.

    Raises `QualityClassUnusable` for a limit that is unknown, negative or beyond all measure.
    """
    quality = QualityClass.objects.select_for_update().select_related("office").get(pk=quality.pk)
    before = settings_of(quality)
    changes: dict[str, Any] = {}
    for name, value in values.items():
        if name not in LIMIT_NAMES:
            raise QualityClassUnusable(problem=f"there is no limit {name}")
        if value is not None and not 0 <= value <= LARGEST:
            raise QualityClassUnusable(problem=f"{name} is {value:g}")
        former = getattr(before, name)
        source = sources.get(name, "").strip()[:300]
        if value is None:
            changes[name] = None
        elif former is None or (former.value, former.source) != (value, source or former.source):
            level = former.on_breach if former is not None else Level.FAIL
            changes[name] = Limit(value, source or "set by the office", on_breach=level)
    after = replace(
        before, mark_checks=mark_checks, regulation_verified=regulation_verified, **changes
    )
    quality.limits = limits_written(after)
    quality.save(update_fields=["limits"])
    entry_record(
        action="surveys.quality_class_changed", subject_kind="quality_class",
        subject_id=str(quality.pk), actor=by, office=quality.office,
        data={"code": quality.code, "limits": quality.limits}, now=now,
    )  # fmt: skip
    return quality


def limits_written(quality: pointquality.QualityClass) -> dict[str, Any]:
    """A class of `cadastre.pointquality` as it is kept; `settings_of` gives the same class."""
    return {
        "fixes": sorted(quality.fixes),
        "mark_checks": quality.mark_checks,
        "regulation_verified": quality.regulation_verified,
        "limits": {
            name: {
                "value": limit.value, "source": limit.source, "verified": limit.verified,
                "on_breach": limit.on_breach.value,
            }
            for name, limit in quality.limits()
        },
    }  # fmt: skip


def settings_of(quality: QualityClass) -> pointquality.QualityClass:
    """The limits of an office as `cadastre.pointquality` reads them.

    Raises `QualityClassUnusable` for what was written into the column by other hands.
    """
    kept = quality.limits or limits_written(QUALITY_CLASSES["boundary"])
    try:
        limits = {
            name: Limit(
                float(each["value"]), str(each["source"]), bool(each["verified"]),
                Level(each["on_breach"]),
            )
            for name, each in kept["limits"].items()
        }  # fmt: skip
        return pointquality.QualityClass(
            name=quality.code, fixes=frozenset(kept["fixes"]),
            mark_checks=bool(kept["mark_checks"]),
            regulation_verified=bool(kept["regulation_verified"]), **limits,
        )  # fmt: skip
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise QualityClassUnusable(problem=str(error)) from error
