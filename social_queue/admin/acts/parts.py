"""An act on thousands of rows, pressed by the page part by part, so that it shows how far it is: still one press."""

from collections import Counter

from django.core import signing
from django.core.exceptions import BadRequest
from django.http import HttpRequest, JsonResponse

from social_queue.admin.acts import actions
from social_queue.admin.pieces.typed import person
from social_queue.models import Press
from social_queue.operations import undo
from social_queue.operations.done import Done

_SIGNER = signing.Signer(salt="queue.parts")


#: What was done, and the press that it is kept as.
Pressed = tuple[Done, Press | None]


def answer(request: HttpRequest, before: Pressed, part: Pressed, *, what: str) -> JsonResponse:
    """Adds this part to those before; the last one leaves the message and the way back."""
    earlier, press = before[1], part[1]
    if earlier and press:
        press = undo.join(earlier, press)
    press, tally = press or earlier, before[0] + part[0]
    if request.POST.get("part") == "last":
        actions.report(request, tally, what=what, press=press)
    carried = {"press": press.pk if press else None, "taken": tally.taken, "skipped": dict(tally.skipped)}
    return JsonResponse({"so_far": _SIGNER.sign_object(carried)})


def before(request: HttpRequest) -> Pressed:
    """The parts before this one, as the page carries them. Raises BadRequest for what is none of ours."""
    word = request.POST.get("so_far", "")
    if not word:
        return Done(), None
    try:
        carried = _SIGNER.unsign_object(word)
    except signing.BadSignature as fault:
        raise BadRequest("so_far") from fault
    press = Press.objects.filter(pk=carried["press"], person=person(request).pk).first()
    return Done(carried["taken"], Counter(carried["skipped"])), press
