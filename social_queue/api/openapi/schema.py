"""How each door is described at /api/docs/ and in /api/schema/."""

from collections.abc import Iterable
from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import (
    OpenApiExample,
    OpenApiParameter,
    OpenApiResponse,
    PolymorphicProxySerializer,
    extend_schema,
)

from social_queue.api.openapi import answers, shapes
from social_queue.api.openapi.examples import bodies
from social_queue.api.paging import filters
from social_queue.api.paging.cursors import LARGEST_SIZE, USUAL_SIZE
from social_queue.api.serializers import ItemDetail, PostDetail
from social_queue.models import Post, QueueItem

_REASONS = {
    400: "Not JSON (code malformed), or fields that can't be used (code invalid), all of them named at once.",
    401: "No key, or not a valid one.",
    403: "The key lacks the scope.",
    404: "There is no such row, or it came in under another name and the key lacks the scope manage.",
    408: "The body did not arrive in time.",
    409: "Some of it has gone already; error.posts names what.",
    411: "No Content-Length.",
    413: "Over 1 MiB.",
    415: "Not JSON by its Content-Type.",
    422: "The Idempotency-Key or reference came in before with another body.",
    429: "Too many requests (or cards) this minute; see Retry-After.",
}
_ALWAYS = (400, 401, 403, 429)
WITH_BODY = (408, 411, 413, 415)


WHOSE = (
    "A key reaches what came in under its own name; with the scope manage everything. All else is 404, as if it were "
    "not there."
)


def errors(*more: int) -> dict[int, OpenApiResponse]:
    """The errors that every door answers, and these."""
    return {status: OpenApiResponse(answers.Error, _REASONS[status]) for status in sorted({*_ALWAYS, *more})}


def _changed(name: str, whole: type) -> OpenApiResponse:
    """What a change answers: the whole item, or its status alone."""
    either = PolymorphicProxySerializer(name, [whole, answers.ItemInShort], resource_type_field_name=None)
    return OpenApiResponse(either, "The item afterwards; to a key without the scope read its id and status alone.")


def as_json(schema: dict) -> dict:
    """A body of JSON."""
    return {"application/json": schema}


def query(name: str, text: str, *, kind: Any = OpenApiTypes.STR, **more: Any) -> OpenApiParameter:
    """A parameter of the address."""
    return OpenApiParameter(name, kind, OpenApiParameter.QUERY, description=text, **more)


def _list_parameters(statuses: list[str], orders: Iterable[str]) -> list[OpenApiParameter]:
    return [
        query("status", f"One or, with commas, several of {', '.join(statuses)}."),
        query("platform", "A platform or its alias."),
        query("account", "An account's slug."),
        query("source", "The name of the key, or the webhook's slug, that it came in by."),
        query("game", "Case and surplus spaces do not matter."),
        query("after", "Publish time from this moment on, ISO 8601."),
        query("before", "Publish time before this moment, ISO 8601."),
        query("reference", "The generator's own id."),
        query(
            "ordering",
            "Each also with - in front; left out rather than empty.",
            enum=[f"{sign}{name}" for name in orders for sign in ("", "-")],
        ),
        query("cursor", "From next or previous."),
        query("page_size", f"1 to {LARGEST_SIZE}, usually {USUAL_SIZE}.", kind=OpenApiTypes.INT),
    ]


INGEST = extend_schema(
    operation_id="ingest",
    summary="Push content in",
    description="One item, or an array of up to 100, each judged alone. Send an Idempotency-Key (or idempotency_key in "
    "the body), and a request that got no answer can simply be sent again. With an array the key stands for each item "
    "by its place. A key that comes with a known reference and the same body stands for that item from then on. "
    "Unknown fields are errors; of two equal names in an object the last one counts.",
    parameters=[OpenApiParameter("Idempotency-Key", OpenApiTypes.STR, OpenApiParameter.HEADER)],
    request=as_json(shapes.INCOMING_OR_SEVERAL),
    responses={
        201: OpenApiResponse(answers.Queued, "Queued."),
        200: OpenApiResponse(
            PolymorphicProxySerializer(
                "Received", [answers.Queued, answers.Skipped, answers.Results], resource_type_field_name=None
            ),
            "The first answer again (header Idempotent-Replay: true); or skipped, since it repeats another item within "
            "the cooldown; or the results of an array.",
        ),
        **errors(422, *WITH_BODY),
    },
    examples=[
        OpenApiExample("An item", bodies.EXAMPLE, request_only=True),
    ],
)
PREVIEW = extend_schema(
    operation_id="preview",
    summary="See the captions without sending anything",
    request=as_json(shapes.named("Incoming")),
    responses={200: answers.Preview, **errors(*WITH_BODY)},
    examples=[OpenApiExample("An item", bodies.EXAMPLE, request_only=True)],
)
CARDS = extend_schema(
    operation_id="cards",
    summary="Draw a picture card",
    request=as_json(shapes.named("CardOrder")),
    responses={201: answers.CardFile, **errors(*WITH_BODY)},
    examples=[OpenApiExample("A card", bodies.CARD, request_only=True)],
)
ITEMS = extend_schema(
    operation_id="items",
    summary="List queue items",
    parameters=_list_parameters(QueueItem.Status.values, filters.ITEM_ORDERS),
    responses={200: answers.ItemPage, **errors()},
)
POSTS = extend_schema(
    operation_id="posts",
    summary="List posts",
    parameters=[
        *_list_parameters(Post.Status.values, filters.POST_ORDERS),
        query("item", "The id of a queue item.", kind=OpenApiTypes.INT),
    ],
    responses={200: answers.PostPage, **errors()},
)
ITEM = extend_schema(operation_id="item", summary="Read a queue item", responses={200: ItemDetail, **errors(404)})
POST = extend_schema(operation_id="post", summary="Read a post", responses={200: PostDetail, **errors(404)})
EDIT = extend_schema(
    operation_id="edit",
    summary="Change a queue item while nothing of it has been claimed",
    request=as_json(shapes.named("Changes")),
    description=WHOSE,
    responses={200: _changed("ItemChanged", ItemDetail), **errors(404, 409, *WITH_BODY)},
    examples=[OpenApiExample("Some of it", bodies.CHANGES, request_only=True)],
)
CANCEL = extend_schema(
    operation_id="cancel",
    summary="Cancel what has not gone yet",
    description=f"A post of which nobody knows whether it is out (unknown) is left: recall takes it back. {WHOSE}",
    request=None,
    responses={200: _changed("ItemActedOn", answers.ItemDone), **errors(404, 409)},
)
RETRY = extend_schema(
    operation_id="retry",
    summary="Try what failed again, now",
    description=WHOSE,
    request=None,
    responses={200: _changed("ItemActedOn", answers.ItemDone), **errors(404, 409)},
)
