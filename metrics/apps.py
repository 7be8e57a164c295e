"""What came of it: clicks and health."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MetricsConfig(AppConfig):
    """Clicks, reports, health."""

    name = "metrics"
    verbose_name = _("Results")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Take part in the desk's clock, its pruning and its choice of captions; the desk itself can't know us."""
        from metrics import kept
        from metrics.clicks import salts, spool
        from metrics.experiments import dealing
        from metrics.sums import totals
        from social_queue.upkeep import old_items, prune, watchdog
        from social_queue.wording import variants
        from social_queue.workings import schedules

        schedules.register("totals", "metrics.tasks.roll_up", minutes=5)
        prune.register("clicks", totals.prune)
        prune.register("visitor_salts", salts.forget)
        # On a host without a worker nobody else would bring in the clicks that wait there.
        watchdog.register(spool.bring_in)
        old_items.register(kept.keep)
        variants.register_auto_chooser(dealing.choose)
