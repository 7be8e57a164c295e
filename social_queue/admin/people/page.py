"""Users and groups in the desk's dress."""

from typing import Any, cast

from django.apps import apps
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin import RelatedFieldListFilter
from django.contrib.admin.actions import delete_selected
from django.contrib.admin.utils import unquote
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.models import Group, Permission, User
from django.contrib.contenttypes.models import ContentType
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm

from social_queue.access import log_ins, roles, second_factor
from social_queue.admin.acts.actions import report, yes_or_no
from social_queue.admin.acts.buttons import Button, WithButtons
from social_queue.admin.base import OnlyDeclaredFilters
from social_queue.admin.people.ranks import Ranked, RightsBySuperusers, has_done_something, may_touch
from social_queue.admin.pieces import looks
from social_queue.admin.pieces.typed import Label, Page, person

#: What Django calls ``<verb>_<model>``; it keeps the English sentence in the row.
_VERBS = {
    "add": _("may add"),
    "change": _("may change"),
    "delete": _("may delete"),
    "view": _("may view"),
    "approve": _("may approve"),
}
#: Apps with pages of their own; who may touch django-q2's tables is nobody's daily question.
_APPS = ("queue", "metrics", "auth")

admin.site.unregister(User)
admin.site.unregister(Group)


def named(permission: Permission) -> str:
    """A permission in the reader's language: “posts: may change”."""
    verb, _underscore, model = permission.codename.partition("_")
    app = permission.content_type.app_label
    if verb not in _VERBS or model not in apps.all_models[app]:
        return str(permission)
    return f"{apps.get_model(app, model)._meta.verbose_name_plural}: {_VERBS[verb]}"


def _with_pages() -> list[ContentType]:
    """The tables that have a page here; rights to any other would mean nothing to who gives them."""
    models = [model for model in admin.site._registry if model._meta.app_label in _APPS]
    return list(ContentType.objects.get_for_models(*models, for_concrete_models=False).values())


def called(group: Group) -> str:
    """A group's name; the four that every desk has are called as where people are invited."""
    return str(roles.LABELS.get(group.name, group.name))


class OfGroup(RelatedFieldListFilter):
    """Who is in which group, by what the groups are called."""

    def field_choices(self, field: Any, request: HttpRequest, model_admin: Any) -> list[tuple[str, Label]]:
        """Django reads their names from the table."""
        return [(str(group.pk), called(group)) for group in Group.objects.order_by("name")]


class _WithPermissions(Page[Any]):
    """Permissions to choose from, of our own pages only, and groups as the reader calls them."""

    def formfield_for_manytomany(self, db_field: Any, request: Any = None, **kwargs: Any) -> Any:
        field: Any = super().formfield_for_manytomany(db_field, request, **kwargs)
        if db_field.name in ("permissions", "user_permissions"):
            field.queryset = field.queryset.filter(content_type__in=_with_pages())
            field.label_from_instance = named
        if db_field.name == "groups":
            field.label_from_instance = called
        return field


def _end_sessions(request: HttpRequest, user: User) -> int:
    """All of them; at the own name this one too, which Django would otherwise miss at the end of the request."""
    if user != person(request):
        return log_ins.end_sessions(user)
    ended = log_ins.end_sessions(user, but=request.session.session_key or "")
    request.session.flush()
    return ended + 1


def _reset_second_factor(request: HttpRequest, user: User) -> None:
    removed = second_factor.remove(user)
    _end_sessions(request, user)
    report(request, yes_or_no(removed, gettext("there was none")), what=gettext("Reset second factor"))


def _log_out(request: HttpRequest, user: User) -> None:
    ended = _end_sessions(request, user)
    report(request, yes_or_no(bool(ended), gettext("is logged in nowhere")), what=gettext("Log out everywhere"))


_STAYS = _("What somebody did stays readable, so the person is not deleted: untick “Active” instead.")


BUTTONS: tuple[Button[User], ...] = (
    Button(
        "reset-second-factor",
        _("Reset second factor"),
        _reset_second_factor,
        second_factor.is_set_up,
        "phonelink_erase",
        "danger",
        ask=_("The password alone lets this person in until a new one is set up. Are you sure who asked you?"),
    ),
    Button("log-out", _("Log out everywhere"), _log_out, lambda user: user.is_active, "logout"),
)


@admin.register(User)
class DeskUserAdmin(
    WithButtons, OnlyDeclaredFilters, Ranked, RightsBySuperusers, _WithPermissions, UserAdmin, ModelAdmin
):
    """Who may work here."""

    buttons = BUTTONS
    actions = ("delete_selected",)
    rights = ("is_superuser", "groups", "user_permissions")
    list_filter = ("is_staff", "is_superuser", "is_active", ("groups", OfGroup))
    #: What has happened is nobody's to write.
    readonly_fields = ("last_login", "date_joined")
    form = UserChangeForm
    add_form = UserCreationForm
    change_password_form = AdminPasswordChangeForm

    def save_model(self, request: HttpRequest, obj: User, form: ModelForm, change: bool) -> None:
        """Whoever is added may log in: there is nothing else here to be somebody for."""
        obj.is_staff = obj.is_staff or not change
        super().save_model(request, obj, form, change)

    def user_change_password(self, request: HttpRequest, id: str, form_url: str = "") -> HttpResponse:
        """The own one where the old one is asked; superusers, who may do anything, are spared that."""
        own = self.get_object(request, unquote(id)) == person(request)
        if own and not person(request).is_superuser:
            return redirect("me-password")
        return super().user_change_password(request, id, form_url)

    def may_press(self, request: HttpRequest, row: User) -> bool:
        """Whoever takes a second factor away needs only the password to be that person."""
        return person(request).is_superuser

    def panel(self, request: HttpRequest, row: User) -> dict:
        """How the person logs in."""
        stays = super().has_delete_permission(request) and may_touch(person(request), row) and has_done_something(row)
        said = {"sentences": [_STAYS] if stays and row.is_active else []}
        if second_factor.is_set_up(row):
            return said | {"chip": looks.chip(gettext("second factor"), "good")}
        return said | {"chip": looks.chip(gettext("no second factor"), "care" if settings.REQUIRE_2FA else "quiet")}

    @admin.action(description=cast(Any, delete_selected).short_description, permissions=["delete"])
    def delete_selected(self, request: HttpRequest, queryset: QuerySet[User]) -> HttpResponse | None:
        """Those who did nothing; of the others Django would only say that a right is missing, which nobody has."""
        if stay := [user.get_username() for user in queryset if has_done_something(user)]:
            messages.error(request, f"{', '.join(stay)}: {_STAYS}")
            return None
        return delete_selected(self, request, queryset)


@admin.register(Group)
class DeskGroupAdmin(OnlyDeclaredFilters, RightsBySuperusers, _WithPermissions, GroupAdmin, ModelAdmin):
    """What several people may do alike."""

    rights = ("permissions",)
