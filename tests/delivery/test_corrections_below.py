"""Another text for what follows a post: put there where the platform can, beside the post's own and its taking back."""

import pytest

import connectors
from social_queue.delivery.errands import doing, taking
from social_queue.models import Alert, Errand, Event, Part
from social_queue.operations.correcting import asking, judging
from social_queue.operations.recalling import asking as recalling
from tests import factories
from tests.delivery.corrected import ASKER, ask, later
from tests.support.clock import Clock

pytestmark = pytest.mark.django_db(transaction=True)

BOTH = ("facebook", "telegram")
NEW = "Better <words> & more"


@pytest.fixture
def clock(settings):
    settings.UNDO_SECONDS = 10
    return Clock()


@pytest.fixture
def follow(sandbox, media_root, clock):
    """The second follow-up of a thread of three that is out on a platform."""

    def out(platform, **account):
        texts = [{"text": f"Part {number}"} for number in (1, 2, 3)]
        place = factories.make_account(platform, **account)
        item = factories.make_item(place, publish_at=clock(), follow_ups=texts)
        while later(clock, seconds=1).get("published"):
            pass
        part = Part.objects.select_related("post__item", "post__account", "account").get(post__item=item, number=3)
        assert (part.text, part.status) == ("Part 2", "published")
        return part

    return out


def ask_below(part, clock, text=NEW):
    """Somebody wants the follow-up to read otherwise."""
    return asking.correct(part.post, text, asker=ASKER, now=clock(), part=part)


def below(sandbox):
    """How what follows reads."""
    return [posting.text for posting in sandbox.wall if posting.reply_to]


@pytest.mark.parametrize("platform", BOTH)
def test_it_reads_otherwise_and_nothing_else_does(sandbox, clock, follow, platform):
    part = follow(platform)
    [post] = [posting.text for posting in sandbox.wall if not posting.reply_to]
    errand = ask_below(part, clock)
    assert ask_below(part, clock) == errand and asking.waiting_below(part.post) == {part.pk: errand}
    assert asking.waiting([part.post]) == {}

    assert later(clock, seconds=11) == {"corrected": 1}

    assert below(sandbox) == ["Part 1", NEW, "Part 3"]
    assert [posting.text for posting in sandbox.wall if not posting.reply_to] == [post]
    part.refresh_from_db()
    before = part.post.caption
    part.post.refresh_from_db()
    errand.refresh_from_db()
    assert (part.text, part.status, part.post.caption, part.post.corrected_at) == (NEW, "published", before, None)
    assert (errand.outcome, errand.old_text, errand.text) == ("corrected", "Part 2", NEW)
    [event] = Event.objects.filter(type="post.corrected")
    assert event.data["part"] == 3 and event.data["post"]["id"] == part.post_id
    assert asking.correct(part.post, NEW, asker=ASKER, now=clock(), part=part) is None


@pytest.mark.parametrize("platform", BOTH)
@pytest.mark.parametrize("day", ["server_error", "accept_then_500", "accept_then_hang_up", "refuse"])
def test_no_answer_is_asked_again_until_it_stands_there(sandbox, clock, follow, platform, day):
    part = follow(platform)
    ask_below(part, clock)
    sandbox.scenario(part.account.address, day, times=1)
    assert later(clock, seconds=11) == {"transient": 1}
    assert later(clock, seconds=5) == {"corrected": 1}
    assert below(sandbox) == ["Part 1", NEW, "Part 3"]


def test_post_and_follow_up_are_corrected_one_after_the_other_and_keep_their_own_old_texts(sandbox, clock, follow):
    part = follow("telegram")
    first = part.post.caption
    ask(part.post, clock, "The post's new words")
    ask_below(part, clock)
    done = [later(clock, seconds=11), later(clock, seconds=1)]
    assert sum(one.get("corrected", 0) for one in done) == 2
    assert below(sandbox) == ["Part 1", NEW, "Part 3"] and sandbox.wall[0].text == "The post's new words"
    assert set(Errand.objects.values_list("old_text", flat=True)) == {first, "Part 2"}
    ask(part.post, clock, "And again")
    later(clock, seconds=11)
    assert sandbox.wall[0].text == "And again"


