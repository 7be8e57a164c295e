"""The door of one post: how it stands, and another text for it."""

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from social_queue.access import keys
from social_queue.api.base import ChangeView
from social_queue.api.body import read_json
from social_queue.api.errors import ApiProblem, refuse
from social_queue.api.openapi import recalling, schema
from social_queue.api.serializers import PostDetail
from social_queue.intake.fields import CAPTION_RULES
from social_queue.intake.incoming import cleaned
from social_queue.intake.receipts import invalid, short_row
from social_queue.models import Post, PostStatus
from social_queue.operations import rewording
from social_queue.operations.correcting import asking, choosing, judging
from social_queue.sentences import said

_ROWS = Post.objects.select_related("account", "item").prefetch_related("attempts")


class PostView(ChangeView):
    """One post."""

    @schema.POST
    def get(self, request: Request, pk: int) -> Response:
        return Response(PostDetail(get_object_or_404(_ROWS, pk=pk)).data)

    @recalling.CORRECT
    def patch(self, request: Request, pk: int) -> Response:
        post = get_object_or_404(_ROWS, pk=pk)
        if not keys.reaches(request.auth, post.item):
            raise Http404
        text, number = _asked(read_json(request))
        if number != choosing.ITSELF or post.status == PostStatus.PUBLISHED:
            status = _correct(post, text, request.auth.name, number=number)
        else:
            status = _reword(post, text)
        return Response(_shown(request, pk), status=status)


def _correct(post: Post, text: str, key: str, *, number: int) -> int:
    try:
        part = choosing.part_of(post, number)
        judged = judging.judge_part(part, text) if part else judging.judge(post, text)
        if judged.faults:
            raise refuse(invalid({"caption": [problem.message for problem in judged.faults]}))
        waits = asking.correct(post, judged.text, asker=asking.Asker(key), now=timezone.now(), part=part)
    except choosing.NoSuchPart as fault:
        raise refuse(invalid({"part": [fault.args[0]]})) from None
    except asking.NotNow as fault:
        code = "not_correctable" if isinstance(fault, asking.NotOffered) else "conflict"
        raise ApiProblem(409, code, str(fault), posts=[short_row(post)]) from None
    return 202 if waits else 200


def _reword(post: Post, text: str) -> int:
    if text and (faults := judging.foreseen(post, text).faults):
        raise refuse(invalid({"caption": [problem.message for problem in faults]}))
    if not rewording.reword(post, text, now=timezone.now()):
        message = said("It is being sent, or is neither to go out nor out, so its text can't be changed now.")
        raise ApiProblem(409, "conflict", message, posts=[short_row(post)])
    return 200


def _asked(body: object) -> tuple[str, int]:
    """The text, and of which part it is. Raises ApiProblem that names what is wrong."""
    if not isinstance(body, dict):
        raise refuse(invalid({"body": [said("must be an object with %(names)s.", names="caption")]}))
    values, faults = cleaned(body, CAPTION_RULES)
    if not faults and "caption" not in values:
        faults = {"caption": [said("is required.")]}
    if faults:
        raise refuse(invalid(faults))
    return str(values["caption"]), int(values.get("part", choosing.ITSELF))


def _shown(request: Request, pk: int) -> dict:
    """The post after the change, as much of it as this key may see."""
    post = get_object_or_404(_ROWS, pk=pk)
    if keys.READ in request.auth.scopes:
        return PostDetail(post).data
    return {"id": pk, "status": post.status}
