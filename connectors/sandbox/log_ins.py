"""Log-in pages and exchanges under paths that vendors share: who is meant follows from the call."""

from connectors.sandbox.meta import front, log_in_instagram
from connectors.sandbox.stage.exchange import Exchange
from connectors.sandbox.stage.wire import Answer, json_answer
from connectors.sandbox.twitter import log_in as twitter


def answer(exchange: Exchange) -> Answer:
    """X signs its calls and names an ``oauth_token``; Meta's have a ``client_id``."""
    request = exchange.request
    if request.path == "/oauth/authorize":
        return twitter.authorize(exchange) if "oauth_token" in request.query else log_in_instagram.authorize(exchange)
    if request.path == "/oauth/access_token" and request.method != "POST":
        return front.answer(exchange)
    if request.headers.get("authorization", "").lower().startswith("oauth "):
        return twitter.answer(exchange)
    if request.path == "/oauth/access_token":
        return log_in_instagram.for_code(exchange)
    return json_answer(404, {"error": f"No pretended platform answers {request.method} {request.path}."})
