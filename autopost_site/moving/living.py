"""Does a worker live? What it writes while everything is carried away would be lost, or be done twice."""

import time
from collections.abc import Callable
from datetime import datetime, timedelta

from django.utils import timezone

from social_queue.models import Post, PostStatus
from social_queue.workings import heartbeat

#: A worker beats every ten seconds while it ticks and pauses between two ticks for less than a minute.
SILENCE = timedelta(seconds=90)
_LOOK_EVERY_S = 2


def trouble(*, clock: Callable[[], datetime] = timezone.now, sleep: Callable[[float], None] = time.sleep) -> str | None:
    """A sentence when a worker is alive or a post in somebody's hands; waits out the silence of one just stopped."""
    known = heartbeat.last_beat("tick")
    while known and timedelta(0) <= clock() - known < SILENCE:
        sleep(_LOOK_EVERY_S)
        if heartbeat.last_beat("tick") != known:
            return "A worker is alive. Stop the workers and the web on every host, then move."
    held = Post.objects.filter(status=PostStatus.PUBLISHING, lease_until__gt=clock()).count()
    if held:
        return f"{held} posts are still in the hands of a worker. Stop the workers; after a kill wait for their leases."
    return None
