"""Users of the pretended X: every handle is one, its number follows from its letters.

https://docs.x.com/x-api/users/user-lookup-me · https://docs.x.com/x-api/users/user-lookup-by-username
"""

import hashlib
import re
from dataclasses import dataclass

from connectors.sandbox.stage.exchange import Exchange
from connectors.sandbox.stage.wire import Answer, json_answer
from connectors.sandbox.stage.world import World
from connectors.sandbox.twitter.refusals import invalid, missing

_USER_FIELDS = {"id", "name", "username", "created_at", "description", "location", "pinned_tweet_id",
                "profile_image_url", "protected", "public_metrics", "url", "verified", "verified_type",
                "entities"}  # fmt: skip
_LOOKUP = {"user.fields", "expansions", "tweet.fields", "post.fields"}


@dataclass(frozen=True)
class User:
    """One account of the pretended X."""

    id: str
    handle: str

    @property
    def name(self) -> str:
        return self.handle.replace("_", " ").title()


def known(world: World, handle: str) -> User:
    """The user with this handle (without @), remembered so that his id can be looked up."""
    number = int(hashlib.sha256(handle.lower().encode()).hexdigest()[:14], 16)
    user = User(f"1{number:017d}"[:18], handle)
    with world.lock:
        world.shelves["users"][user.id] = user
    return user


def me(exchange: Exchange, user: User, _match: re.Match) -> Answer:
    """GET /2/users/me"""
    return _told(exchange, user)


def by_username(exchange: Exchange, _user: User, match: re.Match) -> Answer:
    """GET /2/users/by/username/{handle}"""
    if not re.fullmatch(r"\w{1,20}", match["handle"]):
        raise invalid("The `username` query parameter value is not valid", username=match["handle"])
    if match["handle"].lower().startswith("nobody"):
        return missing("username", match["handle"])
    return _told(exchange, known(exchange.world, match["handle"]))


def _told(exchange: Exchange, user: User) -> Answer:
    query = exchange.request.query
    check_query(query, _LOOKUP)
    asked = {name for name in query.get("user.fields", "").split(",") if name}
    if asked - _USER_FIELDS:
        name = sorted(asked - _USER_FIELDS)[0]
        raise invalid(
            f"The `user.fields` query parameter value [{name}] is not one of the allowed ones", **{"user.fields": name}
        )
    more = {"verified": False, "protected": False, "description": "Pretended by the sandbox."}
    answer = {"id": user.id, "name": user.name, "username": user.handle}
    return json_answer(200, {"data": answer | {name: value for name, value in more.items() if name in asked}})


def check_query(query: dict[str, str], known_names: set[str]) -> None:
    """Refuse a query parameter that the page of the endpoint does not name."""
    for name in query:
        if name not in known_names:
            allowed = ",".join(sorted(known_names))
            raise invalid(f"The query parameter [{name}] is not one of [{allowed}]", **{name: query[name]})
