"""gunicorn's worker of threads, which hands a kept connection back without waking its main thread.

For each answer gunicorn's own makes a future, wakes the main thread through a pipe, looks twice for a body that is read
already, and sends head and body one after the other: a tenth of the processor's time of a small answer.
"""

import functools
import threading
import time
from concurrent.futures import Future
from selectors import EVENT_READ
from typing import Any

from gunicorn.http import wsgi
from gunicorn.http.body import LengthReader
from gunicorn.workers.gthread import ThreadWorker

from autopost_site.serving import room
from autopost_site.serving.in_one_piece import InOnePiece

#: Signs of life are looked for after a minute without any.
_NOTIFY_EVERY_S = 1.0


class Worker(ThreadWorker):
    """Named in ``autopost_site.server``. Connections are accepted, timed out, and drained when it stops, as ever."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        #: Held while a thread hands a connection back, and while those that were handed back are counted at the end.
        self._handing_back = threading.Lock()
        self._notified = 0.0

    def init_process(self) -> None:
        """In the worker's own process."""
        # There is no setting for it.
        wsgi.create = functools.partial(wsgi.create, response_class=InOnePiece)
        super().init_process()

    def notify(self) -> None:
        """Called with each look at the connections."""
        if time.monotonic() - self._notified > _NOTIFY_EVERY_S:
            super().notify()
            self._notified = time.monotonic()

    def enqueue_req(self, conn: Any) -> None:
        """A connection that has something to read."""
        self.tpool.submit(room.call, self._answer, conn)

    def _answer(self, conn: Any) -> None:
        """In a thread of the pool. Whatever does not go on as it began is left to the main thread."""
        kept, fault = False, None
        try:
            kept = self.handle(conn)
            if kept is True and self._is_handed_back(conn):
                return
        except BaseException as met:  # noqa: BLE001 - the main thread meets it, as it would have
            fault = met
        ended: Future[Any] = Future()
        if fault is None:
            ended.set_result(kept)
        else:
            ended.set_exception(fault)
        self.method_queue.defer(self.finish_request, conn, ended)

    def _is_handed_back(self, conn: Any) -> bool:
        """Not when it holds the next request already, nor when the worker stops and times it otherwise."""
        with self._handing_back:
            if not self.alive or conn.parser.unreader.buf.getvalue():
                return False
            conn.set_timeout()
            # In this order: once it is registered, the main thread may look for it there.
            self.keepalived_conns.append(conn)
            # Noticed at once, though the main thread waits at the moment: https://man7.org/linux/man-pages/man2/epoll_wait.2.html
            self.poller.register(conn.sock, EVENT_READ, functools.partial(self.on_client_socket_readable, conn))
        return True

    def _cap_keepalive(self, deadline: float) -> None:
        # It stops, and no thread hands anything back from here on.
        with self._handing_back:
            super()._cap_keepalive(deadline)

    def _keepalive_after(self, conn: Any, keepalive: bool) -> bool:
        body = conn.parser.mesg.body
        if keepalive and isinstance(body.reader, LengthReader) and not body.reader.length:
            # Read to its end: there is nothing to look for now, nor before the next request.
            conn.parser.mesg = None
            return True
        return super()._keepalive_after(conn, keepalive)
