"""The MCP server, driven by the official SDK's own client over standard input and output."""

import asyncio
import json
import os
import sys

import pytest
from mcp import Client, StdioServerParameters

from social_queue.media import carried
from social_queue.models import Errand, Event, Part, PlatformAccount, Post, QueueItem
from tests.factories import make_account, make_item, make_post
from tests.support.environment import ROOT

pytestmark = pytest.mark.django_db(transaction=True)
TOOLS = {
    *("preview_item", "enqueue_item", "find_items", "get_item", "cancel_item", "retry_item", "recall_item"),
    *("list_accounts", "next_slots", "click_report", "correct_post", "read_events"),
}
ITEM = {"title": "Gates", "link": "https://example.com/p", "publish_at": "2030-01-01T00:00:00Z"}


def _talk(desk, conversation, program=("manage.py", "mcp")):
    """What ``conversation(client)`` returns, with the server as a process of its own."""
    url, key = desk
    server = StdioServerParameters(
        command=sys.executable,
        args=[str(ROOT / program[0]), *program[1:]],
        env=os.environ | {"AUTOPOST_URL": url, "AUTOPOST_KEY": key},
    )

    async def run():
        async with Client(server, read_timeout_seconds=240) as client:
            return await conversation(client)

    return asyncio.run(run())


def test_an_agent_looks_queues_twice_makes_one_item_and_cancels_it(desk):
    async def conversation(client):
        tools = {tool.name: tool for tool in (await client.list_tools()).tools}
        said = [await client.call_tool(*call) for call in (
            ("list_accounts", {}),
            ("preview_item", {"title": "Gates", "link": "https://example.com/p"}),
            ("enqueue_item", ITEM),
            ("enqueue_item", ITEM),
        )]  # fmt: skip
        number = said[2].structured_content["id"]
        said.append(await client.call_tool("cancel_item", {"item_id": number}))
        said.append(await client.call_tool("get_item", {"item_id": number}))
        limits = await client.read_resource("autopost://limits")
        return tools, said, limits

    tools, said, limits = _talk(desk, conversation)
    assert set(tools) == TOOLS
    assert all(len(tool.description) > 40 for tool in tools.values())
    assert not [answer.content for answer in said if answer.is_error]
    accounts, preview, first, second, cancelled, item = (answer.structured_content for answer in said)
    assert [row["slug"] for row in accounts["accounts"]] == ["fb-page", "tg-news"]
    assert preview["posts"][0]["caption"]
    assert first == second
    assert QueueItem.objects.count() == 1
    assert item["status"] == cancelled["status"] == "cancelled"
    assert json.loads(limits.contents[0].text)["tg-news"]["text"] > 0


def test_an_item_may_carry_several_pictures_and_repeat(desk):
    media = [{"url": "https://example.com/a.jpg", "alt": "A gate"}, {"url": "https://example.com/b.jpg"}]
    several = ITEM | {"media": media, "repeat": {"rrule": "FREQ=WEEKLY;BYDAY=MO,TH"}}

    async def conversation(client):
        return [await client.call_tool("enqueue_item", body) for body in (several, several, several | {"media": []})]

    first, second, third = _talk(desk, conversation)
    assert not any(answer.is_error for answer in (first, second, third)), (first.content, third.content)
    assert first.structured_content == second.structured_content != third.structured_content
    item = QueueItem.objects.get(pk=first.structured_content["id"])
    assert [medium.alt for medium in carried.of(item)] == ["A gate", ""]
    assert item.series.rule == "FREQ=WEEKLY;BYDAY=MO,TH"


def test_what_was_queued_is_corrected_and_what_happened_is_read_by_tools_alone(desk):
    declared = ITEM | {"ai": {"generated": True}, "follow_ups": [{"text": "More: {link}"}]}
    for number in range(3):
        Event.objects.create(type="item.posted", source="bot", data={"item": {"id": number}})

    async def conversation(client):
        shown = await client.call_tool(
            "preview_item", {name: declared[name] for name in ("title", "link", "ai", "follow_ups")}
        )
        queued = await client.call_tool("enqueue_item", declared)
        post = queued.structured_content["posts"][0]["id"]
        corrected = await client.call_tool("correct_post", {"post_id": post, "caption": "Gates, seen from {link}"})
        first = await client.call_tool("read_events", {"limit": 2})
        rest = await client.call_tool("read_events", {"after": first.structured_content["next_after"]})
        return shown, queued, corrected, first, rest

    shown, queued, corrected, first, rest = _talk(desk, conversation)
    assert not [answer.content for answer in (queued, corrected, first, rest) if answer.is_error]
    assert shown.structured_content["posts"]
    item = QueueItem.objects.get()
    assert (item.ai, len(item.follow_ups)) == ({"generated": True}, 1)
    assert "seen from" in Post.objects.get(pk=corrected.structured_content["id"]).caption
    seen = [*first.structured_content["events"], *rest.structured_content["events"]]
    assert [event["data"]["item"]["id"] for event in seen] == [0, 1, 2]


