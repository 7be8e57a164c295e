"""The pretended three legs of OAuth 1.0a at X: asking for a token, the page with the handles, and the keys.

https://docs.x.com/fundamentals/authentication/oauth-1-0a/obtaining-user-access-tokens
"""

import hmac
import secrets
from urllib.parse import urlencode, urlsplit

from connectors.sandbox.stage import person
from connectors.sandbox.stage.exchange import Exchange
from connectors.sandbox.stage.wire import Answer, Refused, json_answer
from connectors.sandbox.twitter import oauth1, users

_BUTTONS = (("allow", "Authorize app"), ("refuse", "Cancel"))
_TROUBLES = ("", "code_old", "server_error", "slow")
_READ_ONLY = '<label class="box"><input type="checkbox" name="read_only" value="1"> The app may only read</label>'


def answer(exchange: Exchange) -> Answer:
    """POST /oauth/request_token and /oauth/access_token, signed."""
    exchange.concerns("twitter")
    doors = {"/oauth/request_token": _request_token, "/oauth/access_token": _access_token}
    door = doors.get(exchange.request.path)
    if door is None or exchange.request.method != "POST":
        return json_answer(404, {"errors": [{"code": 34, "message": "Sorry, that page does not exist."}]})
    try:
        return door(exchange)
    except oauth1.BadSignature as error:
        raise _refused(401, 32, "Could not authenticate you.", reason=str(error)) from error


def _request_token(exchange: Exchange) -> Answer:
    given = oauth1.signed(exchange.request, exchange.world.url)
    callback = given.get("oauth_callback", "")
    if urlsplit(callback).hostname == "localhost" or not callback:
        raise _refused(403, 415, "Callback URL not approved for this client application. Approved callback URLs can be "
                                 "adjusted in your application settings")  # fmt: skip
    token, secret = f"rt-{secrets.token_urlsafe(18)}", secrets.token_urlsafe(18)
    kept = {"secret": secret, "callback": callback, "verifier": "", "handle": "", "trouble": ""}
    with exchange.world.lock:
        exchange.world.shelves["x_requests"][token] = kept
    return _form(oauth_token=token, oauth_token_secret=secret, oauth_callback_confirmed="true")


def authorize(exchange: Exchange) -> Answer:
    """GET /oauth/authorize?oauth_token=, and its form."""
    exchange.concerns("twitter")
    token = exchange.request.query.get("oauth_token", "")
    kept = exchange.world.shelves["x_requests"].get(token)
    if kept is None:
        return person.page("This page is no longer valid", "<p>The request token for this page is invalid.</p>")
    if exchange.request.method != "POST":
        handles = person.boxes("handle", ((one, f"@{one}") for one in person.HANDLES), kind="radio")
        return person.page("Authorize Autopost on X", handles + _READ_ONLY + person.troubles(_TROUBLES), _BUTTONS)
    choice = person.chosen(exchange.request)
    by_pin = kept["callback"] == "oob"
    if choice.get("choice", ["refuse"])[0] == "refuse":
        return person.page("You refused", "<p>Nothing happened.</p>") if by_pin else person.sent_back(
            kept["callback"], denied=token)  # fmt: skip
    verifier = f"{secrets.randbelow(10**7):07d}" if by_pin else secrets.token_urlsafe(18)
    with exchange.world.lock:
        kept |= {
            "verifier": verifier,
            "handle": choice.get("handle", [""])[0],
            "trouble": choice.get("trouble", [""])[0],
        }
        exchange.world.shelves["x_requests"][token] = kept
        exchange.world.shelves["x_read_only"][kept["handle"]] = "read_only" in choice
    if by_pin:
        return person.page("Your PIN", f"<p>Go back and type in: <b data-pin>{verifier}</b></p>")
    return person.sent_back(kept["callback"], oauth_token=token, oauth_verifier=verifier)


def _access_token(exchange: Exchange) -> Answer:
    token = oauth1.pairs_of(exchange.request).get("oauth_token", "")
    with exchange.world.lock:
        kept = exchange.world.shelves["x_requests"].get(token)
    if kept is None:
        raise _refused(401, 89, "Invalid or expired token.")
    given = oauth1.signed(exchange.request, exchange.world.url, token_secret=kept["secret"])
    verifier = given.get("oauth_verifier", "")
    if not kept["verifier"] or not hmac.compare_digest(verifier, kept["verifier"]) or kept["trouble"] == "code_old":
        raise _refused(401, 89, "Invalid or expired token.")
    if kept["trouble"] == "server_error":
        raise Refused(json_answer(500, {"errors": [{"code": 131, "message": "Internal error"}]}))
    if kept["trouble"] == "slow":
        exchange.pause(person.SLOW_SECONDS)
    with exchange.world.lock:
        exchange.world.shelves["x_requests"].pop(token, None)
    user = users.known(exchange.world, kept["handle"])
    keys = {"oauth_token": oauth1.TOKEN_PREFIX + user.handle, "oauth_token_secret": oauth1.TOKEN_SECRET}
    return _form(**keys, user_id=user.id, screen_name=user.handle)


def _form(**choice: str) -> Answer:
    return Answer(200, urlencode(choice).encode(), {"Content-Type": "text/html; charset=utf-8"})


def _refused(status: int, code: int, message: str, *, reason: str = "") -> Refused:
    answer = json_answer(status, {"errors": [{"code": code, "message": message}]})
    answer.headers |= {"X-Sandbox-Reason": reason} if reason else {}
    return Refused(answer)
