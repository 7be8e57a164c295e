"""However many processes ask for the next slot at once, each slot is taken once and none is left out."""

import itertools

import pytest
from django.utils import timezone

from social_queue.models import Post
from social_queue.timing import slots
from tests.factories import make_account
from tests.support import children
from tests.timing import racers

pytestmark = pytest.mark.django_db(transaction=True)


def test_twenty_processes_take_sixty_slots_once_each():
    accounts = [make_account("facebook", slots="mon-sun 09:00 12:00 19:30", zone=zone) for zone in ("", "Asia/Jakarta")]
    count = racers.PROCESSES * racers.EACH
    began = timezone.now()
    done = children.run("-m", "tests.timing.racers", began.isoformat(), seconds=280)
    assert done.returncode == 0, done.stderr[-3000:]
    for account in accounts:
        taken = list(Post.objects.filter(account=account).order_by("item__pk").values_list("slot_at", flat=True))
        assert len(taken) == count
        free = slots.free(account, after=began)
        assert next(free) > max(taken)
        assert taken == sorted(set(taken)), "in order of arrival, each once"
        every = itertools.islice(
            slots.weekly.moments(slots.weekly.parse(account.slots), slots.zones.of(account), began), count
        )
        assert taken == list(every), "none left out"
