"""Every connector that the registry finds keeps what ``connectors.base`` promises."""

import contextlib
import logging
from dataclasses import replace
from pathlib import Path

import pytest

import connectors
from connectors.base import Connector, Published
from connectors.errors import NotReady, Rejected
from connectors.sandbox import SCENARIOS
from tests.connectors import contract
from tests.connectors.contract import PROMISES, deliver, every_platform, every_sandbox_page, make, worded

TEMPLATES = Path(__file__).parents[2] / "templates" / "captions"

every_day = pytest.mark.parametrize(
    ("name", "day"), [(name, day) for name in contract.names_in_sandbox() for day in SCENARIOS if PROMISES[name][day]]
)


class TestDeclarations:
    @every_platform
    def test_everything_is_declared(self, name):
        kind = connectors.get(name)
        assert kind.name == name == name.lower()
        assert kind.label and kind.where_to_look and kind.credential_keys
        assert kind.api_base.startswith("https://") and not kind.api_base.endswith("/")
        assert kind.api_base_setting.endswith("_API_URL")
        assert kind.markup in ("plain", "html")
        assert kind.limits.media_by in ("url", "bytes", "either")
        assert kind.limits.text >= kind.limits.text_with_media > 0
        assert kind.limits.media_bytes > 0 and all(kind_.startswith("image/") for kind_ in kind.limits.media_types)
        assert len({option.name for option in kind.options}) == len(kind.options)

    @every_platform
    def test_a_text_is_counted_from_nothing_upwards(self, name):
        length = connectors.get(name).limits.length
        assert (length(""), length("a"), length("abc")) == (0, 1, 3)

    @every_platform
    def test_the_module_names_the_vendor_s_pages(self, name):
        module = __import__(connectors.get(name).__module__, fromlist=["__doc__"])
        assert "https://" in module.__doc__

    @every_platform
    def test_there_is_a_caption_template(self, name):
        assert (TEMPLATES / f"{name}.txt").is_file()

    def test_no_name_or_alias_is_used_twice(self):
        words = [word for name in connectors.names() for word in (name, *connectors.get(name).aliases)]
        assert sorted(set(words)) == sorted(words)
        assert all(connectors.resolve_alias(f" {word.upper()} ") in connectors.names() for word in words)

    @every_platform
    def test_a_connector_does_not_print_its_secrets(self, name):
        connector = make(name, "http://127.0.0.1:1")
        assert not any(secret in f"{connector!r} {connector}" for secret in contract.entry_for(name).secrets)
        assert set(contract.entry_for(name).credentials.values()) <= set(connector.secrets)


class TestTheTable:
    @every_sandbox_page
    def test_it_names_every_scenario_and_only_those_the_platform_has(self, name):
        assert set(PROMISES[name]) == set(SCENARIOS)
        had = {day for day, promise in PROMISES[name].items() if promise is not contract.ABSENT}
        assert had == {day for day, scenario in SCENARIOS.items() if name in scenario.platforms}

    def test_every_pretended_platform_has_a_connector_and_an_entry(self):
        assert set(contract.IN_SANDBOX) == set(contract.ENTRIES) == set(contract.READS_BACK)
        assert set(contract.IN_SANDBOX) <= set(connectors.names())

    @every_sandbox_page
    def test_it_says_truly_who_can_be_asked(self, name):
        asks = connectors.get(name).find_existing is not Connector.find_existing
        assert asks == contract.READS_BACK[name]


