"""What holds for any platform on the wire, also for one the sandbox does not know: tokens, refusals, half answers."""

import logging

import pytest

from connectors.errors import OutcomeUnknown, Rejected, TransientError
from tests.connectors import contract
from tests.connectors.contract import deliver, every_platform, every_sandbox_page, make, worded
from tests.connectors.rawserver import HALF_ANSWERS, RawServer, answer, closed_port


class TestTokens:
    @every_sandbox_page
    def test_a_working_token_is_valid(self, name, platforms):
        status = make(name, platforms.url).check_token()
        assert status.valid and status.checked and status.account_name and not status.scopes_missing

    @every_sandbox_page
    def test_an_expired_token_is_not_valid_and_not_shown(self, name, platforms, caplog):
        caplog.set_level(logging.DEBUG)
        connector = make(name, platforms.url)
        platforms.scenario(connector.address, "token_expired")
        status = connector.check_token()
        assert not status.valid and status.detail
        assert not [secret for secret in contract.entry_for(name).secrets if secret in f"{status!r}{caplog.text}"]

    @every_platform
    def test_a_platform_that_cannot_be_reached_tells_nothing_about_a_token(self, name):
        with pytest.raises(TransientError):
            make(name, f"http://127.0.0.1:{closed_port()}").check_token()

    @every_platform
    @pytest.mark.parametrize("half", HALF_ANSWERS)
    def test_half_an_answer_tells_nothing_about_a_token(self, name, half):
        with RawServer(HALF_ANSWERS[half]) as server, pytest.raises(TransientError):
            make(name, server.url).check_token()


class TestTheWire:
    """What holds for any platform, also for one the sandbox does not know."""

    @every_platform
    def test_a_refused_connection_surely_made_nothing(self, name, tmp_path):
        url = f"http://127.0.0.1:{closed_port()}"
        connector = make(name, url)
        outgoing = worded(connector, folder=tmp_path, url=url)
        assert isinstance(deliver(connector, outgoing)[0], TransientError)
        with pytest.raises(TransientError):
            connector.publish(outgoing, "17990000000000001")

    @every_platform
    @pytest.mark.parametrize("half", HALF_ANSWERS)
    def test_half_an_answer_leaves_the_outcome_unknown_after_one_call(self, name, half, tmp_path):
        with RawServer(HALF_ANSWERS[half]) as server:
            connector = make(name, server.url)
            with pytest.raises(OutcomeUnknown):
                connector.publish(worded(connector, folder=tmp_path, url=server.url), "17990000000000001")
            assert len(server.asked) == 1

    @every_platform
    @pytest.mark.parametrize("half", HALF_ANSWERS)
    def test_half_an_answer_is_no_proof_of_absence(self, name, half, tmp_path):
        with RawServer(HALF_ANSWERS[half]) as server:
            connector = make(name, server.url)
            with pytest.raises(OutcomeUnknown):
                connector.find_existing(worded(connector, folder=tmp_path, url=server.url), "17990000000000001")

    @every_platform
    @pytest.mark.parametrize(
        "body", [b'{"error": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", b"<html>No.</html>", b"\xff"]
    )
    def test_a_refusal_that_cannot_be_read_is_a_refusal(self, name, body, tmp_path):
        with RawServer(answer(400, body=body)) as server:
            connector = make(name, server.url)
            with pytest.raises(Rejected, match="400"):
                connector.publish(worded(connector, folder=tmp_path, url=server.url), "17990000000000001")

    @every_platform
    @pytest.mark.parametrize("status", contract.BARE_STATUSES)
    def test_a_status_without_a_word_follows_the_general_rule(self, name, status, tmp_path):
        with RawServer(answer(status, {})) as server:
            connector = make(name, server.url)
            with pytest.raises(contract.BARE_STATUSES[status]) as caught:
                connector.publish(worded(connector, folder=tmp_path, url=server.url), "17990000000000001")
            assert caught.value.http_status == status
            assert len(server.asked) == 1
