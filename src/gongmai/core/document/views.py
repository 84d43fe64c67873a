"""Receiving files: Django itself takes uploads of any size; this stops them while they arrive."""

from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, StopUpload
from django.http import HttpRequest

from gongmai.core.document.types import DEFAULT_LIMITS, FileRefused

LARGEST = DEFAULT_LIMITS.file_bytes + 1
MEGABYTE = 1024 * 1024


class CappedUploadHandler(FileUploadHandler):
    """First in line: counts the bytes of all files of a request and ends it beyond the largest allowed."""

    received = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:  # noqa: ARG002 - Django's signature
        """Pass the chunk on to the next handler while the sum is within bounds."""
        self.received += len(raw_data)
        if self.received > LARGEST:
            raise StopUpload(connection_reset=True)
        return raw_data

    def file_complete(self, file_size: int) -> None:
        """The next handler makes the file."""


def received_file(request: HttpRequest, field: str) -> "UploadedFile[Any]":
    """The uploaded file; FileRefused tells one that was stopped while it arrived from one never chosen."""
    upload = request.FILES.get(field)
    if isinstance(upload, UploadedFile):
        return upload
    if int(request.META.get("CONTENT_LENGTH") or 0) > LARGEST:
        raise FileRefused("too_large", megabytes=DEFAULT_LIMITS.file_bytes // MEGABYTE)
    raise FileRefused("no_file")
