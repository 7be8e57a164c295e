"""An answer whose head and body leave together."""

from typing import Any

from gunicorn.http import wsgi


class InOnePiece(wsgi.Response):
    """Sends its head with the beginning of its body, in one call and mostly one packet."""

    _head, headers_sent = b"", False

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
