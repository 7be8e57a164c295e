"""The cable between one host and a server: a small TCP proxy that can be cut, so that everything is swallowed."""

import contextlib
import socket
import threading
from collections.abc import Iterator


class Cable:
    """``cut`` lets neither a byte nor the end of a connection through, new ones hear nothing; ``mend`` lets all go on.

    As on a network that swallows packets, what was sent while it was cut arrives late, also from those who gave up.
    """

    def __init__(self, port: int) -> None:
        self._server = ("127.0.0.1", port)
        self._flows = threading.Event()
        self._flows.set()
        self._listening = socket.create_server(("127.0.0.1", 0), backlog=200)
        #: {both ends of a connection: whether it is still known}
        self._open: dict[tuple[socket.socket, socket.socket], threading.Event] = {}
        self.port: int = self._listening.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self) -> None:
        """From now on nothing arrives."""
        self._flows.clear()

    def forget(self) -> None:
        """As a firewall that restarts: what is open hears nothing any more, for ever, and new connections work."""
        for flows in list(self._open.values()):
            flows.clear()

    def mend(self) -> None:
        """What waited arrives, and all goes on."""
        self._flows.set()

    def close(self) -> None:
        """Hang up on everybody."""
        self._listening.close()
        for ends, known in list(self._open.items()):
            for end in ends:
                with contextlib.suppress(OSError):
                    end.shutdown(socket.SHUT_RDWR)
            known.set()
        self._flows.set()

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listening.accept()
            except OSError:
                return
            threading.Thread(target=self._carry, args=[near], daemon=True).start()

    def _carry(self, near: socket.socket) -> None:
        self._flows.wait()
        try:
            far = socket.create_connection(self._server, timeout=5)
        except OSError:
            near.close()
            return
        far.settimeout(None)
        for end in (near, far):
            end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        known = self._open[near, far] = threading.Event()
        known.set()
        back = threading.Thread(target=self._pump, args=[far, near, known], daemon=True)
        back.start()
        self._pump(near, far, known)
        back.join()
        del self._open[near, far]
        near.close()
        far.close()

    def _pump(self, source: socket.socket, target: socket.socket, known: threading.Event) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                self._flows.wait()
                known.wait()
                target.sendall(data)
        self._flows.wait()
        known.wait()
        with contextlib.suppress(OSError):
            target.shutdown(socket.SHUT_WR)


@contextlib.contextmanager
def cable(port: int) -> Iterator[Cable]:
    """One to a port of this machine, gone after the block."""
    laid = Cable(port)
    try:
        yield laid
    finally:
        laid.close()
