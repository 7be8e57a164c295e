"""A file as the body of a request: read piece by piece, and from its beginning each time that it is sent."""

import secrets
from collections.abc import Iterator
from pathlib import Path

_PIECE = 256 * 1024


class FileBody:
    """A multipart form with the one field ``file``. Raises OSError where the file can't be read."""

    def __init__(self, path: Path) -> None:
        boundary = secrets.token_hex(16)
        self.content_type = f"multipart/form-data; boundary={boundary}"
        # The desk judges a file by its bytes, so neither its name nor its type is told.
        head = 'Content-Disposition: form-data; name="file"; filename="file"\r\nContent-Type: application/octet-stream'
        self._path = path
        self._before, self._after = f"--{boundary}\r\n{head}\r\n\r\n".encode(), f"\r\n--{boundary}--\r\n".encode()
        self._length = len(self._before) + path.stat().st_size + len(self._after)

    def __len__(self) -> int:
        return self._length

    def __iter__(self) -> Iterator[bytes]:
        yield self._before
        with self._path.open("rb") as file:
            while piece := file.read(_PIECE):
                yield piece
        yield self._after
