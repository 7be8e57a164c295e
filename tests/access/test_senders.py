"""API keys, webhook sources and feeds: what comes in is told apart by the name of whoever brought it."""

import itertools

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from social_queue.access import keys
from social_queue.models import ApiKey, Feed, WebhookSource

pytestmark = pytest.mark.django_db


def _key(name):
    return ApiKey.objects.create(name=name, prefix=name[:8], key_hash="y")


def _source(name):
    return WebhookSource.objects.create(slug=name)


def _feed(name):
    return Feed.objects.create(slug=name, url="https://example.com/feed")


OWNERS = {"an API key": _key, "a webhook source": _source, "a feed": _feed}
MAKERS = {
    "an API key": lambda name: call_command("create_api_key", name),
    "a webhook source": lambda name: call_command("webhook_source", name),
    "a feed": lambda name: call_command("feed", name, "https://example.com/feed", "--unchecked"),
}


@pytest.mark.parametrize(("owner", "made"), [*itertools.permutations(OWNERS, 2)])
@pytest.mark.parametrize("name", ["shop", "Shop"])
def test_a_name_of_another_is_refused_whatever_its_case(owner, made, name):
    """Else a key could change, and answer for, what a signed delivery or a feed brought in."""
    OWNERS[owner]("shop")
    with pytest.raises(CommandError, match=f"is the name of {owner} already: what comes in is told apart by it"):
        MAKERS[made](name)
    assert ApiKey.objects.count() + WebhookSource.objects.count() + Feed.objects.count() == 1


@pytest.mark.parametrize(("page", "field"), [("apikey", "name"), ("webhooksource", "slug"), ("feed", "slug")])
def test_so_it_is_at_the_desk(admin_client, page, field):
    {"apikey": _source, "webhooksource": _feed, "feed": _key}[page]("shop")
    said = {field: "shop", "url": "https://example.com/feed", "every_minutes": 15, "newest": 9, "field_map": "{}"}
    shown = admin_client.post(reverse(f"admin:queue_{page}_add"), said)
    assert "already: what comes in is told apart by it." in shown.context["adminform"].form.errors[field][0], (
        shown.context["adminform"].form.errors
    )


def test_two_of_one_name_from_before_still_work():
    key, _text = keys.issue("shop")
    source = _source("Shop")
    call_command("webhook_source", "Shop", "--pause")
    source.refresh_from_db()
    assert source.paused and keys.renew(key, now=key.created_at)
