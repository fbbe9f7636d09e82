"""A file on its way from a browser to the disk, counted as it comes."""

from __future__ import annotations

import shutil
import time
from pathlib import Path
from secrets import token_urlsafe
from typing import IO, Any, Final, cast

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import TemporaryFileUploadHandler
from django.http import HttpRequest

from parcels.importing.archive import safe_name
from parcels.importing.errors import FileTooLarge
from parcels.importing.source import LARGEST_FILE

KEPT_SECONDS: Final = 7 * 24 * 3600
# What the form's other fields and the boundaries of its parts may add.
_FORM_BYTES: Final = 64 * 1024


def largest_upload() -> int:
    """The largest file that a page takes, in bytes: ``IMPORT_LARGEST_FILE``."""
    return int(getattr(settings, "IMPORT_LARGEST_FILE", LARGEST_FILE))


class CappedUploadHandler(TemporaryFileUploadHandler):
    """Streams to disk and stops with `FileTooLarge` at the first byte too many."""

    def __init__(self, request: HttpRequest | None = None) -> None:
        super().__init__(request)
        self._left = largest_upload()

    def handle_raw_input(self, *args: Any, **_more: Any) -> None:
        """Refuse at once what announces itself as too large."""
        # Django hands over: the stream, the headers, the length announced, …
        content_length = args[2]
        if content_length > largest_upload() + _FORM_BYTES:
            raise _too_large()

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        self._left -= len(raw_data)
        if self._left < 0:
            self.file.close()
            raise _too_large()
        return super().receive_data_chunk(raw_data, start)


def upload_keep(uploaded: UploadedFile[Any]) -> Path:
    """Keep an upload for its job, in a folder of a random name that only we can read.

    Uploads whose job never finished go after seven days.
    """
    folder = _folder() / token_urlsafe(16)
    _sweep()
    folder.mkdir(mode=0o700, parents=True)
    target = folder / safe_name(uploaded.name or "upload")
    with target.open("xb") as file:
        shutil.copyfileobj(cast("IO[bytes]", uploaded.file), file)
    target.chmod(0o600)
    return target


def _too_large() -> FileTooLarge:
    return FileTooLarge(limit_mb=largest_upload() // 10**6)


def _folder() -> Path:
    return Path(settings.DATA_DIR) / "imports"


def _sweep() -> None:
    """Remove what is left of jobs that failed or were stopped long ago."""
    root = _folder()
    if not root.is_dir():
        return
    for folder in root.iterdir():
        if folder.is_dir() and folder.stat().st_mtime < time.time() - KEPT_SECONDS:
            shutil.rmtree(folder, ignore_errors=True)
