"""Posts of the pretended X one by one: read, answered, corrected and deleted."""

import pytest
import requests

from tests.connectors.sandbox_calls import signed, x_get, x_post
from tests.support.silence import PATIENT

LINK = "https://example.com/go/aB3dE5fG"


def posted(sandbox, text="Olympus", handle="news_desk", **more):
    """The id of a new post."""
    answer = x_post(sandbox, handle, text=text, **more)
    assert answer.status_code == 201, answer.text
    return answer.json()["data"]["id"]


def delete(sandbox, identifier, handle="news_desk"):
    """DELETE /2/tweets/{id}"""
    return requests.delete(f"{sandbox.url}/2/tweets/{identifier}", auth=signed(handle), timeout=PATIENT)


def timeline(sandbox, **parameters):
    """The newest posts of news_desk."""
    user = x_get(sandbox, "users/me").json()["data"]["id"]
    return x_get(sandbox, f"users/{user}/tweets", **parameters).json()["data"]


@pytest.mark.parametrize("name", ["tweet.fields", "post.fields"])
def test_a_post_is_read_by_its_id(sandbox, name):
    identifier = posted(sandbox, f"Olympus {LINK}")
    told = x_get(sandbox, f"tweets/{identifier}", "other_desk", **{name: "entities,created_at,author_id"}).json()[
        "data"
    ]
    assert told["entities"]["urls"][0]["expanded_url"] == LINK
    assert told["author_id"] == x_get(sandbox, "users/me").json()["data"]["id"]
    assert told["edit_history_tweet_ids"] == [identifier]


def test_several_are_read_at_once_and_those_that_are_missing_are_named(sandbox):
    first, second = posted(sandbox, "One"), posted(sandbox, "Two")
    told = x_get(sandbox, "tweets", ids=f"{second},{first},77").json()
    assert [one["id"] for one in told["data"]] == [second, first]
    assert [(one["value"], one["resource_type"]) for one in told["errors"]] == [("77", "tweet")]
    assert x_get(sandbox, "tweets/77").json()["errors"][0]["type"].endswith("/resource-not-found")


@pytest.mark.parametrize("ids", ["", "x", ",".join(map(str, range(101)))])
def test_ids_that_are_none_or_too_many_are_refused(sandbox, ids):
    assert x_get(sandbox, "tweets", ids=ids).status_code == 400


def test_unknown_wishes_are_refused(sandbox):
    identifier = posted(sandbox)
    assert x_get(sandbox, f"tweets/{identifier}", count="1").status_code == 400
    assert x_get(sandbox, f"tweets/{identifier}", **{"post.fields": "marker"}).status_code == 400


def test_a_deleted_post_is_gone_and_the_second_time_it_is_not_there(sandbox):
    identifier, kept = posted(sandbox, "One"), posted(sandbox, "Two")
    assert delete(sandbox, identifier, "other_desk").status_code == 403
    assert delete(sandbox, identifier).json() == {"data": {"deleted": True}}
    again = delete(sandbox, identifier)
    assert (again.status_code, again.json()["type"].rpartition("/")[2]) == (404, "resource-not-found")
    assert [post.id for post in sandbox.wall] == [kept]
    assert [one["id"] for one in timeline(sandbox)] == [kept]
    assert x_post(sandbox, text="One").status_code == 201


def test_a_correction_has_an_id_of_its_own_and_hangs_in_the_old_one_s_place(sandbox):
    first = posted(sandbox, "Olimpus")
    posted(sandbox, "Another")
    second = posted(sandbox, "Olympus", edit_options={"previous_post_id": first})
    third = posted(sandbox, "Olympus!", edit_options={"previous_post_id": first})
    assert [(post.id, post.text) for post in sandbox.wall][0] == (third, "Olympus!")
    assert len(sandbox.wall) == 2
    told = x_get(sandbox, f"tweets/{third}", **{"tweet.fields": "edit_controls"}).json()["data"]
    assert told["edit_history_tweet_ids"] == [first, second, third]
    assert told["edit_controls"]["edits_remaining"] == 3
    assert x_get(sandbox, f"tweets/{first}").json()["data"]["text"] == "Olimpus"
    delete(sandbox, second)
    assert [post.text for post in sandbox.wall] == ["Another"]
    assert all("errors" in x_get(sandbox, f"tweets/{one}").json() for one in (first, second, third))


def test_five_corrections_are_the_most(sandbox):
    newest = posted(sandbox, "Version 0")
    for number in range(5):
        newest = posted(sandbox, f"Version {number + 1}", edit_options={"previous_post_id": newest})
    refused = x_post(sandbox, text="Version 6", edit_options={"previous_post_id": newest})
    assert (refused.status_code, sandbox.wall[0].text) == (403, "Version 5")


def test_what_cannot_be_corrected_is_refused(sandbox):
    theirs = posted(sandbox, "Theirs", "other_desk")
    poll = posted(sandbox, "Which?", poll={"options": ["this", "that"], "duration_minutes": 60})
    for identifier in (theirs, poll, "77"):
        assert x_post(sandbox, text="New", edit_options={"previous_post_id": identifier}).status_code == 403


def test_a_reply_needs_a_post_whose_author_asked_for_it(sandbox):
    silent, calling = posted(sandbox, "Quiet", "other_desk"), posted(sandbox, "Hey @News_Desk?", "other_desk")
    own = posted(sandbox, "A thread")
    answers = {
        target: x_post(sandbox, text=f"Reply to {target}", reply={"in_reply_to_tweet_id": target}).status_code
        for target in ("77", silent, calling, own)
    }
    assert answers == {"77": 403, silent: 403, calling: 201, own: 201}


def test_what_begins_with_a_name_is_listed_among_the_answers(sandbox):
    named, plain = posted(sandbox, f"@other_desk opens {LINK}"), posted(sandbox, f"Opens, @other_desk {LINK}")
    assert [post["id"] for post in timeline(sandbox)] == [plain, named]
    assert [post["id"] for post in timeline(sandbox, exclude="retweets,replies")] == [plain]


def test_quoting_is_not_for_self_serve_customers(sandbox):
    theirs = posted(sandbox, "Theirs", "other_desk")
    for target in (theirs, "77"):
        assert x_post(sandbox, text="Look", quote_tweet_id=target).status_code == 403
    assert len(sandbox.wall) == 1


def test_the_fields_of_one_name_may_be_passed_over(sandbox):
    posted(sandbox, f"Olympus {LINK}")
    sandbox.scenario("news_desk", "tweet_fields_ignored")
    (told,) = timeline(sandbox, **{"tweet.fields": "entities,created_at"})
    assert set(told) == {"id", "text", "edit_history_tweet_ids"} and "https://t.co/" in told["text"]
    (told,) = timeline(sandbox, **{"post.fields": "entities,created_at"})
    assert told["entities"]["urls"][0]["expanded_url"] == LINK and told["created_at"]
