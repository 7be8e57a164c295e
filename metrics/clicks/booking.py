"""One click into its table by one prepared statement, since a redirect waits for it."""

from metrics.models import Click
from social_queue import statements


def insert(click: Click) -> None:
    """Write the click; outside a transaction it is committed when this returns. Raises DatabaseError."""
    statements.insert(click)
