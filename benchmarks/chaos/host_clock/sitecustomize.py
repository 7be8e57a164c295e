"""A host's own clock: Python reads this at its start, and the time is off by as many seconds as a small file says.

It is the clock of Python and Django that is off; waits and the calls of the system are as ever.
"""

import mmap
import os
import struct
import time

from django.utils import timezone

_true_time, _true_now = time.time, timezone.now
with open(os.environ["HOST_CLOCK"], "rb") as _file:
    _offset = mmap.mmap(_file.fileno(), 8, access=mmap.ACCESS_READ)


def _off() -> float:
    return struct.unpack("<d", _offset[:8])[0]


def _now():
    return _true_now() + timezone.timedelta(seconds=_off())


time.time = lambda: _true_time() + _off()
timezone.now = _now
