"""What a caller writes around a name, how long a key is, and where in a list something stands."""

import pytest

from social_queue.models import QueueItem, Subscription

GOOD = {"title": "The weather", "link": "https://example.com/weather", "channels": ["fb-page"]}


@pytest.mark.parametrize("door", ["queue", "posts"])
def test_blanks_around_a_reference_do_not_count_when_it_is_looked_for(bot, door):
    bot.post("ingest", GOOD | {"reference": " RR "})
    for given in ("RR", "%20RR%20"):
        assert len(bot.get(f"{door}?reference={given}").json()["results"]) == 1


@pytest.mark.parametrize("length", [3, 198, 200])
def test_a_key_for_an_array_holds_for_every_place_however_long_it_is(bot, length):
    bodies = [GOOD | {"title": f"Weather {number}"} for number in range(12)]
    first = bot.post("ingest", bodies, Idempotency_Key="k" * length).json()["results"]
    assert {one["status_code"] for one in first} == {201}
    again = bot.post("ingest", bodies, Idempotency_Key=f" {'k' * length} ").json()["results"]
    assert [one["id"] for one in again] == [one["id"] for one in first]
    assert all(one["idempotent_replay"] for one in again)
    assert QueueItem.objects.count() == 12


def test_a_key_for_an_array_that_can_not_be_used_is_said_once(bot):
    answer = bot.post("ingest", [GOOD, GOOD], Idempotency_Key="k" * 201)
    assert answer.status_code == 400 and list(answer.json()["error"]["fields"]) == ["idempotency_key"]
    assert not QueueItem.objects.exists()


def test_places_in_all_lists_are_counted_from_one(bot):
    bad = {"channels": ["fb-page", 7], "hashtags": [7], "follow_ups": [{"text": ""}]}
    fields = bot.post("ingest", GOOD | bad).json()["error"]["fields"]
    places = {name: sentences[0].partition("entry ")[2][0] for name, sentences in fields.items()}
    assert places == {"channels": "2", "hashtags": "1", "follow_ups": "1"}


def test_a_subscription_that_was_ended_stays_so(bot):
    made = bot.post("subscriptions", {"url": "https://example.com/hook"}).json()
    Subscription.objects.update(status="ended")
    answer = bot.post(f"subscriptions/{made['id']}/resume")
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "conflict")
    assert bot.get(f"subscriptions/{made['id']}").json()["status"] == "ended"
    Subscription.objects.update(status="paused")
    assert bot.post(f"subscriptions/{made['id']}/resume").json()["status"] == "active"
