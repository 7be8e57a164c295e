"""Four roles that `migrate` makes: Viewer, Editor, Approver, Operator. What a site makes of them afterwards stays.

New permissions are those that were not there before: permissions that this very run of `migrate` made. So a role
that a site emptied, renamed or deleted is left alone, and a permission of a later release still finds its roles.
"""

from django.apps import AppConfig, apps
from django.contrib.auth.models import Group, Permission, User
from django.db import connections
from django.db.models import Q, QuerySet
from django.db.models.signals import post_migrate, pre_migrate
from django.utils.translation import gettext_lazy as _

#: Whoever may let drafts and skipped items go out.
APPROVE = "queue.approve_queueitem"
#: Whoever may have the evidence as a file: every name and every text.
EXPORT_APPROVALS = "queue.export_approval"
_CHANGE = "queue.change_queueitem"

VIEWER, EDITOR, APPROVER, OPERATOR = "Viewer", "Editor", "Approver", "Operator"
#: What they are called in the reader's language; in the table they have their English names.
LABELS = {VIEWER: _("Viewer"), EDITOR: _("Editor"), APPROVER: _("Approver"), OPERATOR: _("Operator")}

_READ = frozenset(
    f"queue.view_{table}"
    for table in ("queueitem", "post", "attempt", "alert", "platformaccount", "captiontemplate", "cooldownrule")
) | {"metrics.view_click", "metrics.view_clicktotal"}
_WRITE = _READ | {"queue.add_queueitem", _CHANGE, "queue.change_post"}
#: An Operator may do everything of these apps; people and their rights stay with superusers.
_OUR_APPS = ("queue", "metrics")
_GIVEN = {VIEWER: _READ, EDITOR: _WRITE, APPROVER: _WRITE | {APPROVE, EXPORT_APPROVALS}}


def listen() -> None:
    """Take part in `migrate`."""
    roles = _Roles()
    pre_migrate.connect(roles.look, weak=False, dispatch_uid="autopost-roles-before")
    post_migrate.connect(roles.lay, weak=False, dispatch_uid="autopost-roles")


class _Roles:
    def __init__(self) -> None:
        self._before: set[str] | None = None

    def look(self, sender: AppConfig, using: str, **kwargs: object) -> None:
        """Which permissions there are before anything is migrated; the signal comes once for each app."""
        if self._before is None:
            known = Permission._meta.db_table in connections[using].introspection.table_names()
            self._before = set(_by_name(using)) if known else set()

    def lay(self, sender: AppConfig, using: str, **kwargs: object) -> None:
        """After the last app, when every permission has been made."""
        if sender is not list(apps.get_app_configs())[-1]:
            return
        # After `flush` nothing was looked at: there all are new.
        before, self._before = self._before or set(), None
        everything = _by_name(using)
        begins = APPROVE in everything.keys() - before
        if begins:
            _keep_what_people_could(everything[APPROVE], using)
        offered = everything if begins else {name: everything[name] for name in everything.keys() - before}
        for name in LABELS:
            given = [row for label, row in offered.items() if _belongs(name, label)]
            # A role that is not there any more was deleted by somebody.
            role = _role(name, using) if begins else Group.objects.using(using).filter(name=name).first()
            if role is not None and given:
                role.permissions.add(*given)


def _belongs(role: str, permission: str) -> bool:
    return permission.split(".")[0] in _OUR_APPS if role == OPERATOR else permission in _GIVEN[role]


def _role(name: str, using: str) -> Group | None:
    """A new one; a group of that name that a site had before has its own meaning."""
    role, made = Group.objects.using(using).get_or_create(name=name)
    return role if made else None


def _by_name(using: str) -> dict[str, Permission]:
    rows = Permission.objects.using(using).select_related("content_type")
    return {f"{row.content_type.app_label}.{row.codename}": row for row in rows}


def _keep_what_people_could(approve: Permission, using: str) -> None:
    """Approving was part of changing once: whoever could goes on."""
    app, _dot, codename = _CHANGE.partition(".")
    holds = Q(content_type__app_label=app, codename=codename)
    change = Permission.objects.using(using).filter(holds).first()
    users: QuerySet[User] = User.objects.using(using).filter(user_permissions=change)
    groups = Group.objects.using(using).filter(permissions=change)
    approve.user_set.add(*users)
    approve.group_set.add(*groups)
