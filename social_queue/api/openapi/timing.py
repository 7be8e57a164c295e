"""How the doors for time are described."""

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, PolymorphicProxySerializer, extend_schema

from social_queue.api.openapi import answers, timing_answers
from social_queue.api.openapi.schema import errors, query
from social_queue.api.paging.cursors import LARGEST_SIZE, USUAL_SIZE
from social_queue.api.serializers import SeriesRow

SLOTS = extend_schema(
    operation_id="slots",
    summary="See the next free slots",
    parameters=[
        query("account", "An account's slug; left out: every account that has slots."),
        query("n", "So many of each account, 1 to 100, usually 5.", kind=OpenApiTypes.INT),
    ],
    responses={200: timing_answers.Slots, **errors()},
)
SERIES_LIST = extend_schema(
    operation_id="series_list",
    summary="List what repeats",
    parameters=[
        query("source", "The name of the key, or the webhook's slug, that it came in by."),
        query("ordering", "Each also with - in front.", enum=["created_at", "-created_at"]),
        query("cursor", "From next or previous."),
        query("page_size", f"1 to {LARGEST_SIZE}, usually {USUAL_SIZE}.", kind=OpenApiTypes.INT),
    ],
    responses={200: timing_answers.SeriesPage, **errors()},
)
_ID = [OpenApiParameter("id", OpenApiTypes.INT, OpenApiParameter.PATH)]
SERIES = extend_schema(
    operation_id="series", summary="Read a repeat", parameters=_ID, responses={200: SeriesRow, **errors(404)}
)
SERIES_CANCEL = extend_schema(
    operation_id="series_cancel",
    summary="End a repeat",
    description="Nothing more is laid down, and what was laid down and has not gone is cancelled.",
    request=None,
    parameters=_ID,
    responses={
        200: OpenApiResponse(
            PolymorphicProxySerializer(
                "SeriesCancelled", [timing_answers.SeriesDone, answers.ItemInShort], resource_type_field_name=None
            ),
            "The repeat afterwards; to a key without the scope read its id and status alone.",
        ),
        **errors(404, 409),
    },
)