@pytest.mark.parametrize("platform", BOTH)
def test_a_worker_that_was_only_slow_does_not_write_beside_the_one_after_it(sandbox, clock, follow, platform):
    part = follow(platform)
    ask_below(part, clock)
    clock.forward(seconds=11)
    [stale] = taking.claim(now=clock(), worker="stale", limit=1)
    clock.forward(minutes=5)
    [fresh] = taking.claim(now=clock(), worker="fresh", limit=1)
    assert doing.carry_out(stale, clock=clock) is None and NEW not in below(sandbox)
    assert doing.carry_out(fresh, clock=clock).outcome == "corrected" and NEW in below(sandbox)


def test_what_is_taken_back_gets_no_other_text_below_it(sandbox, clock, follow):
    part = follow("facebook")
    ask_below(part, clock)
    recalling.recall([part.post], now=clock())
    with pytest.raises(asking.NotNow, match="taken back"):
        ask_below(part, clock, "Another")
    assert later(clock, seconds=11) == {"recalled": 1} and sandbox.wall == []
    assert not Errand.objects.filter(ended_at=None).exists()


def test_it_is_called_off_by_itself(clock, follow, sandbox):
    part = follow("telegram")
    ask(part.post, clock, "The post's new words")
    ask_below(part, clock)
    assert asking.call_off(part.post, part)
    assert later(clock, seconds=11) == {"corrected": 1} and below(sandbox) == ["Part 1", "Part 2", "Part 3"]


def test_a_refusal_names_the_follow_up_and_stops_no_account(sandbox, clock, follow):
    part = follow("telegram")
    ask_below(part, clock)
    sandbox.scenario(part.account.address, "change_refused")
    assert later(clock, seconds=11) == {"not_correctable": 1}
    part.refresh_from_db()
    part.post.refresh_from_db()
    assert part.text == "Part 2" and part.post.error == "Follow-up 2: The bot may not edit this message."
    assert Alert.objects.get().kind == "not_correctable" and part.post.account.status == "active"


@pytest.mark.parametrize("platform", ["instagram", "twitter"])
def test_where_no_text_is_changed_none_below_is(clock, follow, platform):
    part = follow(platform, options={"follow_ups": True})
    with pytest.raises(asking.NotOffered):
        ask_below(part, clock)
    assert asking.correctable_parts(part.post) == set()


def test_a_platform_may_change_its_posts_and_not_what_follows(clock, follow, monkeypatch):
    part = follow("telegram")
    monkeypatch.setattr(connectors.get("telegram"), "corrects_follow_ups", False)
    with pytest.raises(asking.NotOffered, match="text of follow-ups"):
        ask_below(part, clock)
    assert asking.may_be_corrected(part.post) and asking.correctable_parts(part.post) == set()


@pytest.mark.parametrize("change", [{"external_id": ""}, {"status": "failed"}, {"status": "unknown"}])
def test_what_is_not_surely_out_or_has_no_id_is_refused(clock, follow, change):
    part = follow("telegram")
    Part.objects.filter(pk=part.pk).update(**change)
    with pytest.raises(asking.NotNow):
        ask_below(part, clock)
    assert asking.correctable_parts(part.post) == {2, 4}


@pytest.mark.parametrize(
    ("text", "judged", "code"),
    [("  ", "", "blank"), ("x" * 4097, "x" * 4097, "follow_up_too_long"), ("a\r\nb", "a\nb", ""),
     ("See {link}", "See http://autopost.test/go/", "")],
)  # fmt: skip
def test_the_new_words_are_judged_as_a_follow_up_s(clock, follow, text, judged, code):
    told = judging.judge_part(follow("telegram"), text)
    assert told.text.startswith(judged) and [fault.code for fault in told.faults] == ([code] if code else [])
    assert told.limit == 4096
