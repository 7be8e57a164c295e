"""A queue between the processes of one cluster, whose tasks go through whole or not at all.

The library's writes a task into a pipe as a length and then as bytes. A worker that is stopped or killed between the
two leaves the rest lying, and every worker after it takes those bytes for a length: none ever takes a task again. Its
locks and counts, too, are lost with whoever held them.

Here a task is one packet: a byte and the descriptor of an anonymous file with the task in it. The kernel hands a packet
to one reader, whole, and counts those that lie there (SOCK_SEQPACKET, SCM_RIGHTS and SIOCINQ in
https://man7.org/linux/man-pages/man7/unix.7.html). Nothing is locked, so nothing can stay locked.
"""

import array
import fcntl
import logging
import os
import pickle
import select
import socket
import termios
import time
from queue import Empty, Full
from typing import Any, Protocol

logger = logging.getLogger(__name__)

#: Only Linux has both; elsewhere the library's own queues stand.
POSSIBLE = hasattr(os, "memfd_create") and hasattr(socket, "SOCK_SEQPACKET")
#: A sender that finds no room looks again after so long. There is room for some 250 tasks.
_LOOK_EVERY_S = 0.02


class TaskQueue(Protocol):
    """What the workers, their guard and their fetcher ask of a queue."""

    def put(self, obj: Any, block: bool = True) -> None:
        """Lay a task into it; ``queue.Full`` when there is no room and it is not to ``block``."""

    def get(self, block: bool = True, timeout: float | None = None) -> Any:
        """Take the next task; ``queue.Empty`` when there is none (for ``timeout`` seconds, where ``block``)."""

    def qsize(self) -> int:
        """How many lie there."""


class PacketQueue:
    """Made before the processes are forked that share it; as much of ``multiprocessing.Queue`` as django-q2 uses.

    With ``patience`` (seconds) nobody waits longer than that for room: what finds none is dropped, with a line in the
    log. So is what can't be pickled, as from the library's own.
    """

    def __init__(self, *, patience: float | None = None) -> None:
        self._inlet, self._outlet = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._patience = patience

    def put(self, obj: Any, block: bool = True) -> None:
        """Lay a task into it; ``queue.Full`` when there is no room and it is not to ``block``."""
        with os.fdopen(os.memfd_create("task", os.MFD_CLOEXEC), "wb") as paper:
            try:
                pickle.dump(obj, paper)
            except Exception:
                # Whatever an object's own method raises. The process that made it has other things to do.
                logger.exception("this can't be handed to another process: %.300r", obj)
                return
            paper.flush()
            if self._send(paper.fileno(), self._patience if block else 0):
                return
        if not block:
            raise Full
        logger.error("nobody has read for %s s, this is given up: %.300r", self._patience, obj)

    def _send(self, paper: int, longest: float | None) -> bool:
        """False when there is no room for ``longest`` seconds; None waits for as long as it takes."""
        began = time.monotonic()
        rights = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [paper]))]
        while True:
            try:
                self._inlet.sendmsg([b"."], rights, socket.MSG_DONTWAIT)
                return True
            except BlockingIOError:
                if longest is not None and time.monotonic() - began >= longest:
                    return False
            time.sleep(_LOOK_EVERY_S)

    def get(self, block: bool = True, timeout: float | None = None) -> Any:
        """Take the next task; ``queue.Empty`` when there is none (for ``timeout`` seconds, where ``block``)."""
        ends = None if timeout is None else time.monotonic() + timeout
        looks = select.poll()
        looks.register(self._outlet, select.POLLIN)
        while True:
            try:
                return self._taken()
            except BlockingIOError:
                left = None if ends is None else ends - time.monotonic()
                if not block or (left is not None and left <= 0):
                    raise Empty from None
            looks.poll(None if left is None else left * 1000)

    def comes(self, seconds: float) -> bool:
        """Wait so long for a task; True as soon as there is one, which another may take first."""
        looks = select.poll()
        looks.register(self._outlet, select.POLLIN)
        return bool(looks.poll(seconds * 1000))

    def _taken(self) -> Any:
        """The first of those that lie there."""
        room = socket.CMSG_LEN(array.array("i").itemsize)
        while True:
            _byte, came_with, *_rest = self._outlet.recvmsg(1, room, socket.MSG_DONTWAIT | socket.MSG_CMSG_CLOEXEC)
            if came_with:
                [(_level, _kind, rights)] = came_with
                with os.fdopen(array.array("i", rights)[0], "rb") as paper:
                    paper.seek(0)
                    return pickle.load(paper)  # noqa: S301 - written by a process of this cluster, in its own memory
            # The task comes again with its retry.
            logger.error("a task is lost: this process has as many files open as it may (ulimit -n)")

    def qsize(self) -> int:
        """How many lie there: a byte each."""
        lying = array.array("i", [0])
        fcntl.ioctl(self._outlet, termios.FIONREAD, lying)
        return lying[0]

    def empty(self) -> bool:
        """Does nothing lie there?"""
        return not self.qsize()

    def close(self) -> None:
        """What was laid into it lies there; the sockets end with the processes."""

    def join_thread(self) -> None:
        """No thread writes for it."""
