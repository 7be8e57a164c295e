"""Queue items: what came in, what becomes of it, and how it will read."""

from datetime import datetime
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Prefetch, QuerySet
from django.http import FileResponse, HttpRequest, HttpResponse
from django.template.defaultfilters import linebreaksbr
from django.urls import URLPattern, path
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from social_queue.admin import reach
from social_queue.admin.acts import undoing
from social_queue.admin.base import DeskAdmin, NeverDeleted
from social_queue.admin.beside import declared, follow_ups
from social_queue.admin.items import about_posts, previews, story
from social_queue.admin.items import panel as item_panel
from social_queue.admin.items.as_file import EXPORTED
from social_queue.admin.items.composer import WithComposer, may_change
from social_queue.admin.items.forms import DATA, PLAIN, ChangeForm, DataForm
from social_queue.admin.items.posts import PostsOfItem
from social_queue.admin.items.pressing.buttons import BUTTONS
from social_queue.admin.pieces import filters, looks
from social_queue.admin.pieces.exports import Exported
from social_queue.admin.pieces.next_first import Halves, NextFirst
from social_queue.admin.repeats import following
from social_queue.media import carried
from social_queue.models import Post, PostStatus, QueueItem

#: An item's row names so many accounts; those that somebody has to look at come first.
_CHIPS, _IN_TROUBLE = 8, (PostStatus.FAILED, PostStatus.UNKNOWN)


