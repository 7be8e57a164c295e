"""The API speaks English, whatever language its caller, or the browser it runs in, prefers."""

import pytest
from django.utils import translation

from social_queue.models import Post
from tests import factories

LONG = {"title": "T" * 200, "summary": "word " * 900, "link": "https://example.com/", "hashtags": ["a"] * 40}


@pytest.fixture(params=["header", "cookie"])
def indonesian(request, client):
    """Headers of a caller who prefers Indonesian, by header or by the cookie that the admin leaves."""
    if request.param == "cookie":
        client.cookies["django_language"] = "id"
    yield {} if request.param == "cookie" else {"Accept_Language": "id"}
    translation.deactivate()


def test_the_problems_of_a_preview_are_in_english(bot, indonesian):
    english = bot.post("preview", LONG | {"channels": ["facebook"]}, Accept_Language="en").json()
    problems = [problem["message"] for post in english["posts"] for problem in post["problems"]]
    again = bot.post("preview", LONG | {"channels": ["telegram", "facebook"]}, **indonesian).json()
    said = [problem["message"] for post in again["posts"] for problem in post["problems"]]
    assert any("was shortened to fit" in message for message in said)
    assert not any("dipendekkan" in message for message in said + problems)


@pytest.mark.parametrize("body", [{"title": 7, "link": "x", "publish_at": "soon", "meta": {"variant": "Z"}}, "{", []])
def test_what_is_wrong_with_a_body_is_said_in_english(bot, body, indonesian):
    plain = bot.post("ingest", body, Accept_Language="en")
    told = bot.post("ingest", body, **indonesian)
    assert (told.status_code, told.content) == (plain.status_code, plain.content)


@pytest.mark.parametrize("path", ["ingest", "nothing", "queue/77", "queue?status=nonsense", "posts?after=x"])
def test_refusals_are_in_english(bot, path, indonesian):
    plain, told = bot.get(path, Accept_Language="en"), bot.get(path, **indonesian)
    assert (told.status_code, told.content) == (plain.status_code, plain.content)


def test_why_an_operation_left_a_post_alone_is_said_in_english(bot, indonesian, desk_accounts):
    post = factories.make_post(account=desk_accounts[0], status=Post.Status.PUBLISHED, external_id="7")
    answers = [
        bot.post(f"queue/{post.item_id}/cancel", **headers) for headers in ({"Accept_Language": "en"}, indonesian)
    ]
    assert answers[0].content == answers[1].content


def test_no_answer_of_the_api_varies_by_language(bot, indonesian):
    answer = bot.get("queue", **indonesian)
    assert "Accept-Language" not in answer.get("Vary", "")
    assert answer["Content-Language"] == "en"


def test_an_editor_who_reads_indonesian_next_to_it_still_does(client, admin_client, indonesian, caller):
    caller().get("queue", **indonesian)
    page = admin_client.get("/admin/", headers={"Accept-Language": "id"}).content.decode()
    assert "Perlu tindakan Anda" in page
