"""Can a store really be used? Something is written into it, read back and deleted."""

import secrets

from django.core.files.base import ContentFile
from django.core.files.storage import Storage


def probe(store: Storage) -> str:
    """What went wrong, or ""."""
    name, content = f".doctor-{secrets.token_hex(8)}", secrets.token_bytes(64)
    doing = "write"
    try:
        name = store.save(name, ContentFile(content))
        doing = "read"
        with store.open(name) as file:
            same = file.read() == content
        doing = "delete"
        store.delete(name)
    except OSError as fault:
        return f"a probe could not be {_PAST[doing]} ({fault})"
    return "" if same else "what was read back is not what was written"


_PAST = {"write": "written", "read": "read back", "delete": "deleted"}
