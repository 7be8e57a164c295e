"""A page of a new item that was sent twice: the second press makes nothing, and nothing that it brought is lost."""

from django.contrib import messages
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from social_queue.admin.acts import actions
from social_queue.admin.items.forms import AddForm
from social_queue.admin.pieces.typed import person
from social_queue.intake.receipts import Receipt
from social_queue.media import files
from social_queue.models import QueueItem
from social_queue.operations import undo


def pressed(request: HttpRequest, form: AddForm, receipt: Receipt, earlier: QueueItem | None) -> QueueItem | None:
    """Nothing was made: the item of the page's first press if this one brought the same, else None and why."""
    if earlier is None:
        for name, said in receipt.body["error"]["fields"].items():
            form.complain(name, said)
        return None
    if not receipt.replayed or not _has_the_picture_of(earlier, form):
        form.made = earlier
        told = _(
            "This page has made an item already, and what you have changed since then is not in it. Open that item to"
            " change it, or press again to make a second one of what stands here."
        )
        form.add_error(None, told)
        return None
    told = _("An earlier press has made it already; nothing was made a second time.")
    # The browser showed nothing of the first answer, so the way back is shown once more.
    press = undo.open_press(person(request).pk, earlier, now=timezone.now())
    actions.tell(request, told, level=messages.SUCCESS, press=press)
    return earlier


def _has_the_picture_of(item: QueueItem, form: AddForm) -> bool:
    """Is it the picture that the item was made with? A picture is in no body, so nobody else compares it."""
    chosen, name = form.picture(), item.image.name or ""
    if not (chosen and name):
        return not (chosen or name)
    chosen.seek(0)
    return files.there(name) and chosen.read() == files.read(name)
