"""Every connector sends several pictures and a video as it declares: once, in order, and never half told."""

import logging

import pytest

import connectors
from connectors.base import Published
from connectors.errors import NotReady, OutcomeUnknown, Rejected, TransientError
from connectors.media import together
from connectors.sandbox import SCENARIOS
from tests.connectors import contract
from tests.connectors.contract import LINK, PROMISES, make
from tests.connectors.patience import carrying, deliver, deliver_up_to_publishing

#: Pictures and videos of a post, one letter each.
SHAPES = ("ii", "iiiiiiiiii", "v", "iv", "vv")
WORDS = {"i": "image", "v": "video"}


def kinds_of(shape: str) -> list[str]:
    return [WORDS[letter] for letter in shape]


def taken(name: str, shape: str) -> bool:
    return not together.problem(kinds_of(shape), connectors.get(name).limits)


every_shape = pytest.mark.parametrize(
    ("name", "shape"), [(name, shape) for name in contract.names_in_sandbox() for shape in SHAPES if taken(name, shape)]
)
every_shape_prepared = pytest.mark.parametrize(
    ("name", "shape"),
    [
        (name, shape)
        for name in contract.names_in_sandbox()
        for shape in SHAPES
        if taken(name, shape) and PROMISES[name]["draft_hang_up"]
    ],
)
every_refusal = pytest.mark.parametrize(
    ("name", "shape"),
    [(name, shape) for name in connectors.names() for shape in (*SHAPES, "i" * 11) if not taken(name, shape)],
)
#: Of the several pictures two do, and the video alone.
every_bad_day = pytest.mark.parametrize(
    ("name", "shape", "day"),
    [
        (name, shape, day)
        for name in contract.names_in_sandbox()
        for shape in ("ii", "v")
        for day in SCENARIOS
        if taken(name, shape) and PROMISES[name][day] and day not in ("never_ready", "draft_hang_up", "child_fails")
    ],
)


@every_shape
def test_they_go_out_in_order_by_exactly_one_creating_call(name, shape, platforms, tmp_path):
    connector = make(name, platforms.url)
    outgoing = carrying(connector, shape, folder=tmp_path, url=platforms.url)
    published, _ = deliver(connector, outgoing)
    [posting] = platforms.wall
    assert published == Published(posting.id, published.permalink)
    going = together.taken(outgoing.media, connector.limits, name)
    assert [one.kind for one in posting.media] == [one.kind for one in going]
    assert LINK in posting.links and len(platforms.creating_calls()) == 1
    shown = [one.alt for one in posting.media if one.alt]
    assert shown in ([], [one.alt for one in going], [one.alt for one in going if one.kind == "image"])


@every_refusal
def test_what_is_not_declared_is_refused_before_anything_is_sent(name, shape, tmp_path):
    connector = make(name, "http://127.0.0.1:1")
    outgoing = carrying(connector, shape, folder=tmp_path, url="http://127.0.0.1:1")
    with pytest.raises(Rejected) as caught:
        connector.prepare(outgoing, "")
    assert caught.value.code == together.problem(outgoing.kinds, connector.limits)


@every_bad_day
def test_a_bad_day_ends_as_promised_and_never_with_two_of_them(name, shape, day, platforms, tmp_path, caplog):
    caplog.set_level(logging.DEBUG)
    connector = make(name, platforms.url)
    platforms.scenario(connector.address, day, times=3, seconds=0.2 if day == "slow" else None)
    outgoing = carrying(connector, shape, folder=tmp_path, url=platforms.url)
    result, draft = deliver(connector, outgoing)
    promised = PROMISES[name][day]
    if promised is not NotReady and day not in ("picture_refused", "lagging"):
        assert type(result) is promised, repr(result)
    # Where a container cannot be read, publishing it is how one learns that it is not ready.
    tries = 2 if day == "container_unreadable" else 1
    assert len(platforms.creating_calls()) <= tries and len(platforms.wall) <= 1
    if isinstance(result, Published):
        assert len(platforms.wall) == 1
    shown = "".join([caplog.text, draft, *contract.everything_of(result)])
    assert not [secret for secret in contract.entry_for(name).secrets if secret in shown]


@every_shape
@pytest.mark.parametrize("lost", ["accept_then_hang_up", "accept_then_500", "server_error"])
def test_one_whose_answer_was_lost_is_found_or_surely_absent(name, shape, lost, platforms, tmp_path):
    connector = make(name, platforms.url)
    outgoing = carrying(connector, shape, folder=tmp_path, url=platforms.url)
    _, draft = deliver_up_to_publishing(connector, outgoing)
    platforms.scenario(connector.address, lost, times=1)
    with pytest.raises(OutcomeUnknown):
        connector.publish(outgoing, draft)
    platforms.scenario(connector.address, "ok")
    assert len(platforms.wall) == (lost != "server_error")
    if not contract.READS_BACK[name]:
        with pytest.raises(OutcomeUnknown):
            connector.find_existing(outgoing, draft)
        return
    found = connector.find_existing(outgoing, draft)
    assert [found.external_id] == [posting.id for posting in platforms.wall] if found else platforms.wall == []


@every_shape
def test_a_draft_that_is_whole_is_taken_as_it_is(name, shape, platforms, tmp_path):
    connector = make(name, platforms.url)
    outgoing = carrying(connector, shape, folder=tmp_path, url=platforms.url)
    _, draft = deliver_up_to_publishing(connector, outgoing)
    before = writes(platforms)
    assert connector.prepare(outgoing, draft) == draft
    assert writes(platforms) == before
    assert (platforms.wall, platforms.creating_calls()) == ([], [])


@every_shape
def test_whoever_dies_after_any_piece_goes_on_there_and_makes_none_twice(name, shape, platforms, tmp_path):
    connector = make(name, platforms.url)
    outgoing = carrying(connector, shape, folder=tmp_path, url=platforms.url)
    kept, _ = deliver_up_to_publishing(connector, outgoing)
    all_in_one_go = writes(platforms)
    for deaths in range(len(kept)):
        platforms.reset()
        draft = ""
        for _ in range(deaths):
            draft = one_piece_more(connector, outgoing, draft)
        deliver_up_to_publishing(connector, outgoing, draft)
        assert writes(platforms) == all_in_one_go, f"after {deaths} deaths"


def writes(platforms) -> int:
    return len([call for call in platforms.calls if call.method == "POST"])


@every_shape_prepared
def test_a_connection_that_is_cut_after_a_piece_costs_that_piece_and_no_more(name, shape, platforms, tmp_path):
    connector = make(name, platforms.url)
    outgoing = carrying(connector, shape, folder=tmp_path, url=platforms.url)
    kept, _ = deliver_up_to_publishing(connector, outgoing)
    platforms.reset()
    draft = ""
    for _ in range(2 * len(kept) + 2):
        platforms.scenario(connector.address, "draft_hang_up", times=1)
        result, draft = deliver(connector, outgoing, draft)
        if isinstance(result, Published):
            break
        assert isinstance(result, TransientError), repr(result)
        platforms.scenario(connector.address, "ok")
        draft = one_piece_more(connector, outgoing, draft)
    assert [posting.id for posting in platforms.wall] == [result.external_id]
    assert len(platforms.creating_calls()) == 1


def one_piece_more(connector, outgoing, draft) -> str:
    """The next visit comes as far as its first piece."""

    class Died(Exception):
        """The worker is gone."""

    def keep(grown):
        kept.append(grown)
        raise Died

    kept = [draft]
    try:
        return connector.prepare(outgoing, draft, keep)
    except Died:
        return kept[-1]
    except NotReady as wait:
        return wait.draft or kept[-1]
