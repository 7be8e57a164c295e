"""A local server that answers every Telegram call at once, or after a fixed time: the least a platform can cost.

`python -m benchmarks.wire.quick_server PORT SECONDS [CERTIFICATE]` serves until it is stopped; with one, by TLS.
"""

import asyncio
import itertools
import ssl
import sys

_numbers = itertools.count(1)


class Answering(asyncio.Protocol):
    """Reads one request, answers it, closes; as our connectors ask for."""

    def __init__(self, delay: float) -> None:
        self.delay, self.heard = delay, b""

    def connection_made(self, transport) -> None:
        """Keep the line."""
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        """Answer once the whole body is here."""
        self.heard += data
        head, found, body = self.heard.partition(b"\r\n\r\n")
        if not found:
            return
        length = next(
            (int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length")), 0
        )
        if len(body) >= length:
            asyncio.get_running_loop().call_later(self.delay, self._answer)

    def _answer(self) -> None:
        body = b'{"ok":true,"result":{"message_id":%d,"date":1,"chat":{"id":-100,"type":"channel"}}}' % next(_numbers)
        self.transport.write(
            b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\nContent-Length: %d\r\n\r\n%s"
            % (len(body), body)
        )
        self.transport.close()


async def serve(port: int, delay: float, certificate: str = "") -> None:
    """Serve on 127.0.0.1 until cancelled."""
    loop, tls = asyncio.get_running_loop(), None
    if certificate:
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(certificate)
    server = await loop.create_server(lambda: Answering(delay), "127.0.0.1", port, backlog=1024, ssl=tls)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), float(sys.argv[2]), *sys.argv[3:]))
