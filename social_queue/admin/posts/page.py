"""Posts and their attempts."""

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from connectors.looks.places import page_of
from social_queue.admin import reach
from social_queue.admin.acts import conflict
from social_queue.admin.acts.buttons import WithButtons
from social_queue.admin.base import DeskAdmin, Ledger, NeverDeleted
from social_queue.admin.items import previews as cards
from social_queue.admin.pieces import filters, looks
from social_queue.admin.pieces.exports import Exported
from social_queue.admin.pieces.next_first import Halves, NextFirst
from social_queue.admin.posts import advice, correcting, threads, troubles
from social_queue.admin.posts.as_file import EXPORTED
from social_queue.admin.posts.buttons import BUTTONS, PostActions
from social_queue.admin.posts.rewording import RewordForm, foreseen
from social_queue.models import Attempt, Post, PostStatus, QueueItem
from social_queue.operations import previews
from social_queue.operations.rewording import may_reword, overtaken, reword


@admin.register(Post)
class PostAdmin(Exported, WithButtons[Post], PostActions, NeverDeleted, DeskAdmin):
    """The unit of delivery: what went out, what did not, and why."""

    form = RewordForm
    buttons = (*BUTTONS, *correcting.BUTTONS, *threads.BUTTONS)
    list_display = ("what", "where", "state", "when", "tries", "clicks", "trouble", "out_there")
    list_display_links = ("what",)
    list_filter = (
        filters.choices("status"),
        filters.choices("platform"),
        filters.AccountFilter,
        filters.from_to("published_at"),
        filters.from_to("not_before"),
    )
    list_select_related = ("item", "account")
    columns = EXPORTED
    search_fields = ("item__title",)
    search_help_text = _("Title, number, link code or id on the platform")
    sortable_by = ()
    readonly_fields = (
        *("not_before", "published_at", "out_there", "external_id"),
        *("variant", "clicks", "attempts_made", "code", "tracked_url", "short_link", "rewritten"),
        *("kind", "draft_ref", "created_at"),
    )

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Posts come from items."""
        return False

    def get_ordering(self, request: HttpRequest) -> tuple[str, ...]:
        """Newest first, by whichever index serves the filter."""
        if {"published_at_from", "published_at_to"} & set(request.GET):
            return ("-published_at", "-id")
        return ("-not_before", "-id") if "status__exact" in request.GET else ("-id",)

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[NextFirst]:
        """What is due next stands first."""
        return NextFirst

    def halves(self, request: HttpRequest, rows: QuerySet, now: datetime) -> Halves:
        """What waits, the next first, then all others; a list of what is over has its own order."""
        status = request.GET.get("status__exact", PostStatus.PENDING)
        if status != PostStatus.PENDING or {"published_at_from", "published_at_to"} & set(request.GET):
            return None
        waiting = rows.filter(status=PostStatus.PENDING).order_by("not_before", "id")
        return waiting, rows.exclude(status=PostStatus.PENDING).order_by("-id")

    def get_search_results(self, request: HttpRequest, queryset: QuerySet, search_term: str) -> tuple[QuerySet, bool]:
        """A number, a code or the platform's id finds its row at once; anything else is looked for in titles."""
        term = search_term.strip()
        lookups = [{"pk": term}] if term.isdecimal() and len(term) < 19 else []
        for lookup in [*lookups, {"code": term}, {"external_id": term}] if term else []:
            if (found := queryset.filter(**lookup)).exists():
                return found, False
        if not term:
            return queryset, False
        items = reach.matching(request, QueueItem, "title", term, since="created_at")
        return queryset.filter(item__in=items), False

    def row(self, object_id: int) -> Post | None:
        """With item and account."""
        return Post.objects.select_related("item", "account").filter(pk=object_id).first()

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Post | None:
        """With item and account, which the form needs to judge a caption."""
        return self.row(int(object_id)) if filters.is_id(str(object_id)) else None

    def panel(self, request: HttpRequest, row: Post) -> dict:
        """What happened, what to press, how it is worded, and every try."""
        worded = foreseen(row)
        return {
            "chip": looks.status_chip(row),
            "links": [looks.link(row.item, row.item.title), looks.link(row.account), *_there(row), _when_words(row)],
            "sentences": [*advice.sentences(row, now=timezone.now()), *threads.sentences(row)],
            "thread": threads.rows(row),
            "kind": troubles.of_post(row),
            "error": row.error,
            "attempts": _timeline(row),
            "corrections": correcting.rows(row),
            "faults": worded.faults,
            "hints": worded.hints,
            "icons": cards.icons(),
            "previews": [_card(row)],
            "parts": [f"admin/desk/{part}.html" for part in ("previews", "thread", "corrections", "attempts")],
        }

    def get_fieldsets(self, request: HttpRequest, obj: Post | None = None) -> Any:
        """Caption first, while it may still be rewritten; otherwise the card above shows it."""
        caption = ("caption", "seen") if self._rewording(request, obj) else ()
        return (
            (_("Wording"), {"fields": (*caption, "short_link", "tracked_url", "variant", "rewritten")}),
            (_("Delivery"), {"fields": ("not_before", "published_at", "out_there", "external_id", "clicks")}),
            (_("Details"), {"fields": ("code", "draft_ref", "kind", "created_at")}),
        )

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Whoever saves second is shown both texts, and nothing is changed."""
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except conflict.Met as met:
            return conflict.page(request, met)

    def save_model(self, request: HttpRequest, obj: Post, form: forms.ModelForm, change: bool) -> None:
        """Write the caption unless somebody was faster; nothing else of a post is written by hand."""
        if overtaken(obj, form.cleaned_data.get("seen", "")):
            raise conflict.Met(obj, conflict.of_post(form))
        if "caption" not in form.changed_data:
            messages.info(request, gettext("Nothing was changed."))
        elif reword(obj, form.cleaned_data["caption"], now=timezone.now()):
            messages.success(request, gettext("The caption is kept as you wrote it."))
            if obj.status == PostStatus.FAILED:
                messages.info(request, gettext("Press Retry to send it."))
        else:
            messages.error(
                request, gettext("A worker has claimed this post already: its caption can't be changed now.")
            )

    def response_change(self, request: HttpRequest, obj: Post) -> HttpResponse:
        """Instead of Django's, which adds a message that the row was changed: ``save_model`` has said what became of
        it, which may be nothing. "Save" goes back to the list, all else stays on the page.
        """
        if not Post.objects.filter(pk=obj.pk).exists():
            messages.warning(request, gettext("It was approved with other words, so it waits for approval again."))
            return HttpResponseRedirect(looks.address(obj.item))
        return self.response_post_save_change(request, obj) if "_save" in request.POST else self._stay(request)

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args, **kwargs) -> HttpResponse:
        """Nothing to save, no button to save it."""
        if post := kwargs.get("obj"):
            context["subtitle"] = f"{post.item.title} · {post.account.slug}"
        if not self._rewording(request, kwargs.get("obj")):
            context |= {"show_save": False, "show_save_and_continue": False}
        return super().render_change_form(request, context, *args, **kwargs)

    def _rewording(self, request: HttpRequest, obj: Post | None) -> bool:
        # A caption that comes in is judged even when the post was claimed meanwhile, so that its writer hears of it.
        return obj is not None and (may_reword(obj) or "caption" in request.POST)

    def _stay(self, request: HttpRequest):
        return HttpResponseRedirect(request.path)

    @display(description=_("post"))
    def what(self, post: Post) -> str:
        return looks.short(post.item.title, 60)

    @display(description=_("account"))
    def where(self, post: Post) -> str:
        return looks.chip(post.account.slug, "place", title=looks.platform_label(post.platform))

    @display(description=_("status"))
    def state(self, post: Post) -> str:
        return looks.status_chip(post)

    @display(description=_("when"))
    def when(self, post: Post) -> str:
        return looks.moment_in_list(post, looks.moment(post.published_at or post.not_before))

    def called(self, row: Post) -> str:
        """A post is its item on its account."""
        return f"{row.account.slug}: {row.item.title}"

    @display(description=_("tries"))
    def tries(self, post: Post) -> int:
        return post.attempts_made

    @display(description=_("what happened"))
    def trouble(self, post: Post) -> str:
        return troubles.in_short(post)

    @display(description=_("kind of trouble"))
    def kind(self, post: Post) -> str:
        return troubles.label(post.error_kind) or "–"

    @display(description=_("out there"))
    def out_there(self, post: Post) -> str:
        return looks.outside(post.permalink, gettext("view")) if post.permalink else "–"

    @display(description=_("caption rewritten by hand"))
    def rewritten(self, post: Post) -> str:
        return gettext("yes") if post.caption_edited else gettext("no")


@admin.register(Attempt)
class AttemptAdmin(Ledger, DeskAdmin):
    """Every try there was."""

    list_display = ("post_link", "number", "where", "end", "http_status", "started", "sent", "ended", "trouble")
    list_display_links = ("number",)
    list_filter = (filters.choices("outcome"), filters.AccountOfPostFilter, filters.from_to("ended_at"))
    list_select_related = ("post__item", "post__account")
    sortable_by = ()
    search_fields = ("=post__id",)
    search_help_text = _("Number of a post")
    fields = ("post_link", "number", "worker", "started_at", "sent_at", "ended_at", "outcome", "http_status", "error")
    readonly_fields = ("post_link",)

    def get_ordering(self, request: HttpRequest) -> tuple[str, ...]:
        """Newest first, by whichever index serves the filter."""
        return ("-ended_at", "-id") if {"ended_at_from", "ended_at_to"} & set(request.GET) else ("-id",)

    @display(description=_("post"))
    def post_link(self, attempt: Attempt) -> str:
        return looks.link(attempt.post, attempt.post.item.title[:60])

    @display(description=_("account"))
    def where(self, attempt: Attempt) -> str:
        return looks.chip(attempt.post.account.slug, "place", title=looks.platform_label(attempt.post.platform))

    @display(description=_("outcome"))
    def end(self, attempt: Attempt) -> str:
        return looks.chip(attempt.get_outcome_display() or gettext("under way"), looks.outcome_tone(attempt))

    @display(description=_("started"))
    def started(self, attempt: Attempt) -> str:
        return looks.moment(attempt.started_at)

    @display(description=_("sent"))
    def sent(self, attempt: Attempt) -> str:
        return looks.moment(attempt.sent_at)

    @display(description=_("ended"))
    def ended(self, attempt: Attempt) -> str:
        return looks.moment(attempt.ended_at)

    @display(description=_("what happened"))
    def trouble(self, attempt: Attempt) -> str:
        return looks.short(attempt.error, 60)


def _timeline(post: Post) -> list[dict]:
    """The tries, the newest first."""
    tries = Attempt.objects.filter(post=post).order_by("-started_at", "-pk")[:50]
    return [
        {
            "attempt": attempt,
            "follow_up": attempt.part_number - 1,
            "tone": looks.outcome_tone(attempt),
            "when": looks.moment(attempt.started_at),
        }
        for attempt in tries
    ]


def _card(post: Post) -> dict:
    """As readers see it there; what became of it and what is wrong with it stand above."""
    return cards.card_of(post, previews.of_post(post)) | {"outcome": {}, "problems": []}


def _there(post: Post) -> list[str]:
    """Where somebody can look whether it is out."""
    page = page_of(post.platform, post.account.address) if post.status == PostStatus.UNKNOWN else ""
    return [looks.outside(page, gettext("Open %(place)s") % {"place": post.account.address})] if page else []


def _when_words(post: Post) -> str:
    if post.published_at:
        return looks.moment(post.published_at)
    return looks.moment(post.not_before) if post.status == PostStatus.PENDING else ""
