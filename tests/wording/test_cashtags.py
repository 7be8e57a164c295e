"""What a text may hold too many of: cashtags that X refuses, hashtags that Instagram takes but nobody thanks for."""

import pytest

import connectors
from social_queue.delivery import dispatch
from social_queue.models import Attempt
from social_queue.wording import captions
from social_queue.wording.checks import TooManyCashtags
from tests import factories
from tests.support.clock import Clock


def shown(platform: str, text: str = "", **item) -> captions.Rendered:
    account = factories.make_account(platform)
    return captions.preview(factories.make_item(account, **item), account, link="https://go.example/1", edited=text)


def codes(rendered: captions.Rendered) -> list[str]:
    return [problem.code for problem in rendered.problems]


@pytest.mark.django_db
class TestCashtags:
    def test_a_second_one_is_one_problem_that_names_both_and_the_text_is_still_shown(self):
        rendered = shown("twitter", title="cash $TSLA $AAPL")
        [problem] = rendered.problems
        assert problem.code == "cashtags"
        assert "$TSLA, $AAPL" in problem.message and "X (Twitter) allows only 1" in problem.message
        assert "cash $TSLA $AAPL" in rendered.text and rendered.length > 23

    @pytest.mark.parametrize("title", ["cash $TSLA", "it costs $5 or $10", "US$TSLA $AAPL", "plain words"])
    def test_one_or_none_is_no_problem(self, title):
        assert "cashtags" not in codes(shown("twitter", title=title))

    def test_an_editor_s_own_words_are_judged_too_and_other_platforms_do_not_mind(self):
        for platform in connectors.names():
            rendered = shown(platform, "Now $TSLA and $AAPL https://go.example/1")
            assert ("cashtags" in codes(rendered)) is (platform == "twitter"), platform


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("title", "outcome"), [("$TSLA up", "published"), ("$TSLA, $AAPL up", "rejected")])
def test_x_gets_no_text_that_it_would_refuse_for_good(sandbox, title, outcome):
    clock, account = Clock(), factories.make_account("twitter")
    item = factories.make_item(account, publish_at=clock(), title=title)

    assert dispatch.drain(clock=clock) == {outcome: 1}

    assert len(sandbox.wall) == (outcome == "published")
    if outcome == "rejected":
        post = item.posts.get()
        assert "$TSLA, $AAPL" in post.error
        assert (Attempt.objects.get(post=post).sent_at, sandbox.calls) == (None, [])


def test_the_fault_keeps_what_it_found():
    fault = TooManyCashtags(["$A", "$B"], 1, label="X", text="$A $B")
    assert (fault.found, fault.text, fault.code) == (["$A", "$B"], "$A $B", "cashtags")


def tagged(count: int) -> str:
    return " ".join(f"#tag{number}" for number in range(count)) + " https://go.example/1"


@pytest.mark.django_db
class TestHashtagsThatAreTaken:
    @pytest.mark.parametrize(("count", "told"), [(5, False), (6, True), (30, True)])
    def test_from_six_on_an_editor_is_told_what_instagram_advises(self, count, told):
        rendered = shown("instagram", tagged(count))
        assert ("many_hashtags" in codes(rendered)) is told
        assert not told or [f"holds {count} hashtags" in one.message for one in rendered.problems] == [True]

    def test_in_a_worded_caption_too_and_nowhere_else(self):
        tags = [f"tag{number}" for number in range(6)]
        for platform in connectors.names():
            rendered = shown(platform, title="Words", hashtags=tags)
            assert ("many_hashtags" in codes(rendered)) is (platform == "instagram"), platform


@pytest.mark.django_db(transaction=True)
def test_advice_holds_no_post_up(sandbox, media_root, settings):
    settings.PUBLIC_BASE_URL = sandbox.url
    clock, account = Clock(), factories.make_account("instagram")
    factories.make_item(
        account,
        publish_at=clock(),
        hashtags=[f"tag{number}" for number in range(8)],
        image_url=f"{sandbox.url}/_media/sample/photo.jpg",
    )
    assert dispatch.drain(clock=clock) == {"published": 1}
