"""The publishing desk as a Django app."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class SocialQueueConfig(AppConfig):
    """Labelled ``queue``; the folder can't have that name, since it would hide Python's own module of it."""

    name = "social_queue"
    label = "queue"
    verbose_name = _("Publishing desk")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Bring everything together that is named elsewhere; set the clock after migrating."""
        from django.conf import settings
        from django.utils import timezone
        from django_q.signals import post_spawn

        from connectors.media import darkroom
        from social_queue.access import invitations, log_ins, roles
        from social_queue.delivery import standby, threads
        from social_queue.delivery.sweeps import chores, set_right
        from social_queue.events import keeping
        from social_queue.feeds import keeping as feed_entries
        from social_queue.operations import repeats
        from social_queue.upkeep import outage_log, prune
        from social_queue.upkeep import settings_checks as _checks  # noqa: F401 - they register themselves
        from social_queue.webhooks import floods
        from social_queue.workings import kick, schedules, stopping

        darkroom.furnish(settings.PICTURE_WORKERS)
        log_ins.listen()
        outage_log.listen(timezone.now)
        invitations.listen()
        roles.listen()
        chores.register("set right", set_right.mend)
        chores.register("repeats", repeats.lay_due)
        prune.register("webhook_deliveries", floods.prune)
        prune.register("events", keeping.prune)
        prune.register("feed_entries", feed_entries.prune)
        post_migrate.connect(schedules.lay_after_migrate, dispatch_uid="autopost-schedules")
        post_spawn.connect(threads.settle_in, dispatch_uid="autopost-crew")
        post_spawn.connect(stopping.heed, dispatch_uid="autopost-stopping")
        post_spawn.connect(lambda **_: standby.start(timezone.now), weak=False, dispatch_uid="autopost-standby")
        # django-q2's own clock may look for the first time half a minute after the workers started.
        post_spawn.connect(kick.kick_at_start, dispatch_uid="autopost-first-tick")
