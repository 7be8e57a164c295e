"""Pictures and videos that the caller put into files for us to upload, read from disk while they are sent.

The body of a form with files: https://www.rfc-editor.org/rfc/rfc7578
"""

import secrets
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from connectors.errors import Rejected, TransientError

#: How a file of each type begins, its media type, and the ending by which platforms judge an upload.
_BEGINNINGS = (
    (b"\xff\xd8\xff", "image/jpeg", ".jpg"),
    (b"\x89PNG\r\n\x1a\n", "image/png", ".png"),
    (b"GIF8", "image/gif", ".gif"),
    (b"RIFF", "image/webp", ".webp"),
)
#: So much of a file is in memory at a time.
_CHUNK = 256 * 1024
#: How often whoever sends a file is asked whether it goes on.
ASK_EVERY_S = 4.0


@dataclass(frozen=True)
class File:
    """A file to be uploaded. Name and type follow from the bytes: our copies are named after their content, and
    Telegram refuses a photo whose name has no ending that it knows.
    """

    path: Path
    name: str
    media_type: str
    size: int
    #: Asked now and then while it is sent, with the place in it that was reached; what it raises breaks it off.
    go_on: Callable[[int], None] | None = None

    def chunks(self, start: int = 0, length: int | None = None) -> Iterator[bytes]:
        """Its bytes from ``start`` on, ``length`` of them or all; never much of it at once."""
        left = self.size - start if length is None else length
        asked_at = time.monotonic()
        with self.path.open("rb") as opened:
            opened.seek(start)
            while left > 0 and (chunk := opened.read(min(_CHUNK, left))):
                left -= len(chunk)
                yield chunk
                if self.go_on and time.monotonic() - asked_at >= ASK_EVERY_S:
                    self.go_on(opened.tell())
                    asked_at = time.monotonic()

    def piece(self, start: int, length: int) -> bytes:
        """A part of it that is small enough for the memory. Raises TransientError where it can't be read now."""
        try:
            return b"".join(self.chunks(start, length))
        except OSError as error:
            raise _unread(self.path, error) from error


def upload_of(path: str, *, go_on: Callable[[int], None] | None = None) -> File:
    """The file at ``path``, looked at; Rejected when it holds neither a picture nor a video. ``go_on``: see File.

    TransientError where it can't be read now: it was there a moment ago, and nothing was sent yet.
    """
    file = Path(path)
    try:
        with file.open("rb") as opened:
            beginning, size = opened.read(16), file.stat().st_size
    except OSError as error:
        raise _unread(file, error) from error
    for sign, media_type, ending in _BEGINNINGS:
        if beginning.startswith(sign):
            return File(file, f"picture{ending}", media_type, size, go_on)
    # https://mp4ra.org/registered-types/brands names the brands; QuickTime's own is "qt".
    if beginning[4:8] == b"ftyp":
        quicktime = beginning[8:10] == b"qt"
        name, media_type = ("video.mov", "video/quicktime") if quicktime else ("video.mp4", "video/mp4")
        return File(file, name, media_type, size, go_on)
    raise Rejected(f"The file {file.name} holds no picture that can be uploaded, and no MP4 video.")


def picture_file(path: str) -> tuple[str, bytes, str]:
    """(name, content, media type) of a picture as ``requests`` takes a file, read whole; raises as ``upload_of``."""
    file = upload_of(path)
    if not file.media_type.startswith("image/"):
        raise Rejected(f"The file {file.path.name} holds no picture that can be uploaded.")
    return file.name, file.piece(0, file.size), file.media_type


class Form:
    """A multipart/form-data body with files, for requests' ``data``: it has a length and is read while it is sent."""

    def __init__(self, fields: Mapping[str, str], files: Mapping[str, File]) -> None:
        self._boundary = secrets.token_hex(16)
        self._parts: list[bytes | File] = []
        for name, value in fields.items():
            self._parts.append(self._head(f'name="{name}"') + value.encode() + b"\r\n")
        for name, file in files.items():
            told = self._head(f'name="{name}"; filename="{file.name}"', f"Content-Type: {file.media_type}\r\n")
            self._parts += [told, file, b"\r\n"]
        self._parts.append(f"--{self._boundary}--\r\n".encode())

    @property
    def headers(self) -> dict[str, str]:
        """What must be sent with it."""
        return {"Content-Type": f"multipart/form-data; boundary={self._boundary}"}

    def __len__(self) -> int:
        return sum(part.size if isinstance(part, File) else len(part) for part in self._parts)

    def __iter__(self) -> Iterator[bytes]:
        for part in self._parts:
            if isinstance(part, File):
                yield from part.chunks()
            else:
                yield part

    def _head(self, named: str, more: str = "") -> bytes:
        return f"--{self._boundary}\r\nContent-Disposition: form-data; {named}\r\n{more}\r\n".encode()


class Rest:
    """The bytes of a file from an offset on, for requests' ``data``: read while they are sent."""

    def __init__(self, file: File, offset: int) -> None:
        self._file, self._offset = file, offset

    def __len__(self) -> int:
        return self._file.size - self._offset

    def __iter__(self) -> Iterator[bytes]:
        return self._file.chunks(self._offset)


def _unread(file: Path, error: OSError) -> TransientError:
    return TransientError(f"The picture {file.name} cannot be read: {error.strerror}.")
