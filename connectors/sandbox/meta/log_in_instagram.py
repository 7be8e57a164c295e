"""The pretended Instagram Login: one account, professional or personal, by an app of its own.

https://developers.facebook.com/docs/instagram-platform/instagram-api-with-instagram-login/business-login
"""

from connectors.sandbox.meta import grants
from connectors.sandbox.meta.common import graph_answer, parameters
from connectors.sandbox.stage import person
from connectors.sandbox.stage.exchange import Exchange
from connectors.sandbox.stage.wire import Answer, Refused, json_answer

#: The sandbox' Meta app has the same id on both ways; its Instagram secret is the same too.
INSTAGRAM_APP_ID, INSTAGRAM_APP_SECRET = "sandbox-app", "sandbox-app-secret"
_PARAMETERS = {"client_id", "redirect_uri", "state", "response_type", "scope", "force_reauth", "enable_fb_login"}
_FORM = {"client_id", "client_secret", "grant_type", "redirect_uri", "code"}
_BUTTONS = (("allow", "Allow"), ("refuse", "Cancel"), ("leave_out", "Allow all but publishing"))
_TROUBLES = ("", "code_used", "code_old", "no_role", "not_business", "server_error", "slow")
#: Graph's subcode of a code that is used or unknown, and what this host says of one.
_USED, _NO_CODE = 36009, "Matching code was not found or was already used"


def authorize(exchange: Exchange) -> Answer:
    """GET /oauth/authorize, and its form."""
    exchange.concerns("instagram")
    query = exchange.request.query
    if query.get("client_id") != INSTAGRAM_APP_ID or not query.get("redirect_uri") or set(query) - _PARAMETERS:
        raise _refused("Invalid platform app")
    if exchange.request.method != "POST":
        accounts = person.boxes("gram", person.GRAMS.items(), kind="radio")
        rights = person.boxes("scope", ((one, one) for one in query.get("scope", "").split(",")))
        body = f"<p><b>Account</b></p>{accounts}<p><b>Rights</b></p>{rights}{person.troubles(_TROUBLES)}"
        return person.page("Log in with Instagram", body, _BUTTONS)
    found, back = person.chosen(exchange.request), query["redirect_uri"]
    choice, state = found.get("choice", ["refuse"])[0], query.get("state", "")
    if choice == "refuse":
        refused = {"error": "access_denied", "error_reason": "user_denied", "state": state}
        return person.sent_back(back, **refused, error_description="The user denied your request")
    scopes = [one for one in found.get("scope", []) if choice != "leave_out" or "publish" not in one]
    gram, trouble = found.get("gram", [""])[0], found.get("trouble", [""])[0]
    asked = query.get("scope", "").split(",")
    code = grants.new_code(exchange, back=back, pages=[], scopes=scopes, asked=asked, trouble=trouble, gram=gram)
    return person.sent_back(back, code=code, state=state)


def for_code(exchange: Exchange) -> Answer:
    """POST api.instagram.com/oauth/access_token: a token of an hour."""
    exchange.concerns("instagram")
    given = parameters(exchange)
    if set(given) - _FORM or given.get("grant_type") != "authorization_code":
        raise _refused("Invalid grant_type or an unknown parameter")
    if given.get("client_id") != INSTAGRAM_APP_ID or given.get("client_secret") != INSTAGRAM_APP_SECRET:
        raise _refused("Error validating client secret.")
    kept = grants.spend(exchange, given.get("code", ""), given.get("redirect_uri", ""), _not_taken)
    token = f"sandbox-{kept['gram']}"
    with exchange.world.lock:
        exchange.world.shelves["grants"][token] = kept
    return graph_answer({"access_token": token, "user_id": int(kept["gram"]), "permissions": kept["scopes"]})


def _refused(message: str, *, status: int = 400) -> Refused:
    """This host's own shape of an error, which is not Graph's: its page shows a sample of a rejected code."""
    return Refused(json_answer(status, {"error_type": "OAuthException", "code": status, "error_message": message}))


def _not_taken(_code: int, message: str, *, subcode: int = 0, status: int = 400) -> Refused:
    return _refused(_NO_CODE if subcode == _USED else message, status=status)
