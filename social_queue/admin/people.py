"""Users and groups in the desk's dress."""

from django.apps import apps
from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.models import Group, Permission, User
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm

#: What Django calls ``<verb>_<model>``; it keeps the English sentence in the row.
_VERBS = {"add": _("may add"), "change": _("may change"), "delete": _("may delete"), "view": _("may view")}
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


class _WithPermissions:
    """Permissions to choose from, of our own pages only."""

    def formfield_for_manytomany(self, db_field, request=None, **kwargs):
        field = super().formfield_for_manytomany(db_field, request, **kwargs)
        if db_field.name in ("permissions", "user_permissions"):
            field.queryset = field.queryset.filter(content_type__app_label__in=_APPS)
            field.label_from_instance = named
        return field


@admin.register(User)
class DeskUserAdmin(_WithPermissions, UserAdmin, ModelAdmin):
    """Who may work here."""

    form = UserChangeForm
    add_form = UserCreationForm
    change_password_form = AdminPasswordChangeForm


@admin.register(Group)
class DeskGroupAdmin(_WithPermissions, GroupAdmin, ModelAdmin):
    """What several people may do alike."""