class TestScenarios:
    @every_day
    def test_a_day_ends_as_promised_with_at_most_one_creating_call_and_no_secret_shown(
        self, name, day, platforms, tmp_path, caplog
    ):
        caplog.set_level(logging.DEBUG)
        caplog.set_level(logging.DEBUG, logger="urllib3")
        connector = make(name, platforms.url)
        platforms.scenario(connector.address, day, seconds=0.2 if day == "slow" else None)
        result, draft = deliver(connector, worded(connector, folder=tmp_path, url=platforms.url))
        assert type(result) is PROMISES[name][day], repr(result)
        assert len(platforms.creating_calls()) <= 1
        if SCENARIOS[day].created is not None:
            created = SCENARIOS[day].created and not isinstance(result, NotReady)
            assert len(contract.wall_texts(platforms, name)) == bool(created)
        shown = "".join([caplog.text, draft, *contract.everything_of(result)])
        assert caplog.text and not [secret for secret in contract.entry_for(name).secrets if secret in shown]

    @every_sandbox_page
    @pytest.mark.parametrize(("day", "reason"), [("no_permission", "permission"), ("billing", "billing")])
    def test_a_blocked_account_says_what_a_human_must_mend(self, name, day, reason, platforms, tmp_path):
        connector = make(name, platforms.url)
        platforms.scenario(connector.address, day)
        result, _ = deliver(connector, worded(connector, folder=tmp_path, url=platforms.url))
        expected = reason if PROMISES[name][day] else ""
        assert getattr(result, "reason", "") == expected

    @every_sandbox_page
    def test_a_limit_says_how_long_it_lasts(self, name, platforms, tmp_path):
        connector = make(name, platforms.url)
        platforms.scenario(connector.address, "rate_limit", seconds=600)
        result, _ = deliver(connector, worded(connector, folder=tmp_path, url=platforms.url))
        assert 590 <= result.retry_after <= 610

    @pytest.mark.parametrize(
        "name", [name for name in contract.names_in_sandbox() if PROMISES[name]["not_ready_twice"]]
    )
    def test_a_draft_that_needs_time_is_published_once_when_it_is_ready(self, name, platforms, tmp_path):
        connector = make(name, platforms.url)
        platforms.scenario(connector.address, "not_ready_twice", times=1)
        outgoing = worded(connector, folder=tmp_path, url=platforms.url)
        tries, draft = [], ""
        for _ in range(4):
            result, draft = deliver(connector, outgoing, draft)
            tries.append(type(result))
            if isinstance(result, Published):
                break
        assert tries == [NotReady, NotReady, Published]
        assert (len(platforms.wall), len(platforms.creating_calls())) == (1, 1)

    @every_sandbox_page
    @pytest.mark.parametrize("picture", [False, True])
    def test_a_post_is_made_by_exactly_one_call_and_says_where_it_is(self, name, picture, platforms, tmp_path):
        connector = make(name, platforms.url)
        outgoing = worded(connector, folder=tmp_path, url=platforms.url, picture=picture)
        published, _ = deliver(connector, outgoing)
        [posting] = platforms.wall
        assert published == Published(posting.id, published.permalink)
        assert contract.LINK in posting.links
        assert bool(posting.media_url) == bool(outgoing.media_url or outgoing.media_path)
        assert len(platforms.creating_calls()) == 1

    @every_sandbox_page
    def test_preparing_is_invisible_and_may_be_repeated(self, name, platforms, tmp_path):
        connector = make(name, platforms.url)
        outgoing = worded(connector, folder=tmp_path, url=platforms.url, picture=True)
        draft = connector.prepare(outgoing, "")
        assert connector.prepare(outgoing, draft) == draft
        assert (platforms.wall, platforms.creating_calls()) == ([], [])
        connector.publish(outgoing, draft)
        assert len(platforms.wall) == 1

    @every_sandbox_page
    def test_words_alone_are_prepared_without_a_call(self, name, platforms, tmp_path):
        """Or it is declared: else it would be done while a transaction is open."""
        connector = make(name, platforms.url)
        outgoing = worded(connector, folder=tmp_path, url=platforms.url)
        with contextlib.suppress(Rejected):
            connector.prepare(replace(outgoing, media=()), "")
        assert connector.words_need_preparing or platforms.calls == []

    @every_sandbox_page
    def test_a_text_of_exactly_the_limit_is_taken(self, name, platforms, tmp_path):
        connector = make(name, platforms.url)
        outgoing = worded(connector, folder=tmp_path, url=platforms.url, link="")
        most = connector.limits.text_with_media if connector.limits.needs_media else connector.limits.text
        longest = replace(outgoing, text="a" * most)
        assert isinstance(deliver(connector, longest)[0], Published)
