"""Accounts: where we may post to, with which credentials, and whether they still work."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.actions import delete_selected
from django.db.models import F, QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

import connectors
from connectors.base import TokenStatus
from social_queue.accounts import standing, tokens
from social_queue.admin.accounts import timetable
from social_queue.admin.accounts.form import CREDENTIAL, OPTION, AccountForm, form_for
from social_queue.admin.acts import once
from social_queue.admin.acts.actions import act_on, report, yes_or_no
from social_queue.admin.acts.buttons import Button, WithButtons
from social_queue.admin.base import DeskAdmin, NoAddAnother
from social_queue.admin.connect import trials
from social_queue.admin.connect.guard import PERMISSION, along, can_log_in
from social_queue.admin.pieces import filters, looks
from social_queue.admin.pieces.typed import Label
from social_queue.admin.posts import troubles
from social_queue.models import AccountStatus, PlatformAccount, Post, credentials_of
from social_queue.operations import accounts
from social_queue.operations.done import Done
from social_queue.sentences import translated
from social_queue.vault import VaultClosed
from social_queue.wording import following


def _pause(account: PlatformAccount) -> Done:
    reason = gettext("is %(status)s") % {"status": account.get_status_display()}
    return yes_or_no(standing.pause(account), reason)


def _resume(account: PlatformAccount) -> Done:
    return yes_or_no(accounts.resume_account(account, now=timezone.now()), gettext("is active already"))


def _archive(account: PlatformAccount) -> Done:
    waiting = accounts.waiting_posts(account)
    if waiting:
        reason = ngettext(
            "%(count)d post still waits there: cancel it or let it go out first",
            "%(count)d posts still wait there: cancel them or let them go out first",
            waiting,
        )
        return yes_or_no(False, reason % {"count": waiting})
    return yes_or_no(standing.archive(account, now=timezone.now()), gettext("is archived already"))


def _restore(account: PlatformAccount) -> Done:
    return yes_or_no(standing.restore(account), gettext("is not archived"))


def _check(account: PlatformAccount, said: TokenStatus | None = None) -> Done:
    found = tokens.check(account, now=timezone.now(), status=said)
    return yes_or_no(found == "valid", _CHECKED[found]() % {"account": account.slug})


_CHECKED = {
    "valid": lambda: gettext("%(account)s works"),
    "invalid": lambda: gettext("%(account)s was refused: put in a new token"),
    "unchecked": lambda: gettext("%(account)s could not be asked: the platform does not answer"),
}


def _press(act: Callable[[PlatformAccount], Done], label: Label):
    return lambda request, account: report(request, act(account), what=str(label))


def _send_test_post(request: HttpRequest, account: PlatformAccount) -> HttpResponse:
    return trials.sent(request, account, back=looks.address(account))


def _is_stopped(account: PlatformAccount) -> bool:
    return account.archived_at is None and (account.status != AccountStatus.ACTIVE or account.paused_until is not None)


#: What must not be left behind in an account that is put away.
BUTTONS: tuple[Button[PlatformAccount], ...] = (
    Button("check", _("Check token"), _press(_check, _("Check token")), lambda account: True, "key", "primary"),
    Button(
        "test",
        _("Send a test post"),
        _send_test_post,
        lambda account: account.archived_at is None and account.status == AccountStatus.ACTIVE,
        "send",
        fields="admin/desk/once_field.html",
        remembers=True,  # the post is there to be seen
        permission="add",
    ),
    Button("resume", _("Resume"), _press(_resume, _("Resume")), _is_stopped, "play_arrow"),
    Button(
        "pause", _("Pause"), _press(_pause, _("Pause")), lambda account: account.status == AccountStatus.ACTIVE, "pause"
    ),
    Button(
        "archive",
        _("Archive"),
        _press(_archive, _("Archive")),
        lambda account: account.archived_at is None,
        "archive",
        ask=_("Archive this account? Nothing new goes there; what went there stays. It can be restored."),
    ),
    Button(
        "restore",
        _("Restore"),
        _press(_restore, _("Restore")),
        lambda account: account.archived_at is not None,
        "unarchive",
        "primary",
    ),
)


@admin.register(PlatformAccount)
class AccountAdmin(WithButtons[PlatformAccount], NoAddAnother, DeskAdmin):
    """One place we may post to; its secrets go in and never come out."""

    buttons = BUTTONS
    actions = ("pause", "resume", "check_token", "delete_selected")
    list_display = ("name_and_slug", "platform_name", "address", "state", "token", "waits_until", "trouble")
    list_filter = (filters.choices("platform"), filters.choices("status"))
    search_fields = ("slug", "name", "address")
    ordering = (F("archived_at").asc(nulls_first=True), "platform", "slug")
    readonly_fields = ("token_checked_at", "token_expires_at", "data_access_expires_at", "paused_until", "created_at")

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """First the platform, then what it needs."""
        if self._platform(request) is None and self.has_add_permission(request):
            context = {
                **self.admin_site.each_context(request),
                "title": _("Where shall posts go?"),
                "opts": self.opts,
                "platforms": connectors.platform_choices(),
            }
            return TemplateResponse(request, "admin/desk/choose_platform.html", context)
        return super().add_view(request, form_url, extra_context)

    def get_form(self, request: HttpRequest, obj: PlatformAccount | None = None, change: bool = False, **kwargs) -> Any:
        """Fields follow from what the platform's connector declares."""
        platform = obj.platform if obj else self._platform(request)
        return form_for(platform or "")

    def get_fieldsets(self, request: HttpRequest, obj: PlatformAccount | None = None) -> Any:
        """The place, its secrets, its options, its pace, its token."""
        names = list(form_for((obj.platform if obj else self._platform(request)) or "").base_fields)
        if obj and not self.has_change_permission(request, obj):
            names = []  # whoever may only look sees neither secrets nor options
        secrets = [name for name in names if name.startswith(CREDENTIAL)]
        # Only an answer that could not be had brings this into play.
        secrets += ["save_unchecked"] if secrets and request.method == "POST" else []
        options = [name for name in names if name.startswith(OPTION)]
        sets = [
            (_("Place"), {"fields": ["name", "slug", "address", *(["seen"] if obj and names else [])]}),
            (_("Credentials"), {"fields": secrets, "description": _("Kept encrypted and never shown again.")}),
            (_("Posting"), {"fields": ["include_link", "link_mode", "min_interval_s", "resend_unknown", *options]}),
            (_("Timetable"), {"fields": list(timetable.FIELDS)}),
        ]
        return [*sets, (_("Token"), {"fields": list(self.readonly_fields)})] if obj else sets

    def save_model(self, request: HttpRequest, obj: PlatformAccount, form: AccountForm, change: bool) -> None:
        """Lay secrets and options into the row; what the platform said of new secrets is noted."""
        if not change:
            obj.platform = self._platform(request) or ""
        form.lay_into(obj)
        if form.rests_otherwise:
            obj.resting_until = None
        super().save_model(request, obj, form, change)
        if form.new_secrets:
            # Where asking costs money, what was said before saving counts.
            said = form.said if form.said and form.said.checked and form.connector.token_check_is_billed else None
            stored = PlatformAccount.objects.get(pk=obj.pk)
            report(request, _check(stored, said), what=gettext("Check token"))

    def has_delete_permission(self, request: HttpRequest, obj: PlatformAccount | None = None) -> bool:
        """What went there stays readable: an account that has posts is archived, not deleted."""
        used = obj is not None and Post.objects.filter(account=obj).exists()
        return super().has_delete_permission(request, obj) and not used

    def panel(self, request: HttpRequest, row: PlatformAccount) -> dict:
        """The last trouble, and what is wrong with the token."""
        said = [*ending_soon(row), *_unreadable(row), *filter(None, [translated(following.not_allowed(row))])]
        about = {"chip": _state(row), "sentences": said, "links": _reconnect(request, row)}
        return about | {"kind": troubles.of_account(row), "error": row.last_error, "once": once.word()}

    @admin.action(description=_("Pause"), permissions=["change"])
    def pause(self, request: HttpRequest, queryset: QuerySet) -> None:
        """Their posts wait."""
        act_on(request, queryset, _pause, what=_("Pause"))

    @admin.action(description=_("Resume"), permissions=["change"])
    def resume(self, request: HttpRequest, queryset: QuerySet) -> None:
        """They may post again, whatever stopped them."""
        act_on(request, queryset, _resume, what=_("Resume"))

    @admin.action(description=_("Check token"), permissions=["change"])
    def check_token(self, request: HttpRequest, queryset: QuerySet) -> None:
        """Ask the platforms whether they still accept us."""
        act_on(request, queryset, _check, what=_("Check token"))

    @admin.action(description=_("Delete selected accounts"), permissions=["delete"])
    def delete_selected(self, request: HttpRequest, queryset: QuerySet) -> HttpResponse | None:
        """Those that have no posts; of the others Django would only say that a right is missing, which nobody has."""
        used = Post.objects.filter(account__in=queryset).order_by("account__slug")
        if slugs := list(used.values_list("account__slug", flat=True).distinct()):
            said = gettext(
                "%(accounts)s: posts went there and stay readable, so nothing was deleted. "
                "Open the account and press Archive instead."
            )
            messages.error(request, said % {"accounts": ", ".join(slugs)})
            return None
        return delete_selected(self, request, queryset)

    def _platform(self, request: HttpRequest) -> str | None:
        name = request.GET.get("platform", "")
        return name if name in connectors.names() else None

    @display(description=_("account"), ordering="slug")
    def name_and_slug(self, account: PlatformAccount) -> str:
        return f"{account.slug} · {account.name}" if account.name else account.slug

    @display(description=_("platform"), ordering="platform")
    def platform_name(self, account: PlatformAccount) -> str:
        return looks.platform_label(account.platform)

    @display(description=_("status"))
    def state(self, account: PlatformAccount) -> str:
        return _state(account)

    @display(description=_("token"))
    def token(self, account: PlatformAccount) -> str:
        end = tokens.expires_at(account)
        if end is None:
            return gettext("no end known")
        left = end - timezone.now()
        tone = "bad" if left < tokens.ALERT_UNDER else "care" if left < tokens.WARN_UNDER else "good"
        return looks.chip(looks.distance(end), tone)

    @display(description=_("waits until"))
    def waits_until(self, account: PlatformAccount) -> str:
        until = account.paused_until
        return looks.moment(until if until and until > timezone.now() else None)

    @display(description=_("last trouble"))
    def trouble(self, account: PlatformAccount) -> str:
        return (
            troubles.with_details(troubles.of_account(account), account.last_error, 70) if account.last_error else "–"
        )


def _state(account: PlatformAccount) -> str:
    return looks.chip(gettext("archived"), "quiet") if account.archived_at else looks.status_chip(account)


def _reconnect(request: HttpRequest, account: PlatformAccount) -> list[str]:
    """A way to put in new credentials by a log-in, for whoever may and where the platform has one."""
    can = can_log_in(account.platform) and request.user.has_perm(PERMISSION)
    # An option of the account says which way it came, where its platform has several.
    where = along("connect-platform", account.platform, str(account.options.get("login", ""))) if can else ""
    link = '<a class="ap-link" data-act="reconnect" href="{}">{}</a>'
    return [format_html(link, where, gettext("Reconnect by a log-in"))] if can else []


def ending_soon(account: PlatformAccount) -> list[str]:
    """A sentence from a week before the token ends."""
    end = tokens.expires_at(account)
    if end is None or end - timezone.now() >= tokens.WARN_UNDER:
        return []
    return [gettext("The token ends %(when)s: put in a new one before.") % {"when": looks.distance(end)}]


def _unreadable(account: PlatformAccount) -> list[str]:
    try:
        credentials_of(account)
    except VaultClosed as fault:
        return [gettext(str(fault))]
    return []
