"""A best hour in words: as sure as the figures are, and silent where they say nothing."""

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from metrics.reports.best_hour import LIKELY, SURE, Best


def sentence(best: Best | None) -> str:
    """What to tell an editor who plans by it."""
    if best is None:
        return _("Too little has gone out and been clicked to tell a best hour.")
    if best.sure < LIKELY:
        return _("No hour stands out: what leads now may be chance.")
    told = {
        "hour": span(best),
        "times": number_format(best.times, 1),
        "least": number_format(best.least, 1),
        "most": number_format(best.most, 1),
        "sure": int(best.sure * 100),
        "posts": best.posts,
    }
    if best.sure < SURE:
        return (
            _(
                "Perhaps %(hour)s: %(times)s times the clicks of other hours (between %(least)s and %(most)s, from "
                "%(posts)s posts), but only %(sure)s%% sure to be the best."
            )
            % told
        )
    return (
        _(
            "%(hour)s: %(times)s times the clicks of other hours (between %(least)s and %(most)s, from %(posts)s "
            "posts), %(sure)s%% sure to be the best."
        )
        % told
    )


def span(best: Best) -> str:
    """“19:00–20:00”."""
    return f"{best.hour:02d}:00–{(best.hour + 1) % 24:02d}:00"
