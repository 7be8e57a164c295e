"""Hashtag sets by name, as the composer keeps and offers them."""

import pytest
from django.contrib.admin.models import LogEntry

from social_queue.models import HashtagSet

pytestmark = pytest.mark.django_db
AT = "/admin/queue/queueitem/tag-sets/"


def test_a_set_is_kept_offered_replaced_and_forgotten(desk):
    answer = desk.client.post(AT, {"name": " Olympus  night ", "hashtags": "slot, #Gates #Olympus"})
    assert answer.json()["told"] == "Kept as Olympus night."
    assert 'data-tags="slot, #Gates, #Olympus"' in answer.json()["sets"]
    assert "Olympus night" in desk.client.get("/admin/queue/queueitem/add/").content.decode()
    desk.client.post(AT, {"name": "olympus NIGHT", "hashtags": "one"})
    held = HashtagSet.objects.get()
    assert (held.name, held.tags) == ("Olympus night", ["one"])
    assert "Olympus" not in desk.client.post(AT, {"forget": held.pk}).json()["sets"]
    assert not HashtagSet.objects.exists()
    assert LogEntry.objects.filter(content_type__model="hashtagset").count() == 3


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"name": "", "hashtags": "one"}, "Give the set a name"),
        ({"name": "x" * 61, "hashtags": "one"}, "Give the set a name"),
        ({"name": "Empty", "hashtags": " , "}, "no hashtag to keep"),
        ({"name": "Long", "hashtags": "x" * 101}, "at most 100 characters"),
    ],
)
def test_what_is_no_set_is_said(desk, given, told):
    answer = desk.client.post(AT, given)
    assert answer.status_code == 422 and told in answer.json()["told"] and not HashtagSet.objects.exists()


def test_whoever_may_not_write_keeps_none(client, django_user_model):
    client.force_login(django_user_model.objects.create_user("viewer", is_staff=True))
    assert client.post(AT, {"name": "x", "hashtags": "y"}).status_code == 403
    assert client.post(AT, {"forget": "1"}).status_code == 403
    assert not HashtagSet.objects.exists()
