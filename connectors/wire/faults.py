"""What a failed connection proves: the request was never sent, or it may have been.

``requests`` gives a refused connection and a server that hung up after reading our post the same exception class; only
the inner reason tells them apart. So a short list names what proves that nothing was sent; all else may have arrived.
"""

import re

import urllib3.exceptions

#: Faults that arise before the first byte of a request leaves this machine (``connectors.wire.standing``). Everything
#: else may have been sent.
_SURELY_UNSENT = (urllib3.exceptions.NewConnectionError, urllib3.exceptions.ConnectTimeoutError)


def never_built(fault: Exception) -> bool:
    """True when the request made no sense: a bad address, or a header with a letter that cannot stand there.

    ``requests`` makes these a ValueError. But it also gives that class to an *answer* whose headers contradict each
    other; then the fault wraps the one of urllib3.
    """
    return isinstance(fault, ValueError) and not any(isinstance(argument, Exception) for argument in fault.args)


def surely_unsent(fault: Exception) -> bool:
    """True only when the request cannot have reached the platform."""
    reason = getattr(fault.args[0], "reason", None) if fault.args else None
    if isinstance(reason, urllib3.exceptions.ProxyError):
        # Also what a proxy has passed on is called that, when the answer never came: the connection is closed by then.
        reason = reason.original_error
    return isinstance(reason, _SURELY_UNSENT)


def innermost(fault: BaseException) -> str:
    """The last words of the fault without urllib3's object addresses."""
    reason = getattr(fault.args[0], "reason", None) if fault.args else None
    text = str(reason if reason is not None else fault)
    return re.sub(r"<[^>]*object at 0x[0-9a-f]+>[:,]? ?", "", text).strip() or type(fault).__name__
