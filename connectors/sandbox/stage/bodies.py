"""Reading the body of a request off the socket: by its length or in chunks, never more than a bound.

https://www.rfc-editor.org/rfc/rfc9112#name-message-body (many HTTP clients of Node and aiohttp send uploads in chunks)
"""

from collections.abc import Mapping
from email.message import Message
from io import BufferedIOBase

LARGEST_BODY = 256 * 1024 * 1024
#: Bounds of what surrounds the content: one line, and the fields behind the last chunk.
_LONGEST_LINE, _MOST_TRAILERS = 1024, 32


class Unreadable(Exception):
    """There is no body that could be read; ``status`` is the HTTP status of the answer."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


def read_body(stream: BufferedIOBase, headers: Mapping[str, str] | Message, largest: int = LARGEST_BODY) -> bytes:
    """The whole body; raises Unreadable."""
    coding = headers.get("Transfer-Encoding", "").strip().lower()
    length = headers.get("Content-Length")
    if coding:
        if coding != "chunked":
            raise Unreadable(501)
        if length is not None:
            # Two lengths are how requests are smuggled past a proxy: nobody can know which one is meant.
            raise Unreadable(400)
        return _chunks(stream, largest)
    length = length or "0"
    if not length.isascii() or not length.isdigit():
        raise Unreadable(411)
    if int(length) > largest:
        raise Unreadable(413)
    return stream.read(int(length))


def _chunks(stream: BufferedIOBase, largest: int) -> bytes:
    body = bytearray()
    while size := _size(_line(stream)):
        if len(body) + size > largest:
            raise Unreadable(413)
        content = stream.read(size)
        if len(content) < size or stream.read(2) != b"\r\n":
            raise Unreadable(400)
        body += content
    for _ in range(_MOST_TRAILERS):
        if not _line(stream):
            return bytes(body)
    raise Unreadable(400)


def _line(stream: BufferedIOBase) -> bytes:
    line = stream.readline(_LONGEST_LINE)
    if not line.endswith(b"\r\n"):
        raise Unreadable(400)
    return line[:-2]


def _size(line: bytes) -> int:
    digits = line.split(b";", 1)[0].strip()
    if not digits or len(digits) > 8 or digits.strip(b"0123456789abcdefABCDEF"):
        raise Unreadable(400)
    return int(digits, 16)
