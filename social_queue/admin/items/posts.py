"""The posts of an item, on its page."""

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from social_queue.admin.base import LedgerInline
from social_queue.admin.pieces import looks
from social_queue.admin.posts import troubles
from social_queue.models import Post


class PostsOfItem(LedgerInline):
    """Where the item goes, and how far it got."""

    model = Post
    fields = ("state", "where", "when", "attempts_made", "clicks", "trouble", "out_there")
    readonly_fields = ("state", "where", "when", "attempts_made", "clicks", "trouble", "out_there")
    verbose_name_plural = _("posts")

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        """With their accounts."""
        return super().get_queryset(request).select_related("account").order_by("pk")

    @display(description=_("status"))
    def state(self, post: Post) -> str:
        return looks.status_chip(post)

    @display(description=_("account"))
    def where(self, post: Post) -> str:
        return looks.link(post, post.account.slug)

    @display(description=_("when"))
    def when(self, post: Post) -> str:
        return looks.moment(post.published_at or post.not_before)

    @display(description=_("what happened"))
    def trouble(self, post: Post) -> str:
        return troubles.in_short(post, 160)

    @display(description=_("out there"))
    def out_there(self, post: Post) -> str:
        return looks.outside(post.permalink, gettext("view")) if post.permalink else "–"
