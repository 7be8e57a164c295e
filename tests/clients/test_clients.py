"""Clients that nobody here wrote, unmodified, against the sandbox: whatever they send for everyday work is taken."""

import json
from dataclasses import dataclass

import pytest
import requests

from connectors.sandbox import Posting, Sandbox
from tests.support import clients
from tests.support.silence import PATIENT

pytestmark = pytest.mark.clients


@dataclass
class Run:
    """What a program told, step by step, and what hung on the wall when it was done."""

    told: dict
    wall: list[Posting]
    pictures: dict[str, bytes]

    def result(self, step: str) -> object:
        """What a step gave."""
        assert "error" not in self.told[step], self.told[step]
        return self.told[step]["result"]

    def error(self, step: str) -> str:
        """What a step was refused with: the client's class and the words."""
        assert "error" in self.told[step], self.told[step]
        return self.told[step]["error"]

    def good(self, *steps: str) -> None:
        """All of these went well."""
        assert {step: self.told[step] for step in steps if "error" in self.told[step]} == {}


def _run(run, name: str, folder) -> Run:
    with Sandbox() as sandbox:
        for sample in ("photo.jpg", "photo.gif"):
            (folder / sample).write_bytes(
                requests.get(f"{sandbox.url}/_media/sample/{sample}", timeout=PATIENT).content
            )
        picture = f"{sandbox.url}/_media/sample/wide.jpg"
        try:
            told = json.loads(run(name, sandbox.url, picture, str(folder / "photo.jpg"), str(folder / "photo.gif")))
        except clients.Unavailable as reason:
            pytest.skip(str(reason))
        addresses = {post.media_url for post in sandbox.wall if post.media_url}
        shown = {address: requests.get(address, timeout=PATIENT).content for address in addresses}
        return Run(told, sandbox.wall, shown)


def _program(name: str):
    run = clients.run_node if name.endswith(".cjs") else clients.run_python

    @pytest.fixture(scope="module")
    def ran(tmp_path_factory):
        return _run(run, name, tmp_path_factory.mktemp("pictures"))

    return ran


ptb = _program("telegram_ptb")
aiogram = _program("telegram_aiogram")
meta = _program("meta_sdk")
tweepy = _program("x_tweepy")
grammy = _program("grammy.cjs")
twitter_api = _program("twitter_api_v2.cjs")


class TestPythonTelegramBot:
    def test_it_knows_itself_its_chat_and_its_rights(self, ptb):
        assert ptb.result("me")["is_bot"]
        assert ptb.result("chat")["type"] == "channel"
        member = ptb.result("member")
        assert (member["status"], member["can_post_messages"]) == ("administrator", True)

    def test_texts_pictures_and_uploads_go_out(self, ptb):
        kinds = [entity["type"] for entity in ptb.result("text")["entities"]]
        assert kinds == ["bold", "date_time"]
        ptb.good("entities", "by address", "upload")
        assert [post.text for post in ptb.wall] == ["Olympus is on", "Bold 😀", "Uploaded"]
        assert ptb.wall[-1].media_url in ptb.pictures

    def test_messages_are_edited_and_taken_back(self, ptb):
        assert ptb.result("edit")["text"] == "Olympus is on"
        assert ptb.error("edit again").startswith("BadRequest: Message is not modified")
        assert ptb.result("caption")["caption"] == "New caption"
        assert ptb.result("gone") is True
        assert ptb.error("gone again") == "BadRequest: Message to delete not found"

    def test_it_takes_no_refusal_for_another(self, ptb):
        assert ptb.error("not pretended") == "BadRequest: Senddice is documented but not pretended here"
        assert ptb.error("bad token").startswith("InvalidToken")
        assert "nsupported start tag" in ptb.error("bad tag")


@pytest.mark.parametrize("name", ["aiogram", "grammy"])
def test_typed_libraries_that_upload_in_chunks_get_through(name, request):
    ran = request.getfixturevalue(name)
    ran.good("me", "member", "text", "by address")
    if name == "aiogram":
        ran.good("chat")
    assert [post.text for post in ran.wall] == ["Olympus", "", "Uploaded"]
    assert ran.result("upload")["photo"][-1]["width"] == 1080
    assert "sendDice is documented but not pretended here" in ran.error("not pretended")


