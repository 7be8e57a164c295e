"""A caption that names too many accounts is refused before anything is sent, with the platform's rule."""

import pytest

import connectors
from social_queue.delivery import dispatch
from social_queue.models import Attempt
from social_queue.wording import captions
from social_queue.wording.checks import TooManyMentions, mentions
from tests import factories
from tests.support.clock import Clock

ALLOWED = 20


def people(count: int) -> str:
    return " ".join(f"@player_{number}" for number in range(count))


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 0),
        ("@one", 1),
        ("@one, (@two) and .@three_3; @four.five!", 4),
        ("write to desk@example.com", 0),
        ("https://video.example/@someone", 0),
        ("@ nobody @@", 0),
        ("@same @same", 2),
    ],
)
def test_a_mention_is_a_name_behind_an_at_that_stands_alone(text, count):
    assert mentions(text) == count


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("count", "outcome"), [(ALLOWED, "published"), (ALLOWED + 1, "rejected")])
def test_instagram_gets_no_caption_that_it_would_refuse(sandbox, media_root, settings, count, outcome):
    settings.PUBLIC_BASE_URL = sandbox.url
    clock, account = Clock(), factories.make_account("instagram")
    item = factories.make_item(
        account, publish_at=clock(), summary=people(count), image_url=f"{sandbox.url}/_media/sample/photo.jpg"
    )

    assert dispatch.drain(clock=clock) == {outcome: 1}

    post = item.posts.get()
    assert len(sandbox.wall) == (outcome == "published")
    if outcome == "rejected":
        assert post.error == "The text mentions 21 accounts, but Instagram allows only 20."
        assert (Attempt.objects.get(post=post).sent_at, sandbox.calls) == (None, [])


@pytest.mark.django_db
def test_an_editor_s_own_words_are_judged_too_and_other_platforms_do_not_mind():
    for platform in connectors.names():
        account = factories.make_account(platform)
        shown = captions.preview(factories.make_item(), account, link="", edited=people(ALLOWED + 1))
        found = [problem.code for problem in shown.problems]
        assert ("too_many_mentions" in found) is (platform == "instagram"), platform


@pytest.mark.django_db
def test_the_fault_carries_its_numbers(instagram_account):
    post = factories.make_post(factories.make_item(summary=people(30)), instagram_account)
    with pytest.raises(TooManyMentions) as caught:
        captions.render(post, link="")
    assert (caught.value.count, caught.value.limit) == (30, ALLOWED)


@pytest.mark.django_db
def test_the_editor_s_page_refuses_them(client, django_user_model, item_factory, instagram_account):
    client.force_login(django_user_model.objects.create_superuser("editor"))
    post = item_factory(instagram_account).posts.get()
    answer = client.post(f"/admin/queue/post/{post.pk}/change/", {"caption": people(21)})
    assert "mentions 21 accounts" in answer.content.decode()
    post.refresh_from_db()
    assert not post.caption_edited
