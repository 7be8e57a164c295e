"""What faults of a platform come to at the desk: looks that fail, a hidden account, rows that tell nothing."""

import pytest

from social_queue.delivery import dispatch
from social_queue.delivery.sweeps import reconcile
from social_queue.models import Alert
from tests import factories
from tests.connectors.payloads import recorded
from tests.connectors.rawserver import RawServer, answer
from tests.support.clock import Clock

pytestmark = pytest.mark.django_db(transaction=True)

HIDDEN = answer(400, {"error": {"message": "Authorization Error", "code": 100, "error_subcode": 33}})


def test_an_instagram_post_goes_out_once_though_its_container_cannot_be_read(sandbox, media_root, settings):
    settings.PUBLIC_BASE_URL = sandbox.url
    clock, account = Clock(), factories.make_account("instagram")
    factories.make_item(account, publish_at=clock(), image_url=f"{sandbox.url}/_media/sample/photo.jpg")
    made, out = recorded("instagram", "container_made"), recorded("instagram", "media_published")
    with RawServer(HIDDEN, made, HIDDEN, out, HIDDEN) as graph:
        settings.INSTAGRAM_API_URL = graph.url
        assert dispatch.drain(clock=clock) == {"published": 1}
    assert [asked.path.rpartition("/")[2] for asked in graph.asked if asked.method == "POST"] == [
        "media",
        "media_publish",
    ]


def test_an_account_that_is_hidden_itself_is_blocked_and_its_post_waits(settings):
    clock, account = Clock(), factories.make_account("facebook")
    post = factories.make_post(factories.make_item(publish_at=clock()), account)
    with RawServer(HIDDEN) as graph:
        settings.FACEBOOK_API_URL = graph.url
        dispatch.drain(clock=clock)
    post.refresh_from_db()
    account.refresh_from_db()
    assert (post.status, account.status) == ("pending", "blocked")
    [alert] = Alert.objects.all()
    assert alert.kind == "account_blocked"
    assert f"{account.address} is the account's id" in account.last_error
    assert "the token's owner still has a role" in account.last_error


def test_a_post_on_x_is_not_sent_again_while_the_timeline_comes_without_its_links(settings):
    clock, account = Clock(), factories.make_account("twitter")
    post = factories.make_post(factories.make_item(publish_at=clock()), account)
    with RawServer(answer(500, {})) as lost:
        settings.X_API_URL = lost.url
        dispatch.drain(clock=clock)
    bare = answer(200, {"data": [{"id": "19", "text": "Words https://t.co/5d3160d7b4"}], "meta": {"result_count": 1}})
    for _ in range(4):
        with RawServer(recorded("twitter", "me"), bare) as shown:
            settings.X_API_URL = shown.url
            reconcile.reconcile_unknown(clock.forward(minutes=20))
            dispatch.drain(clock=clock)
        assert {asked.method for asked in shown.asked} == {"GET"}
    post.refresh_from_db()
    assert post.status == "unknown"
    assert [alert.kind for alert in Alert.objects.all()] == ["undecided"]
