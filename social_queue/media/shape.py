"""What becomes of a picture whose shape a platform does not take."""

from typing import TypedDict

from django.conf import settings


class Fit(TypedDict, total=False):
    """As ``connectors.media.fitting.fitting`` is told."""

    how: str
    focus: tuple[float, float]


def fit(focus: str) -> Fit:
    """As the site says; where somebody has said what must stay ("50,30", in percent), it is cut around that."""
    if not focus or settings.PICTURE_FIT == "refuse":
        return {"how": settings.PICTURE_FIT}
    across, down = map(int, focus.split(","))
    return {"how": "crop", "focus": (across / 100, down / 100)}
