"""Photographs of marks: kept without where and with what they were taken."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from cadastre.errors import LandError, gettext_noop
from offices.models import User
from parcels.importing.archive import safe_name
from parcels.services.sources import EXTENSIONS, scan_checked
from surveys.models import Photo, SurveyJob
from surveys.services.jobs import (
    survey_job_event,
    survey_job_locked,
    survey_job_open_for_facts,
)

MOST_PHOTOS = 200
PICTURES = ("image/jpeg",)


class PhotoKindUnknown(LandError):
    code = "photo_kind_unknown"
    message = gettext_noop("“{name}” is not a JPEG picture. Take the photograph as a JPEG.")


class TooManyPhotos(LandError):
    code = "too_many_photos"
    message = gettext_noop("A job has at most {most} photographs.")


@transaction.atomic
def photo_add(
    *, job: SurveyJob, point_name: str, uploaded: UploadedFile[Any], by: User, now: datetime
) -> Photo:
    """Keep a photograph of a point.

    Raises `PhotoKindUnknown`, `TooManyPhotos`, `SurveyJobStatusWrong` and what
    `parcels.services.sources.scan_checked` refuses.
    """
    job = survey_job_locked(job)
    survey_job_open_for_facts(job)
    if job.photos.count() >= MOST_PHOTOS:
        raise TooManyPhotos(most=MOST_PHOTOS)
    content, media_type = scan_checked(uploaded)
    if media_type not in PICTURES:
        raise PhotoKindUnknown(name=safe_name(uploaded.name or "photo"))
    digest = hashlib.sha256(content).hexdigest()
    photo = Photo(
        job=job, point_name=point_name.strip()[:40], media_type=media_type, uploaded_by=by,
        uploaded_at=now,
    )  # fmt: skip
    photo.file.save(f"{digest[:32]}{EXTENSIONS[media_type]}", ContentFile(content), save=False)
    photo.save()
    photo.refresh_from_db(fields=["public_id"])
    survey_job_event(
        job=job, action="photo_added", by=by, now=now, note=photo.point_name,
        data={"sha256": digest, "size": len(content)},
    )  # fmt: skip
    return photo
