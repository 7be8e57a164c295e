"""The bodies of the answers to generators."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from social_queue.accounts.channels import UnknownChannels
from social_queue.intake.codes import fault_codes
from social_queue.intake.incoming import Malformed
from social_queue.intake.replays import Reused
from social_queue.models import PlatformAccount, Post, QueueItem
from social_queue.reading import moments
from social_queue.sentences import said
from social_queue.timing import outlook
from social_queue.wording import links

#: The names of an answer in the order in which they are answered.
_ORDER = (
    *("log", "index", "id", "account", "platform", "status", "publish_at", "skip_reason", "duplicate_of", "link"),
    *("not_before", "waits_for", "posts", "left_out", "series", "notes", "items"),
)

#: What stands between a body and the queue.
REFUSALS = (Malformed, UnknownChannels, Reused)


@dataclass(frozen=True)
class Receipt:
    """What to answer: an HTTP status and a JSON body. ``item`` is None when nothing was queued.

    ``created``: the item is new. ``replayed``: it came in before, and ``body`` is the first answer again.
    """

    status_code: int
    body: dict[str, Any]
    item: QueueItem | None = None
    created: bool = False
    replayed: bool = False


def problem(code: str, message: str, fields: Mapping[str, list[str]] | None = None, **more: object) -> dict[str, Any]:
    """The one shape of every error: {"error": {"code", "message", "fields", "codes"}}."""
    named = dict(fields or {})
    return {"error": {"code": code, "message": message, "fields": named, "codes": fault_codes.codes_of(named), **more}}


def as_answered(kept: Any) -> Any:
    """A kept answer, letter for letter as it was given: PostgreSQL and MySQL keep JSON with its names in another order.

    https://www.postgresql.org/docs/current/datatype-json.html
    """
    if isinstance(kept, list):
        return [as_answered(one) for one in kept]
    if not isinstance(kept, dict):
        return kept
    known = {name: place for place, name in enumerate(_ORDER)}
    return {name: as_answered(kept[name]) for name in sorted(kept, key=lambda name: known.get(name, len(known)))}


def invalid(fields: Mapping[str, list[str]]) -> Receipt:
    """400: {field: [sentence]} of every bad field."""
    message = said("These fields can't be used: %(names)s.", names=", ".join(fields))
    return Receipt(400, problem("invalid", message, fields))


def reused(field: str) -> Receipt:
    """422: a key or reference that already stands for something else."""
    name = {"idempotency_key": "Idempotency-Key"}.get(field, field)
    message = said(
        "This %(name)s came in before with another body. Send the same body again, or choose a new %(name)s.", name=name
    )
    return Receipt(422, problem(f"{field}_reused", message, {field: [said("stands for another body already.")]}))


def refused(fault: Exception) -> Receipt:
    """The answer to one of REFUSALS."""
    if isinstance(fault, Reused):
        return reused(fault.field)
    return invalid(fault.fields if isinstance(fault, Malformed) else {"channels": [str(fault)]})


def again(item: QueueItem) -> Receipt:
    """200: the first answer, word for word."""
    return Receipt(200, as_answered(item.receipt), item=item, replayed=True)


def in_list(index: int, receipt: Receipt) -> dict[str, Any]:
    """A result among several; one that is a replay says so itself, since there is no header for it."""
    replayed = {"idempotent_replay": True} if receipt.replayed else {}
    return {"index": index, "status_code": receipt.status_code, **replayed, **receipt.body}


def queued(
    item: QueueItem, posts: Iterable[Post], *, left_out: Mapping[int, int] | None = None, notes: Iterable[str] = ()
) -> dict[str, Any]:
    """The body of a 201. ``left_out``: {account id: item id} of accounts that said the same recently.

    ``notes``: sentences about what the generator left to us.
    """
    body = {
        "id": item.pk,
        "status": str(item.status),
        "publish_at": moments.show(item.publish_at),
        "posts": [short_row(post) for post in posts],
    }
    if left_out:
        slugs = dict(PlatformAccount.objects.filter(pk__in=left_out).values_list("pk", "slug"))
        body["left_out"] = [{"account": slugs[pk], "duplicate_of": repeated} for pk, repeated in left_out.items()]
    if item.series_id:
        body["series"] = item.series_id
    if notes := list(notes):
        body["notes"] = notes
    return body


def skipped(item: QueueItem) -> dict[str, Any]:
    """The body of a 200 for an item that repeats another."""
    return {
        "id": item.pk,
        "status": str(item.status),
        "skip_reason": item.skip_reason,
        "duplicate_of": item.duplicate_of_id,
    }


def short_row(post: Post) -> dict[str, Any]:
    """A post in one line, with the link it carries or, before it is worded, will carry."""
    expected = outlook.of(post)
    return {
        "id": post.pk,
        "account": post.account.slug,
        "platform": post.platform,
        "status": str(post.status),
        "link": links.expected_short(post),
        "not_before": moments.show(expected.not_before),
        "waits_for": expected.waits_for,
    }
