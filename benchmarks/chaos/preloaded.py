"""What the nursery's process imports before it forks the first worker: all that the two commands of a storm need."""

import django

django.setup()

from social_queue.management.commands import dispatch, reconcile  # noqa: E402

__all__ = ["dispatch", "reconcile"]
