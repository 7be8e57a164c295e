"""When what was just let go will be seen, for the message after a press on one row."""

from datetime import timedelta

from django.db.models import Model
from django.utils import timezone
from django.utils.translation import gettext as _

from social_queue.admin.pieces import times
from social_queue.models import Post, PostStatus, QueueItem
from social_queue.operations import undo


def sentence(row: Model) -> str:
    """The first of its posts that wait; nothing where none does."""
    rows = Post.objects.filter(status=PostStatus.PENDING).order_by("not_before")
    if isinstance(row, QueueItem):
        rows = rows.filter(item=row.pk)
    elif isinstance(row, Post):
        rows = rows.filter(pk=row.pk)
    else:
        return ""
    first = rows.values_list("not_before", flat=True).first()
    if first is None:
        return ""
    # What goes out now is held for as long as it can be taken back.
    if first <= timezone.now() + (undo.time_to_undo() or timedelta(0)):
        return _("It goes out now.")
    return _("It goes out %(when)s.") % {"when": times.written(first)}