class TestMetasOwnSdk:
    def test_posts_photos_and_uploads_go_out(self, meta):
        meta.good("text", "by address", "upload")
        assert meta.result("instagram")[0] == "FINISHED"
        facebook = [post.text for post in meta.wall if post.platform == "facebook"]
        assert facebook == ["Olympus", "By address", "Uploaded"]
        assert [post.text for post in meta.wall if post.platform == "instagram"] == ["On Instagram"]

    @pytest.mark.parametrize("edge", ["published posts", "posts", "feed"])
    def test_every_list_of_the_page_can_be_gone_through(self, meta, edge):
        told = meta.result(edge)
        assert [row["message"] for row in told["rows"]] == ["Uploaded", "By address", "Olympus"]
        assert told["total"] == 3

    def test_so_can_those_of_the_account(self, meta):
        assert [row["caption"] for row in meta.result("media")["rows"]] == ["On Instagram"]
        (limit,) = meta.result("limit")["rows"]
        assert (limit["quota_usage"], limit["config"]["quota_total"]) == (1, 100)
        assert meta.result("read")["message"] == "Uploaded"

    def test_what_is_documented_is_told_from_what_is_a_typing_error(self, meta):
        assert "scheduled_publish_time: documented but not pretended here" in meta.error("scheduled")
        assert "The requested resource does not exist" in meta.error("carousel")
        assert "Unknown parameter(s): mesage" in meta.error("typing error")


class TestTweepy:
    def test_posts_go_out_and_are_read(self, tweepy):
        tweepy.good("me", "thread", "poll", "one")
        newest, first = tweepy.result("timeline")
        assert newest["text"] == "And more"
        assert first["entities"]["urls"][0]["expanded_url"] == "https://example.com/go/aB3"
        assert tweepy.result("several") == 1

    def test_posts_are_deleted(self, tweepy):
        assert tweepy.result("delete") == {"deleted": True}
        assert tweepy.error("gone").startswith("NotFound: 404")
        assert [post.text for post in tweepy.wall] == ["And more", "Which?", "Once"]

    @pytest.mark.parametrize(
        ("step", "error"),
        [
            ("bad settings", "BadRequest: 400"),
            ("half a poll", "BadRequest: 400"),
            ("reply to nothing", "Forbidden: 403"),
            ("two cashtags", "Forbidden: 403"),
            ("same again", "Forbidden: 403"),
            ("bad secret", "Unauthorized: 401"),
        ],
    )
    def test_what_x_refuses_is_refused(self, tweepy, step, error):
        assert tweepy.error(step).startswith(error)


class TestTwitterApi:
    def test_uploads_in_pieces_are_posted(self, twitter_api):
        twitter_api.good("me", "upload", "described", "with picture", "moving upload", "with moving picture")
        still, moving = twitter_api.wall[:2]
        assert (still.text, still.alt_text, moving.text) == ("With a picture", "Hills at dusk", "It moves")
        assert twitter_api.pictures[still.media_url][:2] == b"\xff\xd8"
        assert twitter_api.pictures[moving.media_url][:3] == b"GIF"

    def test_threads_lists_and_deletions_work(self, twitter_api):
        assert len(twitter_api.result("thread")) == 2
        assert [post["text"] for post in twitter_api.result("timeline")][:2] == [
            "Second of a thread",
            "First of a thread",
        ]
        twitter_api.good("one")
        assert twitter_api.result("delete")["data"] == {"deleted": True}
        assert [post.text for post in twitter_api.wall] == ["With a picture", "It moves", "First of a thread"]
        assert "400" in twitter_api.error("bad settings")


def test_the_weights_kept_for_our_tests_are_what_the_library_says_today():
    try:
        told = json.loads(clients.run_node("weights.cjs"))
    except clients.Unavailable as reason:
        pytest.skip(str(reason))
    assert told["texts"] > 200
    assert told["different"] == []
