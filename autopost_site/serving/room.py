"""Room on Python's stack for all calls beneath a function, taken once: long lists of the desk need a third less of the
processor.

Python keeps the frames of its functions in chunks of 16 KiB. Where a chunk ends, each call takes another one from the
system, and its return gives it back: two questions to the system and fresh pages, again and again for a loop that
happens to stand there. The list of a hundred items did it 10,000 times. A frame that fits into no chunk gets a larger
one, in which whatever is called from it finds room as well.
``push_chunk`` and ``_PyThreadState_PopFrame`` in https://github.com/python/cpython/blob/3.13/Python/pystate.c
"""

from collections.abc import Callable
from typing import ParamSpec, TypeVar

_Given = ParamSpec("_Given")
_Result = TypeVar("_Result")
#: Of 8 bytes each: with a frame a little above 256 KiB the chunk has 512. What nobody writes to takes no memory.
_SLOTS = 34_000


def call(function: Callable[_Given, _Result], *given: _Given.args, **named: _Given.kwargs) -> _Result:
    """What the function returns. Its calls have room for some 240 KiB; beyond that all is as without."""
    return function(*given, **named)


call.__code__ = call.__code__.replace(co_stacksize=_SLOTS)
