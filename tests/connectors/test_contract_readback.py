"""Every connector can tell whether a post is out, or says that it cannot be asked."""

from dataclasses import replace

import pytest

from connectors.errors import OutcomeUnknown
from tests.connectors import contract
from tests.connectors.contract import deliver, every_sandbox_page, make, worded


@every_sandbox_page
@pytest.mark.parametrize("lost", ["accept_then_hang_up", "accept_then_500", "accept_then_time_out"])
def test_a_post_whose_answer_was_lost_is_found(name, lost, platforms, tmp_path):
    connector = make(name, platforms.url)
    outgoing = worded(connector, folder=tmp_path, url=platforms.url)
    platforms.scenario(connector.address, lost, times=1)
    error, draft = deliver(connector, outgoing)
    assert isinstance(error, OutcomeUnknown)
    expect(connector, outgoing, draft, found=platforms.wall[0].id)
    assert len(platforms.creating_calls()) == 1


@every_sandbox_page
@pytest.mark.parametrize("lost", ["server_error", "drop_then_time_out"])
def test_a_post_that_was_not_made_is_surely_absent(name, lost, platforms, tmp_path):
    connector = make(name, platforms.url)
    outgoing = worded(connector, folder=tmp_path, url=platforms.url)
    platforms.scenario(connector.address, lost, times=1)
    error, draft = deliver(connector, outgoing)
    assert isinstance(error, OutcomeUnknown)
    expect(connector, outgoing, draft, found="")


@every_sandbox_page
def test_another_post_with_a_longer_marker_is_not_ours(name, platforms, tmp_path):
    connector = make(name, platforms.url)
    deliver(connector, worded(connector, folder=tmp_path, url=platforms.url, link=f"{contract.LINK}2"))
    ours = worded(connector, folder=tmp_path, url=platforms.url)
    expect(connector, ours, connector.prepare(ours, ""), found="")


@every_sandbox_page
def test_a_post_without_a_link_is_known_by_its_whole_text(name, platforms, tmp_path):
    connector = make(name, platforms.url)
    outgoing = worded(connector, folder=tmp_path, url=platforms.url, link="")
    longer = replace(outgoing, text=f"{outgoing.text} And so is the well.")
    platforms.scenario(connector.address, "accept_then_hang_up", times=1)
    _, draft = deliver(connector, outgoing)
    expect(connector, outgoing, draft, found=platforms.wall[0].id)
    expect(connector, longer, connector.prepare(longer, ""), found="")


def expect(connector, outgoing, draft, *, found: str) -> None:
    """The post is found, or surely absent; a platform that cannot be asked says so."""
    if not contract.READS_BACK[connector.name]:
        with pytest.raises(OutcomeUnknown):
            connector.find_existing(outgoing, draft)
        return
    seen = connector.find_existing(outgoing, draft)
    assert (seen.external_id if seen else "") == found
