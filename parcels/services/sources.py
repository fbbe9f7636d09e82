"""Scanned files of source documents: taken in by what they are, kept as sent, for staff only.

A JPEG loses its EXIF and XMP but for the orientation: a photograph says where it was taken. The
picture itself is not touched.
"""

from __future__ import annotations

import hashlib
import struct
from datetime import datetime
from io import BytesIO
from typing import Any, Final

from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import TemporaryFileUploadHandler
from django.db import transaction
from PIL import Image, UnidentifiedImageError

from cadastre.errors import LandError, gettext_noop
from offices.models import User
from offices.services.audit import entry_record
from parcels.errors import TransactionNotYours, TransactionStatusWrong
from parcels.importing.archive import safe_name
from parcels.models import AdministrativeSource, SourceFile, Transaction

LARGEST_SCAN: Final = 20_000_000
MOST_SCANS: Final = 20
_FORM_BYTES: Final = 256 * 1024
_ORIENTATION: Final = 0x0112
_TIFF: Final = (b"II*\x00", b"MM\x00*", b"II+\x00", b"MM\x00+")
EXTENSIONS: Final = {
    "application/pdf": ".pdf", "image/jpeg": ".jpg", "image/png": ".png", "image/tiff": ".tif",
}  # fmt: skip


class ScanTooLarge(LandError):
    code = "scan_too_large"
    message = gettext_noop(
        "The scanned file is larger than {limit_mb} MB. Scan it in fewer pages, in grey or at "
        "300 dots per inch, and send it again."
    )


class ScanKindUnknown(LandError):
    code = "scan_kind_unknown"
    message = gettext_noop(
        "“{name}” is not a PDF, JPEG, PNG or TIFF, whatever its name says. Scan the document again "
        "and send one of these."
    )


class ScanUnreadable(LandError):
    code = "scan_unreadable"
    message = gettext_noop(
        "“{name}” is damaged and cannot be read to its end. Scan the document again."
    )


class TooManyScans(LandError):
    code = "too_many_scans"
    message = gettext_noop(
        "A source document has at most {most} scanned files. Put several pages into one PDF."
    )


class ScanUploadHandler(TemporaryFileUploadHandler):
    """Streams to disk and stops with `ScanTooLarge` at the first byte too many."""

    def __init__(self, request: Any = None) -> None:
        super().__init__(request)
        self._left = LARGEST_SCAN

    def handle_raw_input(self, *args: Any, **_more: Any) -> None:
        """Refuse at once what announces itself as too large."""
        content_length = args[2]
        if content_length > LARGEST_SCAN + _FORM_BYTES:
            raise ScanTooLarge(limit_mb=LARGEST_SCAN // 10**6)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        self._left -= len(raw_data)
        if self._left < 0:
            self.file.close()
            raise ScanTooLarge(limit_mb=LARGEST_SCAN // 10**6)
        return super().receive_data_chunk(raw_data, start)


def media_type_of(content: bytes) -> str:
    """The kind of file by its first bytes; empty for anything that is not taken."""
    if content.startswith(b"%PDF-"):
        return "application/pdf"
    if content.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    return "image/tiff" if content.startswith(_TIFF) else ""


def scan_checked(uploaded: UploadedFile[Any]) -> tuple[bytes, str]:
    """The bytes to keep of an upload, and what they are.

    Raises `ScanTooLarge`, `ScanKindUnknown`, or `ScanUnreadable` for a JPEG that breaks off.
    """
    if (uploaded.size or 0) > LARGEST_SCAN:
        raise ScanTooLarge(limit_mb=LARGEST_SCAN // 10**6)
    uploaded.seek(0)
    content = uploaded.read()
    name = safe_name(uploaded.name or "scan")
    media_type = media_type_of(content)
    if not media_type:
        raise ScanKindUnknown(name=name)
    if media_type == "image/jpeg":
        try:
            content = without_place(content)
        except (ValueError, struct.error, UnidentifiedImageError, OSError) as error:
            raise ScanUnreadable(name=name) from error
    return content, media_type


@transaction.atomic
def source_file_add(
    *, act: Transaction, uploaded: UploadedFile[Any], user: User, now: datetime
) -> SourceFile:
    """Keep a scanned file of the source of ``act``; only its maker, while it may be changed."""
    act = Transaction.objects.select_for_update(of=("self",)).get(pk=act.pk)
    if not act.is_editable:
        raise TransactionStatusWrong(status=act.get_status_display())
    if act.maker_id != user.pk:
        raise TransactionNotYours
    if SourceFile.objects.filter(source=act.source_id).count() >= MOST_SCANS:
        raise TooManyScans(most=MOST_SCANS)
    content, media_type = scan_checked(uploaded)
    digest = hashlib.sha256(content).hexdigest()
    kept = SourceFile(
        source=act.source, name=safe_name(uploaded.name or "scan")[-200:], media_type=media_type,
        size=len(content), sha256=digest, uploaded_by=user, uploaded_at=now,
    )  # fmt: skip
    # Not the name sent: a name is content too, and two files may share one.
    kept.file.save(f"{digest[:32]}{EXTENSIONS[media_type]}", ContentFile(content), save=False)
    kept.save()
    entry_record(
        action="parcels.source_file_added", subject_kind="transaction", subject_id=act.public_id,
        actor=user, office=act.office, data={"sha256": digest, "size": len(content)}, now=now,
    )  # fmt: skip
    return kept


def source_files_keep(*, before: AdministrativeSource, after: AdministrativeSource) -> None:
    """A rewritten transaction names its source anew; the scanned files go over to it."""
    if before.pk == after.pk:
        return
    SourceFile.objects.bulk_create(
        SourceFile(
            source=after, file=each.file.name, name=each.name, media_type=each.media_type,
            size=each.size, sha256=each.sha256, uploaded_by_id=each.uploaded_by_id,
            uploaded_at=each.uploaded_at,
        )
        for each in before.files.order_by("pk")
    )  # fmt: skip


# -- JPEG ---------------------------------------------------------------------------------------


def without_place(jpeg: bytes) -> bytes:
    """The same picture without EXIF (but its orientation), XMP and the like, pixels untouched.

    Raises ValueError for bytes that are not a whole JPEG.
    """
    with Image.open(BytesIO(jpeg)) as picture:
        orientation = picture.getexif().get(_ORIENTATION)
    kept = [jpeg[:2]]
    if isinstance(orientation, int) and 2 <= orientation <= 8:
        kept.append(_orientation_segment(orientation))
    at = 2
    while True:
        if at + 4 > len(jpeg) or jpeg[at] != 0xFF:
            raise ValueError("a segment is missing")
        marker = jpeg[at + 1]
        if marker == 0xFF:  # fill byte
            at += 1
            continue
        if marker == 0xDA:  # start of scan: the picture, as it is, without what follows its end
            end = jpeg.rfind(b"\xff\xd9")
            if end < at:
                raise ValueError("the picture breaks off")
            return b"".join([*kept, jpeg[at : end + 2]])
        (length,) = struct.unpack(">H", jpeg[at + 2 : at + 4])
        if marker not in {0xE1, 0xED, 0xFE}:  # EXIF and XMP, IPTC, comment
            kept.append(jpeg[at : at + 2 + length])
        at += 2 + length


def _orientation_segment(orientation: int) -> bytes:
    exif = Image.Exif()
    exif[_ORIENTATION] = orientation
    body = exif.tobytes()
    return b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body
