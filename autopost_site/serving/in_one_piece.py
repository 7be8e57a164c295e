"""An answer whose head and body leave together."""

from typing import Any

from gunicorn.http import wsgi
from gunicorn.http.body import ChunkedReader

#: Where so much of a body was not read, gunicorn does not throw it away, but closes the connection.
_TOO_MUCH = 64 * 1024


class InOnePiece(wsgi.Response):
    """Sends its head with the beginning of its body, in one call and mostly one packet."""

    _head, headers_sent = b"", False

    def default_headers(self) -> list[str]:
        """Whoever would send the next request on a connection that will be closed is told not to."""
        lines = super().default_headers()
        if not _is_closed_behind(getattr(self.req, "body", None)):
            return lines
        return ["Connection: close\r\n" if line.startswith("Connection:") else line for line in lines]

    def send_headers(self) -> None:
        """Makes it ready; it goes with what comes next."""
        if not self.headers_sent:
            lines = [*self.default_headers(), *(f"{name}: {value}\r\n" for name, value in self.headers), "\r\n"]
            self._head = "".join(lines).encode("latin-1")
            self.headers_sent = True

    def write(self, arg: bytes) -> None:
        """A piece of the body; to HEAD Django gives all of it, for the server to leave out."""
        super().write(b"" if self.req.method == "HEAD" else arg)

    def sendfile(self, respiter: Any) -> bool:
        """A file goes by the kernel, behind the head."""
        self.send_headers()
        self._send_head()
        return self.req.method == "HEAD" or super().sendfile(respiter)

    def close(self) -> None:
        """The end of the answer, which may have had no body."""
        self.send_headers()
        self._send_head()
        super().close()

    def _emit_body(self, data: bytes) -> None:
        if self.chunked:
            self._send_head()
        elif self._head:
            data, self._head = self._head + data, b""
        super()._emit_body(data)

    def _send_head(self) -> None:
        if self._head:
            self.sock.sendall(self._head)
            self._head = b""


def _is_closed_behind(body: Any) -> bool:
    """Is where the next request begins unknown, or too far away? How much comes in chunks nobody knows."""
    if body is None or body.failed:
        return body is not None
    reader = body.reader
    return reader.parser is not None if isinstance(reader, ChunkedReader) else getattr(reader, "length", 0) >= _TOO_MUCH
