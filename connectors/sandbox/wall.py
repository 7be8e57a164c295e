"""The wall over HTTP: as data, as a page, and the pictures that hang on it."""

from connectors.sandbox.exchange import Exchange
from connectors.sandbox.samples import SLOW_SECONDS, sample
from connectors.sandbox.wire import Answer, json_answer
from connectors.sandbox.world import PLATFORMS


def as_json(exchange: Exchange) -> Answer:
    """GET /wall.json: ``{"posts": [...], "counts": {platform: n}, "creating_calls": n}``, oldest post first."""
    with exchange.world.lock:
        posts = [post.as_json() for post in exchange.world.wall]
        creating = sum(call.creates for call in exchange.world.calls)
    counts = {platform: sum(post["platform"] == platform for post in posts) for platform in PLATFORMS}
    return json_answer(200, {"posts": posts, "counts": counts, "creating_calls": creating}, Cache_Control="no-store")


def picture(exchange: Exchange) -> Answer:
    """GET /_media/<key> and /_media/sample/<name>."""
    name = exchange.request.path.removeprefix("/_media/")
    if name == "sample/slow.jpg":
        exchange.pause(SLOW_SECONDS)
    kept = sample(name.removeprefix("sample/")) if name.startswith("sample/") else exchange.world.pictures.get(name)
    if kept is None:
        return json_answer(404, {"error": "No such picture."})
    return Answer(
        200, kept[0], {"Content-Type": kept[1], "Cache-Control": "max-age=3600", "X-Content-Type-Options": "nosniff"}
    )


def as_page(exchange: Exchange) -> Answer:
    """GET /: the feeds."""
    return as_json(exchange)


def one_post(exchange: Exchange) -> Answer:
    """GET /_post/<platform>/<id>: one post alone."""
    return as_json(exchange)
