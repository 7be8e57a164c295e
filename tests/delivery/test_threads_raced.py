"""Several processes that want the same parts send each of them once, in order."""

from collections import defaultdict

import pytest
from django.utils import timezone

from social_queue.models import Part
from tests import factories
from tests.support import children

pytestmark = pytest.mark.django_db(transaction=True)

THREADS, TEXTS, PROCESSES = 4, 4, 3


def test_processes_that_race_for_threads_send_each_part_once_and_in_order(sandbox, media_root):
    for number in range(THREADS):
        texts = [{"text": f"Thread {number}, part {part}"} for part in range(1, TEXTS + 1)]
        factories.make_item(factories.make_account("facebook"), publish_at=timezone.now(), follow_ups=texts)

    running = [children.start("manage.py", "dispatch") for _ in range(PROCESSES)]
    for process in running:
        out, err = process.communicate(timeout=120)
        assert process.returncode == 0, out + err
    # What one held when another came to its end is seen to by the next tick.
    assert children.run("manage.py", "dispatch", seconds=120).returncode == 0

    said = defaultdict(list)
    for posting in sandbox.wall:
        if posting.reply_to:
            thread, part = posting.text.split(", part ")
            said[thread].append(int(part))
    assert dict(said) == {f"Thread {number}": list(range(1, TEXTS + 1)) for number in range(THREADS)}
    assert set(Part.objects.values_list("status", "attempts_made")) == {("published", 1)}
