"""What `benchmarks.many.years` lays down and asks for is what a site has and answers."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

import connectors
from benchmarks.many.statements import DIALECTS, statements
from benchmarks.many.traces import traces
from benchmarks.many.years import DOORS, MINUTES
from metrics.models import Click, ClickTotal
from social_queue.access import keys
from social_queue.models import Attempt, Event, EventSending, Post
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.only_on("sqlite")]
_ITEMS = 1_100


def test_every_door_answers_of_a_site_that_is_laid_down(client, settings, django_user_model):
    django_user_model.objects.create_superuser("bench")
    settings.METRICS_TOKEN = "only-for-measurements"
    settings.API_RATE_LIMIT = 1_000
    for number, name in enumerate(connectors.names() * 2):
        factories.make_account(name, slug=f"a{number}")
    says = DIALECTS["sqlite"]
    with connection.cursor() as cursor:
        for statement in (*statements(says, _ITEMS, minutes=MINUTES), *traces(says, _ITEMS, minutes=MINUTES)):
            cursor.execute(statement)

    out = Post.objects.filter(status="published").count()
    assert out > _ITEMS
    assert Attempt.objects.count() > 2 * out
    assert (Click.objects.count(), ClickTotal.objects.count()) == (2 * out, out)
    assert Event.objects.filter(type="post.published").count() == out
    assert EventSending.objects.exists()

    known = {"platform": connectors.names()[0], "item": 400, "post": 1200, "event": 0}
    known["month"] = (datetime.now(UTC) - timedelta(days=1)).date()
    _key, text = keys.issue("bench", [keys.READ, keys.MANAGE])
    for name, address in DOORS.items():
        bearer = settings.METRICS_TOKEN if address == "/metrics" else text
        answer = client.get(address.format(**known), headers={"Authorization": f"Bearer {bearer}"})
        # Of a site without a worker /health says that it is not well.
        assert answer.status_code in ((200, 503) if name == "health" else (200,)), (name, answer.content[:300])
