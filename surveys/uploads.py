"""A field file on its way from a browser: counted as it comes."""

from __future__ import annotations

from typing import Any, Final

from django.conf import settings
from django.core.files.uploadhandler import TemporaryFileUploadHandler

from cadastre.fieldfiles.errors import FieldFileTooLarge

_FORM_BYTES: Final = 256 * 1024


class FieldFileUploadHandler(TemporaryFileUploadHandler):
    """Streams to disk and stops with `FieldFileTooLarge` at the first byte too many."""

    def __init__(self, request: Any = None) -> None:
        super().__init__(request)
        self._left = largest_file()

    def handle_raw_input(self, *args: Any, **_more: Any) -> None:
        """Refuse at once what announces itself as too large."""
        content_length = args[2]
        if content_length > largest_file() + _FORM_BYTES:
            raise too_large("")

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        self._left -= len(raw_data)
        if self._left < 0:
            self.file.close()
            raise too_large(self.file_name or "")
        return super().receive_data_chunk(raw_data, start)


def largest_file() -> int:
    """Bytes of the largest field file that is taken."""
    return int(settings.CHANOT_SURVEY_LARGEST_FILE_MB) * 1_000_000


def too_large(name: str) -> FieldFileTooLarge:
    """The refusal of a file beyond the limit."""
    return FieldFileTooLarge(name=name or "–", limit=largest_file() // 1_000_000, unit="MB")
