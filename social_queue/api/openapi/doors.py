"""How the doors for events, subscriptions and accounts are described."""

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiResponse, extend_schema

import connectors
from social_queue.api.openapi import event_answers as answers
from social_queue.api.openapi import schema, shapes
from social_queue.api.openapi.examples import bodies
from social_queue.api.paging.cursors import LARGEST_SIZE, USUAL_SIZE

_PAGES = [
    schema.query("cursor", "From next or previous."),
    schema.query("page_size", f"1 to {LARGEST_SIZE}, usually {USUAL_SIZE}.", kind=OpenApiTypes.INT),
]
_MINE = "A key reaches the subscriptions that it made; with the scope manage all of them."
_EVENT = {
    "id": "evt_0f8fad5bd9cb469fa16570867728950e",
    "sequence": 41,
    "type": "post.published",
    "occurred_at": "2026-12-01T12:00:03.120000Z",
    "data": {
        "item": {"id": 17, "reference": "offer-9", "title": "Gates of Olympus", "status": "posted"},
        "post": {
            "id": 23,
            "status": "published",
            "external_id": "1029384756_77",
            "permalink": "https://social.example/77",
            "error_kind": "",
            "error": "",
        },
        "account": {"slug": "our-page", "platform": connectors.names()[0]},
    },
}

EVENTS = extend_schema(
    operation_id="events",
    summary="Pull events in their order",
    description="Begin with after=0, go on with next_after: every event comes once, in order, none is missing. An "
    "empty list means that nothing more has happened yet. Old ones are removed after the days that the site keeps "
    "logs. `post.undecided` comes when a human is asked, not at the first doubt.",
    parameters=[
        schema.query("after", "The sequence up to which you have read; 0 from the beginning.", kind=OpenApiTypes.INT64),
        schema.query("limit", "1 to 1000, usually 100.", kind=OpenApiTypes.INT),
    ],
    responses={200: answers.Events, **schema.errors()},
    examples=[OpenApiExample("One event", {"events": [_EVENT], "next_after": 41}, response_only=True)],
)
SUBSCRIPTIONS = extend_schema(
    operation_id="subscriptions",
    summary="List subscriptions",
    description=_MINE,
    parameters=_PAGES,
    responses={200: answers.SubscriptionPage, **schema.errors()},
)
SUBSCRIBE = extend_schema(
    operation_id="subscribe",
    summary="Be told what happens",
    description="Events are POSTed to the address as Standard Webhooks: webhook-id is the event's id and stays the "
    "same on every try, so whoever remembers ids hears everything once. 2xx is taken, 410 ends the subscription, "
    "anything else is tried again after 5 s, 5 min, 30 min, 2 h, 5 h, 10 h and 10 h; then it is paused, a human is "
    "alerted, and it goes on where it stopped when it is resumed. A key without the scope read hears of what came in "
    "under its own name.",
    request=schema.as_json(shapes.named("SubscriptionOrder")),
    responses={
        201: OpenApiResponse(answers.NewSubscription, "Made; the secret is shown this once."),
        **schema.errors(*schema.WITH_BODY),
    },
    examples=[OpenApiExample("Two kinds", bodies.SUBSCRIPTION, request_only=True)],
)
SUBSCRIPTION = extend_schema(
    operation_id="subscription",
    summary="Read a subscription",
    description=_MINE,
    responses={200: answers.Subscription, **schema.errors(404)},
)
UNSUBSCRIBE = extend_schema(
    operation_id="unsubscribe",
    summary="Be told nothing more",
    description=_MINE,
    responses={204: OpenApiResponse(None, "It is gone."), **schema.errors(404)},
)
RESUME = extend_schema(
    operation_id="resume",
    summary="Go on with a paused subscription where it stopped",
    description=_MINE,
    request=None,
    responses={200: answers.Subscription, **schema.errors(404, 409)},
)
ROTATE = extend_schema(
    operation_id="rotate",
    summary="Give a subscription a new secret",
    description=f"For 24 hours both sign. {_MINE}",
    request=None,
    responses={200: answers.NewSubscription, **schema.errors(404)},
)
ACCOUNTS = extend_schema(
    operation_id="accounts",
    summary="List the accounts that can be posted to",
    parameters=_PAGES,
    responses={200: answers.AccountPage, **schema.errors()},
)
ACCOUNT = extend_schema(
    operation_id="account", summary="Read an account", responses={200: answers.Account, **schema.errors(404)}
)
