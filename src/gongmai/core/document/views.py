"""Receiving files: Django itself takes uploads of any size; this stops them while they arrive."""

from django.core.files.uploadhandler import FileUploadHandler, StopUpload

from gongmai.core.document.types import DEFAULT_LIMITS

LARGEST = DEFAULT_LIMITS.file_bytes + 1


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
