"""What follows a post, for every connector that the registry finds: written once, found again, refused alone."""

from datetime import UTC, datetime, timedelta

import pytest

import connectors
from connectors.base import Connector
from connectors.errors import OutcomeUnknown, RateLimited, Rejected, TokenInvalid
from connectors.texts.following import FollowUp
from tests.connectors import contract
from tests.connectors.contract import deliver, every_platform, every_sandbox_page, make, worded

who_can_be_asked = pytest.mark.parametrize(
    "name", [name for name in contract.names_in_sandbox() if contract.READS_BACK[name]]
)


def thread(name, platforms, tmp_path):
    """A connector, and what a first follow-up under its post is."""
    connector = make(name, platforms.url)
    published, _ = deliver(connector, worded(connector, folder=tmp_path, url=platforms.url))
    number = published.external_id
    return connector, FollowUp(text=f"More about it & <b>all</b> of {name}.", parent=number, root=number)


def replies(platforms):
    return [posting for posting in platforms.wall if posting.reply_to]


@every_platform
def test_the_verb_and_the_limits_belong_together(name):
    kind = connectors.get(name)
    offered = kind.follow_ups_for({option.name: True for option in kind.options})
    assert (kind.follow_up is not Connector.follow_up) == (offered is not None)
    if offered:
        assert offered.text > 0 and offered.length("abc") == 3


@every_platform
def test_what_is_declared_needs_its_option_where_there_is_one(name):
    kind = connectors.get(name)
    if "follow_ups" in {option.name for option in kind.options}:
        assert kind.follow_ups_for({}) is None
        assert kind.follow_ups_for({"follow_ups": True}) is not None


@every_sandbox_page
def test_a_thread_hangs_under_its_post_in_order_and_letter_for_letter(name, platforms, tmp_path):
    connector, first = thread(name, platforms, tmp_path)
    made = connector.follow_up(first)
    second = FollowUp(text="And more.", parent=made.external_id, root=first.root, others=(made.external_id,))
    connector.follow_up(second)
    assert [posting.text for posting in replies(platforms)] == [first.text, second.text]
    assert replies(platforms)[0].reply_to == first.root
    assert replies(platforms)[0].id == made.external_id
    assert len(platforms.creating_calls()) == 3


@who_can_be_asked
def test_what_was_written_before_it_was_sent_may_be_it_if_our_clock_was_ahead(name, platforms, tmp_path):
    connector, words = thread(name, platforms, tmp_path)
    connector.follow_up(words)
    later = FollowUp(words.text, words.parent, words.root, sent_at=datetime.now(UTC) + timedelta(hours=2))
    with pytest.raises(OutcomeUnknown, match=replies(platforms)[0].id):
        connector.find_follow_up(later)


@every_sandbox_page
@pytest.mark.parametrize("day", ["accept_then_hang_up", "accept_then_500", "accept_then_time_out"])
def test_a_lost_answer_is_unknown_and_found_again_where_the_platform_can_be_asked(name, day, platforms, tmp_path):
    connector, words = thread(name, platforms, tmp_path)
    words = FollowUp(words.text, words.parent, words.root, sent_at=datetime.now(UTC))
    platforms.scenario(connector.address, day, times=1)
    with pytest.raises(OutcomeUnknown):
        connector.follow_up(words)
    platforms.scenario(connector.address, "ok")
    assert len(replies(platforms)) == 1
    if contract.READS_BACK[name]:
        assert connector.find_follow_up(words).external_id == replies(platforms)[0].id
    else:
        with pytest.raises(OutcomeUnknown):
            connector.find_follow_up(words)


@every_sandbox_page
def test_what_never_came_out_is_proved_absent(name, platforms, tmp_path):
    connector, words = thread(name, platforms, tmp_path)
    words = FollowUp(words.text, words.parent, words.root, sent_at=datetime.now(UTC))
    platforms.scenario(connector.address, "drop_then_time_out", times=1)
    with pytest.raises(OutcomeUnknown):
        connector.follow_up(words)
    platforms.scenario(connector.address, "ok")
    if contract.READS_BACK[name]:
        assert connector.find_follow_up(words) is None
    else:
        with pytest.raises(OutcomeUnknown):
            connector.find_follow_up(words)


@who_can_be_asked
def test_another_part_of_the_same_words_is_not_taken_for_it(name, platforms, tmp_path):
    connector, words = thread(name, platforms, tmp_path)
    made = connector.follow_up(words)
    again = FollowUp(words.text, made.external_id, words.root, sent_at=datetime.now(UTC), others=(made.external_id,))
    try:
        assert connector.find_follow_up(again) is None
    except OutcomeUnknown:
        # Where the platform refuses a repeat, the same words may be the reason why it is not there.
        assert name == "twitter"


@who_can_be_asked
def test_what_was_written_long_before_is_not_taken_for_it(name, platforms, tmp_path):
    connector, words = thread(name, platforms, tmp_path)
    connector.follow_up(words)
    later = FollowUp(words.text, words.parent, words.root, sent_at=datetime.now(UTC) + timedelta(hours=16))
    try:
        assert connector.find_follow_up(later) is None
    except OutcomeUnknown:
        assert name == "twitter"


@every_sandbox_page
@pytest.mark.parametrize(
    ("day", "fault"),
    [
        ("rate_limit", RateLimited),
        ("token_expired", TokenInvalid),
        ("reject", Rejected),
        ("reply_refused", Rejected),
        ("server_error", OutcomeUnknown),
        ("refuse", OutcomeUnknown),
    ],
)
def test_what_the_platform_says_of_a_follow_up(name, day, fault, platforms, tmp_path):
    connector, words = thread(name, platforms, tmp_path)
    platforms.scenario(connector.address, day, times=1)
    with pytest.raises(fault):
        connector.follow_up(words)
    assert replies(platforms) == []


@every_sandbox_page
def test_a_follow_up_to_what_is_gone_is_refused(name, platforms, tmp_path):
    connector, words = thread(name, platforms, tmp_path)
    connector.take_back(words.root)
    with pytest.raises(Rejected):
        connector.follow_up(words)


def test_a_platform_without_them_declares_nothing_and_says_so():
    assert Connector.follow_ups_for({}) is None
    with pytest.raises(NotImplementedError):
        Connector.follow_up(None, FollowUp("Hello", "1", "1"))