def test_a_follow_up_that_is_out_is_corrected_by_its_number(desk):
    post = make_post(
        make_item(source="bot"), PlatformAccount.objects.get(slug="tg-news"), status="published", external_id="7"
    )
    other = make_post(make_item(source="bot"), make_account("twitter"), status="published", external_id="8")
    for number, text in ((2, "One"), (3, "Two")):
        fields = {"status": "published", "external_id": str(number + 6), "text": text}
        Part.objects.create(post=post, account=post.account, number=number, **fields)

    async def conversation(client):
        wish = {"post_id": post.pk, "caption": "Better", "part": 3}
        corrected = await client.call_tool("correct_post", wish)
        again = await client.call_tool("correct_post", wish)
        nowhere = await client.call_tool("correct_post", wish | {"part": 4})
        never = await client.call_tool("correct_post", {"post_id": other.pk, "caption": "Better"})
        return corrected, again, nowhere, never

    corrected, again, nowhere, never = _talk(desk, conversation)
    assert not corrected.is_error and corrected.structured_content == again.structured_content
    assert [row["correction"] and row["correction"]["caption"] for row in corrected.structured_content["parts"]] == [
        None,
        None,
        "Better",
    ]
    assert Errand.objects.get().part.number == 3
    assert nowhere.is_error and "must be one of 1, 2, 3" in nowhere.content[0].text
    assert never.is_error and "Premium" in never.content[0].text and "recall_item deletes it" in never.content[0].text


@pytest.mark.parametrize(
    ("wrong", "name"),
    [
        ({"publishAt": "2030-01-01T00:00:00Z"}, "publishAt"),
        ({"channel": ["tg-news"]}, "channel"),
        ({"text": 1}, "text"),
    ],
)
def test_an_argument_that_is_none_is_named_and_nothing_is_queued(desk, wrong, name):
    """Left out, a misspelt moment is now, and a misspelt list of accounts is every one."""

    async def conversation(client):
        tools = {tool.name: tool for tool in (await client.list_tools()).tools}
        return tools, await client.call_tool("enqueue_item", ITEM | wrong)

    tools, refused = _talk(desk, conversation)
    assert refused.is_error and f"{name}: not an argument here. Known are title, link" in refused.content[0].text
    assert not QueueItem.objects.exists()
    assert all(tool.input_schema["additionalProperties"] is False for tool in tools.values())


def test_no_account_is_not_every_account(desk):
    async def conversation(client):
        return await client.call_tool("enqueue_item", ITEM | {"channels": []})

    refused = _talk(desk, conversation)
    assert refused.is_error and "channels" in refused.content[0].text
    assert not QueueItem.objects.exists()


def test_what_the_api_takes_the_tool_takes(desk):
    said = {"meta": {"variant": "A"}, "alt_text": "A gate", "image_url": "https://example.com/a.jpg"}
    said |= {"callback_url": "https://example.com/heard"}

    async def conversation(client):
        return await client.call_tool("enqueue_item", ITEM | said)

    queued = _talk(desk, conversation)
    item = QueueItem.objects.get(pk=queued.structured_content["id"])
    assert (item.meta["variant"], item.callback_url) == ("A", "https://example.com/heard")
    assert [medium.alt for medium in carried.of(item)] == ["A gate"]


def test_a_refusal_says_what_to_do(desk):
    async def conversation(client):
        bad = await client.call_tool("enqueue_item", {"title": "", "link": "nowhere"})
        gone = await client.call_tool("get_item", {"item_id": 4711})
        return bad, gone

    bad, gone = _talk(desk, conversation)
    assert bad.is_error and "title must not be empty." in bad.content[0].text
    assert gone.is_error and "find_items" in gone.content[0].text


def test_a_key_that_is_none_is_said_so(desk):
    async def conversation(client):
        return await client.call_tool("list_accounts", {})

    answer = _talk((desk[0], "ap_no_key"), conversation)
    assert answer.is_error and "AUTOPOST_KEY" in answer.content[0].text
