"""What an operator reads when a command can't go on: a sentence, where Python would show its inside."""

import errno

from django.core.exceptions import ImproperlyConfigured

from connectors.texts.sentences import ended

#: What a disk or its owner refuses, which is nobody's mistake in the program.
_REFUSED_BY_THE_DISK = {errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOSPC, errno.EDQUOT}


def told(fault: Exception) -> str:
    """A sentence about what the operator can mend; empty for a fault of ours, which needs its traceback."""
    if isinstance(fault, ImproperlyConfigured):
        return f"{ended(str(fault))} Settings stand in the environment or in .env; .env.example explains each."
    if isinstance(fault, OSError) and fault.errno in _REFUSED_BY_THE_DISK:
        where = f"{fault.filename}: " if fault.filename else ""
        return f"{where}{fault.strerror}. Look who may read and write there, and whether there is room."
    try:
        # Not above: it asks for settings, which may be what is wrong.
        from social_queue.workings import outages
    except ImproperlyConfigured:
        return ""
    return outages.told(fault)