@admin.register(QueueItem)
class ItemAdmin(Exported, WithComposer, NeverDeleted, DeskAdmin):
    """One thing worth saying."""

    form = ChangeForm
    buttons = BUTTONS
    inlines = (PostsOfItem,)
    list_display = ("what", "state", "publishing", "where", "came_from", "received")
    list_display_links = ("what",)
    list_filter = (
        filters.choices("status"),
        filters.SourceFilter,
        about_posts.PlatformFilter,
        about_posts.AccountOfItemFilter,
        about_posts.GameFilter,
        about_posts.TroubleFilter,
        filters.from_to("publish_at"),
        filters.from_to("created_at"),
    )
    columns = EXPORTED
    search_fields = ("title",)
    search_help_text = _("Title, number or the generator's own reference")
    sortable_by = ("publishing", "received")
    ordering = ("-publish_at", "-id")

    def get_urls(self) -> list[URLPattern]:
        """With the way back from the last press."""
        taking_back, picture = self.admin_site.admin_view(undoing.press), self.admin_site.admin_view(self.picture)
        return [
            path("undo/<str:key>/", taking_back, name="queue_undo"),
            path("<int:object_id>/picture/", picture, name="queue_queueitem_picture"),
            *super().get_urls(),
        ]

    def picture(self, request: HttpRequest, object_id: int) -> FileResponse:
        """The item's picture, small."""
        item = self.get_object(request, str(object_id))
        if item is None or not self.has_view_permission(request, item):
            raise PermissionDenied
        return previews.picture(request, item)

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[NextFirst]:
        """What is due next stands first."""
        return NextFirst

    def halves(self, request: HttpRequest, rows: QuerySet, now: datetime) -> Halves:
        """What is to come, and what is over."""
        coming, over = rows.filter(publish_at__gte=now), rows.filter(publish_at__lt=now)
        return coming.order_by("publish_at", "id"), over.order_by("-publish_at", "-id")

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        """With the posts of the page's items in one query."""
        posts = Post.objects.select_related("account").order_by("pk")
        posts = posts.only("status", "item_id", "platform", "account__slug")
        return super().get_queryset(request).prefetch_related(Prefetch("posts", queryset=posts))

    def in_file(self, rows: QuerySet) -> QuerySet:
        """With their pictures and videos in one query for many."""
        return rows.prefetch_related(carried.ROWS)

    def get_search_results(self, request: HttpRequest, queryset: QuerySet, search_term: str) -> tuple[QuerySet, bool]:
        """A number or a reference finds its row at once; anything else is looked for in titles."""
        term = search_term.strip()
        lookups = [{"pk": term}] if term.isdecimal() and len(term) < 19 else []
        for lookup in [*lookups, {"reference": term}] if term else []:
            if (found := queryset.filter(**lookup)).exists():
                return found, False
        if not term:
            return queryset, False
        named = reach.matching(request, QueueItem, "title", term, since="created_at")
        return queryset.filter(pk__in=named), False

    def get_inlines(self, request: HttpRequest, obj: QueueItem | None) -> Any:
        """A draft has no posts yet."""
        return self.inlines if obj and obj.posts.exists() else ()

    def get_fieldsets(self, request: HttpRequest, obj: QueueItem | None = None) -> Any:
        """Fields while it may be changed, then the same to be read."""
        what: list[str] = list(PLAIN)
        about = ["source", "reference", "meant_for", "said", "repeats", "created_at", "updated_at"]
        if "title" in self.get_readonly_fields(request, obj) or not self.has_change_permission(request, obj):
            what[what.index("hashtags")] = "tags"
            what += ["following", "made_by_machine"]
            return ((_("What"), {"fields": what}), (_("Where it came from"), {"fields": about}))
        data = list(DataForm.base_fields)
        what.insert(what.index("image_url") + 1, "image")
        what.append("seen")
        return (
            (_("What"), {"fields": what}),
            (_("Data"), {"fields": data}),
            (_("Where it came from"), {"fields": about}),
        )

    def get_readonly_fields(self, request: HttpRequest, obj: QueueItem | None = None) -> Any:
        """All of it as soon as something may be out."""
        always = ("source", "reference", "meant_for", "said", "repeats", "created_at", "updated_at")
        # What comes in is judged even when a worker was faster, so that its writer hears of it.
        if obj is None or may_change(obj) or "title" in request.POST:
            return always
        return (*always, *PLAIN, "tags", "following", "made_by_machine")

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args, **kwargs) -> HttpResponse:
        """Nothing to save, no button to save it."""
        obj = kwargs.get("obj")
        if obj is not None and not may_change(obj):
            context |= {"show_save": False, "show_save_and_continue": False}
        context |= {"show_save_and_add_another": False} | ({"subtitle": obj.title} if obj else {})
        return super().render_change_form(request, context, *args, **kwargs)

    def panel(self, request: HttpRequest, row: QueueItem) -> dict:
        """Status, what it repeats, its picture, and how it reads on each account; the composer shows the last two."""
        about: dict[str, Any] = item_panel.trouble(row) | {
            "chip": looks.status_chip(row),
            "links": following.link(row),
            "sentences": item_panel.advice(row, may_change=may_change(row)),
        }
        about["story"] = story.of(row)
        if self._composes(request, row):
            return about
        return about | {
            "previews": previews.cards(row),
            "icons": previews.icons(),
            "picture": item_panel.picture(row),
            "parts": ["admin/desk/previews.html", "admin/desk/story.html"],
        }

    @display(description=_("item"))
    def what(self, item: QueueItem) -> str:
        return looks.short(item.title, 70)

    @display(description=_("status"))
    def state(self, item: QueueItem) -> str:
        return looks.status_chip(item)

    @display(description=_("publish at"), ordering="publish_at")
    def publishing(self, item: QueueItem) -> str:
        return looks.moment_in_list(item, looks.planned(item))

    @display(description=_("accounts"))
    def where(self, item: QueueItem) -> str:
        posts = sorted(item.posts.all(), key=lambda post: post.status not in _IN_TROUBLE)
        chips = [(looks.account_chip(post),) for post in posts[:_CHIPS]]
        if more := len(posts) - len(chips):
            chips.append((format_html('<span class="ap-chip ap-quiet">+{}</span>', more),))
        return format_html('<span class="ap-chips">{}</span>', format_html_join("", "{}", chips)) if chips else "–"

    @display(description=_("source"))
    def came_from(self, item: QueueItem) -> str:
        return item.source

    @display(description=_("received"), ordering="created_at")
    def received(self, item: QueueItem) -> str:
        return looks.moment(item.created_at)

    @display(description=_("data"))
    def said(self, item: QueueItem) -> str:
        known = {name: label for name, label, _example in DATA}
        held = [(known.get(name, name), value) for name, value in (item.data | item.meta).items()]
        rows = format_html_join("", "<tr><th>{}</th><td>{}</td></tr>", held)
        return format_html('<table class="ap-table">{}</table>', rows) if rows else "–"

    @display(description=_("hashtags"))
    def tags(self, item: QueueItem) -> str:
        return " ".join(item.hashtags) or "–"

    @display(description=_("What follows"))
    def following(self, item: QueueItem) -> str:
        return linebreaksbr(follow_ups.shown(follow_ups.written(item.follow_ups)) or "–", autoescape=True)

    @display(description=_("Made by a machine"))
    def made_by_machine(self, item: QueueItem) -> str:
        return declared.shown(item.ai)

    @display(description=_("channels"))
    def meant_for(self, item: QueueItem) -> str:
        return ", ".join(map(str, item.channels)) or gettext("every active account")

    @display(description=_("repeats"))
    def repeats(self, item: QueueItem) -> str:
        return looks.link(item.duplicate_of, item.duplicate_of.title) if item.duplicate_of else "–"
