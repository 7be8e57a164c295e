"""The wall over HTTP: as data, as a page, and the pictures that hang on it."""

import secrets
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from string import Template
from urllib.parse import unquote

from connectors import looks
from connectors.looks.cards import LABELS, icon
from connectors.looks.text import e
from connectors.sandbox.stage.exchange import Exchange
from connectors.sandbox.stage.samples import SLOW_SECONDS, sample
from connectors.sandbox.stage.scenarios import SCENARIOS
from connectors.sandbox.stage.wire import Answer, json_answer
from connectors.sandbox.stage.world import PLATFORMS, Posting
from connectors.sandbox.wall.cards import card_of, cards

#: What a beginner types after ``add_account <platform>``.
_FIRST_ACCOUNTS = {
    "facebook": "1029384756 --slug my-page --credential access_token=sandbox-page",
    "instagram": "17841400000000001 --slug my-gram --credential access_token=sandbox-gram",
    "telegram": "@my_channel --slug my-channel --credential bot_token=4242:sandbox-bot",
    "twitter": "my_desk --slug my-desk --credential api_key=sandbox-key --credential api_secret=sandbox-secret "
    "--credential access_token=sandbox-my_desk --credential access_token_secret=sandbox-token-secret",
}
_FOLDER = Path(__file__).with_name("page")


def _since(exchange: Exchange) -> int:
    text = exchange.request.query.get("since", "0")
    return int(text) if text.isdigit() else 0


def as_json(exchange: Exchange) -> Answer:
    """GET /wall.json: ``{"posts": [...], "counts": {platform: n}, "creating_calls": n, "total": n, "edited": moment}``,
    oldest first; ``edited`` is when a text was last changed, "" for never.

    ``?since=n`` leaves out the first n posts of the wall.
    """
    with exchange.world.lock:
        wall, creating = list(exchange.world.wall), sum(call.creates for call in exchange.world.calls)
    answer = {
        "posts": [post.as_json() for post in wall[_since(exchange) :]],
        "counts": _counts(wall),
        "creating_calls": creating,
        "total": len(wall),
        "edited": _edited(wall),
    }
    return json_answer(200, answer, Cache_Control="no-store")


def _edited(wall: Sequence[Posting]) -> str:
    return max((post.edited_at.isoformat() for post in wall if post.edited_at), default="")


def _counts(wall: Sequence[Posting]) -> dict[str, int]:
    return {platform: sum(post.platform == platform and not post.reply_to for post in wall) for platform in PLATFORMS}


def picture(exchange: Exchange) -> Answer:
    """GET /_media/<key> and /_media/sample/<name>."""
    name = exchange.request.path.removeprefix("/_media/")
    if name == "sample/slow.jpg":
        exchange.pause(SLOW_SECONDS)
    if name.startswith("sample/"):
        kept = sample(name.removeprefix("sample/"))
    else:
        kept = exchange.world.pictures.get(name)
    if kept is None:
        return json_answer(404, {"error": "No such picture."})
    headers = {"Content-Type": kept[1], "Cache-Control": "max-age=3600", "X-Content-Type-Options": "nosniff"}
    return Answer(200, kept[0], headers)


def cards_since(exchange: Exchange) -> Answer:
    """GET /_posts?since=n: the cards the page does not show yet, newest first: ``{platform: html}``."""
    with exchange.world.lock:
        wall = list(exchange.world.wall)
    since, names = _since(exchange), exchange.world.names
    return json_answer(
        200, {platform: cards(wall, platform, names, since=since) for platform in PLATFORMS}, Cache_Control="no-store"
    )


@cache
def _file(name: str) -> str:
    return (_FOLDER / name).read_text(encoding="utf-8")


def as_page(exchange: Exchange) -> Answer:
    """GET /: the four feeds beside each other."""
    with exchange.world.lock:
        wall, creating = list(exchange.world.wall), sum(call.creates for call in exchange.world.calls)
    counts, names = _counts(wall), exchange.world.names
    feeds = "".join(_feed(platform, counts[platform], cards(wall, platform, names)) for platform in PLATFORMS)
    switch = "".join(
        f'<button type="button" role="tab" data-platform="{platform}" aria-selected="{str(not place).lower()}">'
        f"{icon(platform)}<span>{LABELS[platform]}</span><em data-count>{counts[platform]}</em></button>"
        for place, platform in enumerate(PLATFORMS)
    )
    addresses = sorted({post.address for post in wall})
    return _page(
        exchange,
        "wall.html",
        feeds=feeds,
        switch=switch,
        total=len(wall),
        edited=_edited(wall),
        creating=creating,
        addresses="".join(f'<option value="{e(address)}">' for address in addresses),
        scenarios="".join(
            f'<option value="{one.name}">{e(one.name.replace("_", " "))}</option>' for one in SCENARIOS.values()
        ),
        meanings="".join(f'<p data-for="{one.name}" hidden>{e(one.meaning)}</p>' for one in SCENARIOS.values()),
    )


def _feed(platform: str, count: int, cards: str) -> str:
    return (
        f'<section class="feed {platform}" data-platform="{platform}" aria-label="{LABELS[platform]}">'
        f"<h2>{icon(platform)}{LABELS[platform]}<em data-count>{count}</em></h2>"
        f'<div class="posts" tabindex="0">{cards}</div>{_empty(platform)}</section>'
    )


def _empty(platform: str) -> str:
    command = f"python manage.py add_account {platform} {_FIRST_ACCOUNTS[platform]}".replace(" --", " \\\n  --")
    return (
        f'<div class="empty">{icon(platform)}<p><b>Nothing here yet</b></p>'
        "<p>With <code>SANDBOX=true</code>, give Autopost a pretended account:</p>"
        f"<pre>{command}</pre>"
        "<p>What you publish then shows up here by itself.</p></div>"
    )


def one_post(exchange: Exchange) -> Answer:
    """GET /_post/<platform>/<id>: one post alone; also by the last part of its permalink."""
    _, _, platform, *rest = unquote(exchange.request.path).split("/")
    name = "/".join(rest)
    with exchange.world.lock:
        wall = list(exchange.world.wall)
    fitting = [post for post in wall if post.platform == platform and name in _names(post)]
    status, body = (
        (200, card_of(fitting[-1], wall, exchange.world.names))
        if fitting
        else (404, "<p>This post is not (or no longer) on the wall.</p>")
    )
    return _page(exchange, "post.html", status=status, card=body, platform=platform if fitting else "none")


def _names(post: Posting) -> set[str]:
    return {post.id, f"{post.address}/{post.id}", post.permalink.rpartition("/")[2]}


def _page(_exchange: Exchange, name: str, *, status: int = 200, **parts: object) -> Answer:
    nonce = secrets.token_urlsafe(12)
    style, script = _file("frame.css") + looks.sheet("cards.css"), _file("wall.js")
    text = Template(_file(name)).substitute(
        parts, style=style, script=script, icons=looks.sheet("icons.svg"), nonce=nonce
    )
    policy = (
        "default-src 'none'; img-src 'self' data:; media-src 'self'; style-src 'unsafe-inline'; "
        f"script-src 'nonce-{nonce}'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
    headers = {
        "Content-Type": "text/html; charset=utf-8",
        "Cache-Control": "no-store",
        "Content-Security-Policy": policy,
    }
    return Answer(
        status, text.encode(), headers | {"Referrer-Policy": "no-referrer", "X-Content-Type-Options": "nosniff"}
    )
